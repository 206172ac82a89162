"""The engine room with a real server and a real worker."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from config.prefect_environment import prefect_environment
from config.settings import inherited_environment
from deployments.catalogue import POOL, SPECS
from tests.prefect_server import database_of, put_tables

pytestmark = pytest.mark.slow

PROGRAM = """
import asyncio, os, sys
from pathlib import Path
from config.prefect_environment import prefect_environment
from config.settings import apply_environment

environment = prefect_environment(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
apply_environment(environment)

from prefect.client.orchestration import get_client
from deployments.catalogue import DeploymentSpec
from deployments.engine import server_child, worker_child
from deployments.register import register
from deployments.supervisor import Supervisor

SLOW = DeploymentSpec(
    entrypoint="tests.deployments.sample_flow.patient", name="xa", title="t", description="d"
)

def say(line): print(line, flush=True)

async def main():
    async with Supervisor(say) as supervisor:
        await supervisor.start(server_child(environment))
        async with get_client() as client:
            say(await register(client, [SLOW]))
            await supervisor.start(worker_child(environment))
            deployment = await client.read_deployment_by_name("patient/xa")
            run = await client.create_flow_run_from_deployment(deployment.id)
            while (await client.read_flow_run(run.id)).state.type.value != "RUNNING":
                await asyncio.sleep(0.2)
        say("ready")
        await supervisor.run_until_signal()
    say("stopped")

asyncio.run(main())
"""


@pytest.fixture
def running(
    tmp_path: Path, free_port: int, prefect_tables: Path
) -> Iterator[subprocess.Popen[str]]:
    """A program with server, worker and a flow run in the middle of its work."""
    put_tables(prefect_tables, prefect_environment(tmp_path, "127.0.0.1", free_port))
    program = subprocess.Popen(
        (sys.executable, "-c", PROGRAM, str(tmp_path), str(free_port)),
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert program.stdout is not None
    lines = [line.strip() for line in iter(program.stdout.readline, "ready\n") if line]
    assert program.poll() is None, lines
    yield program
    if program.poll() is None:
        program.kill()
    program.wait()
    program.stdout.close()


def living(home: Path) -> list[str]:
    """The command lines of processes whose Prefect lives in that folder."""
    mark = f"PREFECT_HOME={home}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_sigterm_stops_all_in_ten_seconds_and_the_run_is_crashed_not_running(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    started = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=20) == 0
    assert time.monotonic() - started < 10
    assert living(tmp_path) == []
    assert run_states(tmp_path) == ["CRASHED"]


def test_killing_the_supervisor_leaves_no_process(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    end = time.monotonic() + 10
    while living(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    assert living(tmp_path) == []


def test_prefect_deploy_takes_the_file_from_the_root(prefect_server: dict[str, str]) -> None:
    async def make_pool() -> None:
        async with get_client() as client:
            try:
                await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
            except ObjectAlreadyExists:
                return

    asyncio.run(make_pool())
    done = subprocess.run(
        (
            *(sys.executable, "-m", "prefect", "--no-prompt", "deploy"),
            *("--prefect-file", "deployments/prefect.yaml", "--all"),
        ),
        cwd=Path(__file__).parents[2],
        env={**inherited_environment(), **prefect_server},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    async def entrypoints() -> set[str | None]:
        async with get_client() as client:
            return {d.entrypoint for d in await client.read_deployments()}

    assert {spec.entrypoint for spec in SPECS} <= asyncio.run(entrypoints())


def run_states(home: Path) -> list[str]:
    """The states of all flow runs, read from Prefect's own database."""
    with closing(sqlite3.connect(database_of(prefect_environment(home, "", 0)))) as connection:
        return [state for (state,) in connection.execute("SELECT state_type FROM flow_run")]
