"""The engine room: the Prefect server and the worker as children, and what lies between them."""

import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from prefect.client.orchestration import get_client

from deployments.automations import own_automations, register_automations
from deployments.catalogue import POOL, SPECS
from deployments.children import ChildSpec
from deployments.reconcile import reconcile, stop_engines
from deployments.register import register
from deployments.schedules import PhaseWindow

FOUND_DEAD = "Tiến trình không còn khi hệ thống khởi động lại."
STOPPED = "Đã dừng cùng hệ thống."
PARALLEL_RUNS = "4"


def server_child(environment: Mapping[str, str]) -> ChildSpec:
    """Describe the Prefect server of that environment (config/prefect_environment.py)."""
    host = environment["PREFECT_SERVER_API_HOST"]
    port = environment["PREFECT_SERVER_API_PORT"]
    return ChildSpec(
        name="Máy chủ Prefect",
        argv=(*_PREFECT, "server", "start", "--host", host, "--port", port),
        environment=environment,
        host=host,
        port=int(port),
        port_setting="DONDOC_PREFECT_PORT",
        health_url=f"{environment['PREFECT_API_URL']}/health",
        log=_log(environment, "server"),
    )


def worker_child(environment: Mapping[str, str]) -> ChildSpec:
    """Describe the worker that runs the flows; when it stops, its runs end as Crashed."""
    return ChildSpec(
        name="Trình chạy luồng",
        argv=(
            *(*_PREFECT, "worker", "start", "--pool", POOL, "--type", "process"),
            *("--name", platform.node(), "--limit", PARALLEL_RUNS, "--install-policy", "never"),
        ),
        environment=environment,
        log=_log(environment, "worker"),
        before_stop=stop_engines,
        after_stop=_reconcile_stopped,
    )


async def prepare(windows: Sequence[PhaseWindow] = ()) -> list[str]:
    """Register all, clear what a dead process left, and return lines to announce.

    Call it between the start of the server and the start of the worker, in ``prefect_session``
    or under the same environment.
    """
    async with get_client() as client:
        lines = await register(client, SPECS, windows)
        lines += await register_automations(client, await own_automations(client))
        crashed = await reconcile(client, FOUND_DEAD)
    return [*lines, *(f"{name}: {FOUND_DEAD}" for name in crashed)]


_PREFECT = (sys.executable, "-m", "prefect")


def _log(environment: Mapping[str, str], name: str) -> Path:
    return Path(environment["PREFECT_HOME"]) / "logs" / f"{name}.log"


async def _reconcile_stopped() -> None:
    async with get_client() as client:
        await reconcile(client, STOPPED)
