"""Sessions of the pages: a random id in the cookie, its digest here, ended by rest or by age."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from adapters.account_tables import accounts, web_sessions
from adapters.database import transaction
from adapters.passwords import digest_of, make_token
from models.accounts import IDLE, LONGEST_SESSION, Account
from models.values import Value
from services.accounts import as_account

SEEN_EVERY = timedelta(minutes=1)  # between two notes of a session in use


class OpenSession(Value):
    """A session in force with whom it belongs to."""

    digest: str
    account: Account


def open_session(
    connection: Connection, account: Account, *, now: datetime, instead_of: str | None = None
) -> str:
    """Open a session under a new id and return the id; the one it takes the place of ends."""
    if instead_of:
        _end(connection, digest_of(instead_of))
    # Nobody comes back to those that ended by themselves: swept here, where rows are made.
    connection.execute(delete(web_sessions).where(web_sessions.c.opened_at < now - LONGEST_SESSION))
    token = make_token()
    row = {
        "digest": digest_of(token), "commune": account.commune, "account_id": account.id,
        "opened_at": now, "seen_at": now,
    }  # fmt: skip
    connection.execute(insert(web_sessions).values(row))
    return token


def read_session(engine: Engine, token: str, *, commune: str, now: datetime) -> OpenSession | None:
    """Return the session of that id; None when there is none, or it ended, or its account did."""
    digest = digest_of(token)
    s, a = web_sessions, accounts
    statement = (
        select(a, s.c.seen_at)
        .join(s, (s.c.commune == a.c.commune) & (s.c.account_id == a.c.id))
        .where(
            s.c.digest == digest,
            s.c.commune == commune,
            s.c.opened_at > now - LONGEST_SESSION,
            s.c.seen_at > now - IDLE,
            a.c.disabled_at.is_(None),
        )
    )
    with transaction(engine) as connection:
        row = connection.execute(statement).mappings().first()
        if row is None:
            return None
        if row["seen_at"] < now - SEEN_EVERY:
            connection.execute(update(s).where(s.c.digest == digest).values(seen_at=now))
    return OpenSession(digest=digest, account=as_account(row))


def close_session(engine: Engine, digest: str) -> None:
    """End a session; one that has ended stays so."""
    with transaction(engine) as connection:
        _end(connection, digest)


def _end(connection: Connection, digest: str) -> None:
    connection.execute(delete(web_sessions).where(web_sessions.c.digest == digest))
