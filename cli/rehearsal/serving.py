"""After the play: the Prefect UI, the portal and the mailbox over what was played."""

from cli.accounts import first_link
from cli.rehearsal.progress_line import say
from cli.rehearsal.stage import Stage
from cli.runtime import own_settings, web_child
from config.clock import read_now
from config.prefect_environment import serving_environment
from deployments.ports import ensure_ports_free
from deployments.schedules import phase_windows
from deployments.supervisor import Supervisor
from models.accounts import LinkPurpose
from models.plans import PlanDossier
from models.rehearsal_summary import Summary
from services.desk import open_desk


def refuse_taken_ports(stage: Stage, *, serves_pages: bool) -> None:
    """Check before the play that the pages can be served, in it or after it.

    Raises:
        UsageError: a port is taken; the text names the setting to change.
    """
    from deployments.engine import server_child  # noqa: PLC0415 - after the environment is set

    pages = [web_child(stage.settings, stage.environment)] if serves_pages else []
    ensure_ports_free([server_child(stage.environment), *pages])


async def keep_serving(
    stage: Stage, dossier: PlanDossier, supervisor: Supervisor, summary: Summary
) -> None:
    """Start the pages and the worker beside the server, tell where they are, and wait."""
    from deployments.engine import prepare, server_child, worker_child  # noqa: PLC0415

    environment = serving_environment(stage.environment) | own_settings(stage.settings)
    # The play had the server without the services that watch: automations, late runs.
    await supervisor.replace(server_child(environment))
    await prepare(phase_windows([dossier.plan]))
    await supervisor.replace(web_child(stage.settings, environment))
    await supervisor.start(worker_child(environment))
    for line in addresses(stage, summary):
        say(line)
    await supervisor.run_until_signal()


def addresses(stage: Stage, summary: Summary) -> tuple[str, ...]:
    """Tell where to look, one line each."""
    settings = stage.settings
    with open_desk(settings, now=read_now(settings)) as desk:
        link = first_link(desk, LinkPurpose.SIGN_IN)
    files = [f"Báo cáo:           {stage.out.resolve() / name}" for name in summary.files[-2:]]
    return (
        "",
        f"Giao diện Prefect: {settings.prefect_url}",
        f"Hộp thư:           {settings.portal_url}/hop-thu",
        f"Trang làm việc:    {settings.portal_url}/",
        f"Đăng nhập (1 lần): {link}",
        f"Diễn biến:         {stage.out.resolve() / 'timeline.html'}",
        *files,
        "Nhấn Ctrl+C để dừng.",
    )
