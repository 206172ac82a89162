"""A Prefect server of its own for the tests, for flows that are played in the test's process."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker

from config.prefect_environment import prefect_environment, rehearsal_environment
from config.settings import inherited_environment
from deployments.children import Child
from deployments.engine import server_child
from deployments.ports import wait_healthy
from deployments.session import prefect_session
from tests.postgresql_cluster import find_free_port


def put_tables(tables: Path, environment: Mapping[str, str]) -> None:
    """Give the server of that environment, before its first start, tables made for another."""
    database = database_of(environment)
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(tables, database)


def database_of(environment: Mapping[str, str]) -> Path:
    """Where the server of that environment keeps its rows."""
    return Path(environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"].partition(":///")[2])


def tables_made_once(folder: Path) -> Path:
    """Give the migrated database of a server, made by the first process that asks there."""
    folder.mkdir(exist_ok=True)
    kept = folder / "tables.sqlite3"
    with (folder / "tables.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not kept.exists():
            environment = prefect_environment(folder / "home", "127.0.0.1", find_free_port())
            (folder / "home").mkdir()
            subprocess.run(
                (sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"),
                env={**inherited_environment(), **environment}, check=True, capture_output=True,
            )  # fmt: skip
            database_of(environment).rename(kept)
    return kept


@contextmanager
def running_server(home: Path, port: int, *, tables: Path) -> Iterator[Mapping[str, str]]:
    """Run a server on ``port`` during the block, with this process's Prefect turned to it."""
    environment = rehearsal_environment(home, "127.0.0.1", port)
    put_tables(tables, environment)
    child = Child(server_child(environment))
    with asyncio.Runner() as runner:
        runner.run(child.start())
        try:
            if not runner.run(wait_healthy(child)):
                raise RuntimeError((home / "logs" / "server.log").read_text()[-2000:])
            with prefect_session(environment):
                yield environment
                # What is still queued would find no server.
                APILogWorker.drain_all(timeout=5)
                EventsWorker.drain_all(timeout=5)
        finally:
            runner.run(child.stop())
