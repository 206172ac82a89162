"""A warm zygote, a truth sink and strace for the fault tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Sink, running_sink
from tests.faults.injection import Zygote, warm_zygote
from tests.postgresql_cluster import Cluster


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """A process that forks the acts."""
    with warm_zygote(os.environ) as warm:
        yield warm


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A sink that answers at once."""
    with running_sink(tmp_path / "sink.log") as running:
        yield running


@pytest.fixture
def strace() -> None:
    """The tracer, without which no call can be chosen."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on a PostgreSQL server."""
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)
