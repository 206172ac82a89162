"""Owners: who claims letters holds a lock that only its own life keeps, on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from adapters import advisory_locks, locks
from adapters.database import make_room, transaction

SQLITE = "sqlite"


@contextmanager
def living_owner(engine: Engine, folder: Path, owner: str) -> Iterator[Connection]:
    """Hold the lock of ``owner`` for the block; gives the connection that lives as long.

    On PostgreSQL the connection is the lock: whoever loses it can commit nothing more over it.
    """
    if engine.dialect.name == SQLITE:
        with locks.owner_lock(folder, owner), engine.connect() as connection:
            make_room(connection)
            yield connection
        return
    with join_owner(engine, owner) as connection:
        yield connection


def join_owner(engine: Engine, owner: str) -> Connection:
    """One more connection of an owner who is alive in PostgreSQL, and lives as long as any."""
    connection = engine.connect()
    advisory_locks.hold_owner(connection, owner)
    return connection


def is_alive(engine: Engine, folder: Path, owner: str) -> bool:
    """Whether the owner lives; time and leases say nothing (reliability.md 2.6)."""
    if engine.dialect.name == SQLITE:
        return locks.is_alive(folder, owner)
    with transaction(engine) as connection:
        return advisory_locks.is_held(connection, owner)
