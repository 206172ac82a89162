"""``dondoc up``: Prefect server, worker and pages, supervised until Ctrl+C."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from adapters.database import migrate, open_engine, refuse_damaged
from cli.accounts import first_link
from cli.console import warnings
from cli.runtime import own_settings, prefect_settings, web_child
from config.clock import read_now
from config.settings import Settings, apply_environment, load_settings
from deployments.schedules import PhaseWindow, phase_windows
from models.accounts import LinkPurpose
from services.desk import open_desk
from services.plans import find_active_plans


def up(
    home: Annotated[Path | None, typer.Option("--home", help="Thư mục dữ liệu.")] = None,
) -> None:
    """Khởi động máy chủ Prefect, trình chạy luồng và trang làm việc; Ctrl+C để dừng tất cả."""
    if home is not None:
        apply_environment({"DONDOC_HOME": str(home.resolve())})
    settings = load_settings()
    refuse_damaged(settings.engine_url)
    migrate(settings.engine_url)
    environment = prefect_settings(settings) | own_settings(settings)
    apply_environment(environment)
    raise typer.Exit(asyncio.run(_serve(settings, environment)))


async def _serve(settings: Settings, environment: dict[str, str]) -> int:
    # Prefect reads its environment when it is imported: only now is it complete.
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    from deployments.canary import see_a_scheduled_run  # noqa: PLC0415
    from deployments.engine import prepare, server_child, worker_child  # noqa: PLC0415
    from deployments.supervisor import Supervisor  # noqa: PLC0415

    async with Supervisor(_announce) as supervisor:
        await supervisor.start(server_child(environment))
        async with get_client() as client:
            await see_a_scheduled_run(client)
        for line in await prepare(active_windows(settings)):
            _announce(line)
        await supervisor.start(web_child(settings, environment))
        await supervisor.start(worker_child(environment))
        announce_addresses(settings)
        await supervisor.run_until_signal()
    return 0


def active_windows(settings: Settings) -> tuple[PhaseWindow, ...]:
    """The days on which the phases of the plans in force are worked on."""
    engine = open_engine(settings.engine_url)
    try:
        plans = find_active_plans(engine, commune=settings.commune)
        return phase_windows(plan.dossier.plan for plan in plans)
    finally:
        engine.dispose()


def announce_addresses(settings: Settings) -> None:
    """Tell where the pages are, and how the first administrator gets in."""
    _announce(f"Giao diện Prefect: {settings.prefect_url}")
    _announce(f"Trang làm việc:    {settings.portal_url}/")
    if settings.is_loopback_mail:
        _announce(f"Hộp thư thử:       {settings.portal_url}/hop-thu/")
    with open_desk(settings, now=read_now(settings)) as desk:
        link = first_link(desk, LinkPurpose.SET_PASSWORD)
    if link is not None:
        _announce("Chưa ai có mật khẩu quản trị. Mở đường dẫn sau để đặt (dùng một lần):")
        _announce(f"Đặt mật khẩu:      {link}")
    _announce("Nhấn Ctrl+C để dừng.")


def _announce(line: str) -> None:
    warnings.print(line, markup=False)
