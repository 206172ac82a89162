"""Real things for every layer: a database of each kind, a free port, a Prefect server."""

import shutil
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher, profiles
from sqlalchemy import Engine

from adapters import passwords
from adapters.database import open_engine
from config.settings import inherited_environment
from tests.beginnings import MIGRATED, Beginning, Shelf
from tests.faults.injection import Zygote, warm_zygote
from tests.postgresql_cluster import Cluster, find_free_port, programs, running_cluster
from tests.schedule import dearest_first, quick_collection, trace

# Time limits of single examples say more about the machine's other users than about the code.
hypothesis.settings.register_profile(
    "dondoc", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "quick", hypothesis.settings.get_profile("dondoc"), max_examples=20
)
hypothesis.settings.load_profile("dondoc")

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Read the tests without counting their lines or looking for their garbage."""
    with quick_collection(session.config):
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the dearest first; forgive Prefect the connections that it leaves to the collector."""
    dearest_first(items)
    # prefect/results.py opens a client for each run and closes none.
    leaks = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
    for item in items:
        if "prefect_server" in getattr(item, "fixturenames", ()):
            item.add_marker(leaks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count the lines of the test and of its fixtures, or not."""
    trace(item)
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hash at the least cost in this process; tests/adapters/test_passwords.py sees to the real."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher.from_parameters(profiles.CHEAPEST))
        yield


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of the session share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """A warm process that forks the acts to be killed: warming it costs four seconds."""
    with warm_zygote(inherited_environment()) as warm:
        yield warm


@pytest.fixture
def strace() -> None:
    """The tracer, without which no call can be chosen."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


@pytest.fixture
def free_port() -> int:
    """A loopback port nobody uses."""
    return find_free_port()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL cluster for the session."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with running_cluster(folder, find_free_port()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Databases to copy; the cluster runs from the first one on that lies on it."""
    folder = tmp_path_factory.mktemp("shelf")
    return Shelf(folder, lambda: request.getfixturevalue("postgresql"))


@pytest.fixture(scope="session")
def migrated_sqlite(shelf: Shelf) -> Path:
    """A migrated file to copy."""
    return Path(shelf.built("sqlite", MIGRATED))


@pytest.fixture
def beginning() -> Beginning:
    """What a test's database holds: tables without rows."""
    return MIGRATED


@pytest.fixture
def empty_database_url(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A database without tables, of each kind in turn."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def database_url(backend: str, beginning: Beginning, shelf: Shelf, tmp_path: Path) -> Iterator[str]:
    """A database of its own with that beginning, of each kind in turn."""
    with shelf.copy(backend, beginning, tmp_path) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``."""
    found = open_engine(database_url)
    yield found
    found.dispose()


@pytest.fixture(scope="session")
def prefect_tables(session_folder: Path) -> Path:
    """The empty tables of a Prefect server, to copy: each server would make them in five seconds."""
    from tests.prefect_server import tables_made_once  # noqa: PLC0415 - see below

    return tables_made_once(session_folder / "prefect")


@pytest.fixture(scope="session")
def prefect_server(
    prefect_tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """A Prefect server for flows run in this process; gives its environment."""
    # Here, not at the top: importing Prefect takes two seconds, and the quick tests do without.
    from tests.prefect_server import running_server  # noqa: PLC0415 - see above

    home, port = tmp_path_factory.mktemp("prefect"), find_free_port()
    with running_server(home, port, tables=prefect_tables) as environment:
        yield environment
