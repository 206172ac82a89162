"""A Prefect server of its own for the tests, for flows that are played in the test's process."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker

from config.prefect_environment import rehearsal_environment
from deployments.children import Child
from deployments.engine import server_child
from deployments.ports import wait_healthy
from deployments.session import prefect_session


@contextmanager
def running_server(home: Path, port: int) -> Iterator[Mapping[str, str]]:
    """Run a server on ``port`` during the block, with this process's Prefect turned to it."""
    environment = rehearsal_environment(home, "127.0.0.1", port)
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
