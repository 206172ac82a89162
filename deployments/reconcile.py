"""Flow runs whose process is gone: marked Crashed, so that their slots and the truth are free."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

from deployments.catalogue import POOL

PROCESSES = Path("/proc")
ENGINE = b"prefect.engine"
# Pending, too: a run that died between Pending and Running has no heartbeat and stays for ever.
_UNFINISHED = FlowRunFilter(
    state=FlowRunFilterState(
        type=FlowRunFilterStateType(
            any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
        )
    )
)


async def reconcile(client: PrefectClient, reason: str) -> list[str]:
    """Set the runs of our pool that have no live process to Crashed and return their names.

    Looks at the processes of this machine: where several machines share the pool, leave it to the
    heartbeat automation (prefect.md 5).
    """
    runs = await client.read_flow_runs(
        flow_run_filter=_UNFINISHED,
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        limit=200,
    )
    gone = [run for run in runs if not _is_alive(run)]
    for run in gone:
        await client.set_flow_run_state(run.id, Crashed(message=reason))
    return [run.name for run in gone]


async def stop_engines(worker_pid: int) -> None:
    """Ask the flow runs of a worker to end while the API still hears that they crashed.

    A worker that is stopped kills its runs and leaves them Running for ever (prefect.md 6).
    """
    pids = list(_engines_of(worker_pid))
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    while any((PROCESSES / str(pid)).exists() for pid in pids):  # noqa: ASYNC110 - not our children
        await asyncio.sleep(0.1)


def _is_alive(run: FlowRun) -> bool:
    pid = (run.infrastructure_pid or "").rsplit(":", maxsplit=1)[-1]
    return pid.isdigit() and ENGINE in _read(PROCESSES / pid / "cmdline")


def _engines_of(worker_pid: int) -> Iterator[int]:
    for folder in PROCESSES.iterdir():
        if folder.name.isdigit() and ENGINE in _read(folder / "cmdline"):
            after_name = _read(folder / "stat").rpartition(b")")[2].split()
            if after_name[1:2] == [str(worker_pid).encode()]:
                yield int(folder.name)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
