"""A truth sink and an empty database for the fault tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Sink, running_sink
from tests.postgresql_cluster import Cluster


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A sink that answers at once."""
    with running_sink(tmp_path / "sink.log") as running:
        yield running


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on a PostgreSQL server."""
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)
