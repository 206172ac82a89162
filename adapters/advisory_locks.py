"""Owners' locks in PostgreSQL: held by one session, freed by the server when it ends."""

import hashlib

from sqlalchemy import Connection, func, select

from adapters.database import transaction_on


def hold_owner(connection: Connection, owner: str) -> None:
    """Hold the lock of ``owner`` until the connection closes, which then ends its session."""
    connection.detach()  # a connection that went back to the pool would keep the lock
    with transaction_on(connection):
        connection.execute(select(func.pg_advisory_lock(_key(owner))))


def is_held(connection: Connection, owner: str) -> bool:
    """Whether a living session holds the lock of ``owner``."""
    taken = select(func.pg_try_advisory_xact_lock(_key(owner)))
    return not connection.execute(taken).scalar_one()


def _key(owner: str) -> int:
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8], signed=True)
