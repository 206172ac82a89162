"""The database is durable, locks before it reads, and says when it is busy."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, event, insert, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from adapters import tables
from adapters.database import compact, migrate, open_engine, transaction
from models.errors import TransientError

ROWS, WORKERS = 40, 4
LETTERS = Table(
    "letters", MetaData(), Column("id", Integer, primary_key=True), Column("owner", Text)
)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'folder' / 'x.sqlite3'}"


def impatient(url: str) -> Engine:
    """An engine that does not wait for a lock."""
    engine = open_engine(url)

    def hurry(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute("PRAGMA busy_timeout=20")

    event.listen(engine, "connect", hurry)
    return engine


def claim(url: str, worker: int) -> int:
    """Claim free letters one by one until none is left; returns how many."""
    engine = open_engine(url)
    owner, taken = f"w{worker}", 0
    while True:
        with transaction(engine) as connection:
            free = select(LETTERS.c.id).where(LETTERS.c.owner.is_(None)).limit(1)
            found = connection.execute(free.with_for_update()).scalar()
            if found is None:
                break
            of_letter = update(LETTERS).where(LETTERS.c.id == found)
            connection.execute(of_letter.values(owner=owner))
            taken += 1
    engine.dispose()
    return taken


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_sqlite_is_durable_and_strict(sqlite_url: str, pragma: str, value: object) -> None:
    engine = open_engine(sqlite_url)
    with transaction(engine) as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


@pytest.mark.parametrize(
    "pool",
    [
        ThreadPoolExecutor,
        pytest.param(
            partial(ProcessPoolExecutor, mp_context=multiprocessing.get_context("spawn")),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["threads", "processes"],
)
def test_no_letter_is_claimed_twice(database_url: str, pool: Callable[[int], Executor]) -> None:
    engine = open_engine(database_url)
    LETTERS.create(engine)
    with transaction(engine) as connection:
        connection.execute(insert(LETTERS), [{"id": n} for n in range(ROWS)])
    with pool(WORKERS) as workers:
        taken = list(workers.map(partial(claim, database_url), range(WORKERS)))
    with transaction(engine) as connection:
        owners = list(connection.execute(select(LETTERS.c.owner)).scalars())
    engine.dispose()
    assert sum(taken) == ROWS
    assert [owners.count(f"w{n}") for n in range(WORKERS)] == taken


def test_a_transaction_is_kept_whole_or_not_at_all(engine: Engine) -> None:
    head = {"commune": "bat-mot", "seq": 1, "hash": "x"}

    def write_twice() -> None:
        with transaction(engine) as connection:
            connection.execute(insert(tables.journal_heads).values(head))
            connection.execute(insert(tables.journal_heads).values(head))

    with pytest.raises(IntegrityError):
        write_twice()
    with transaction(engine) as connection:
        assert connection.execute(select(tables.journal_heads)).all() == []


def test_a_locked_database_is_a_passing_trouble(sqlite_url: str) -> None:
    holder, other = open_engine(sqlite_url), impatient(sqlite_url)

    def read() -> None:
        with transaction(other):
            pytest.fail("the lock was not taken at once")

    with transaction(holder), pytest.raises(TransientError, match="thử lại sau"):
        read()
    with transaction(other) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    holder.dispose()
    other.dispose()


def test_a_database_out_of_reach_is_a_passing_trouble(free_port: int) -> None:
    engine = open_engine(f"postgresql://postgres@127.0.0.1:{free_port}/dondoc")

    def read() -> None:
        with transaction(engine):
            pytest.fail("nobody listens there")

    with pytest.raises(TransientError, match="không kết nối được"):
        read()
    engine.dispose()


@pytest.mark.slow
def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    for _ in range(2):
        migrate(empty_database_url)
        engine = open_engine(empty_database_url)
        with engine.begin() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, tables.metadata) == []
            assert context.get_current_revision() is not None
        engine.dispose()


def test_migrating_keeps_what_is_there(engine: Engine, database_url: str) -> None:
    head = {"commune": "bat-mot", "seq": 1, "hash": "x"}
    with transaction(engine) as connection:
        connection.execute(insert(tables.journal_heads).values(head))
    migrate(database_url)
    with transaction(engine) as connection:
        assert connection.execute(select(tables.journal_heads)).mappings().one() == head


def test_a_database_that_somebody_writes_to_is_compacted_another_time(sqlite_url: str) -> None:
    engine, other = impatient(sqlite_url), open_engine(sqlite_url)
    with transaction(other), pytest.raises(TransientError, match="hãy chạy lại lệnh"):
        compact(engine)
    compact(engine)
    for one in (engine, other):
        one.dispose()
