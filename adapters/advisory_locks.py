"""Owners' locks in PostgreSQL: held by an owner's sessions, freed by the server as they end."""

import hashlib

from sqlalchemy import Connection, func, select

from adapters.database import transaction_on

LONGEST = "10s"


def hold_owner(connection: Connection, owner: str) -> None:
    """Hold the lock of ``owner``, with its other sessions, until the connection closes.

    That ends the session: a connection that went back to the pool would keep the lock.
    """
    connection.detach()
    with transaction_on(connection):
        connection.execute(select(func.pg_advisory_lock_shared(_key(owner))))


def wait_alone(connection: Connection, owner: str) -> None:
    """Wait, within the caller's transaction, until no other session holds the lock.

    Raises:
        OperationalError: one still does, after ``LONGEST``.
    """
    connection.execute(select(func.set_config("lock_timeout", LONGEST, True)))  # noqa: FBT003
    connection.execute(select(func.pg_advisory_xact_lock(_key(owner))))


def is_held(connection: Connection, owner: str) -> bool:
    """Whether a living session holds the lock of ``owner``."""
    taken = select(func.pg_try_advisory_xact_lock(_key(owner)))
    return not connection.execute(taken).scalar_one()


def _key(owner: str) -> int:
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8], signed=True)
