"""Signing in: tries are counted before they are looked at, and guessing waits longer each time."""

from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select, update

from adapters.account_tables import accounts, sign_in_failures
from adapters.database import transaction
from adapters.ledger import insert_new
from adapters.passwords import digest_of, hash_password, is_password
from models.accounts import (
    FORGOTTEN_AFTER,
    FREE_TRIES_OF_ACCOUNT,
    FREE_TRIES_OF_ADDRESS,
    Account,
    delay_after,
    refuse_weak,
)
from models.errors import RefusedError, TooManyTriesError
from models.values import Value
from services.accounts import account_of, keep_password
from services.journal import note, record
from services.web_sessions import open_session

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


class Credentials(Value):
    """What somebody typed, and from where: ``origin`` tells one address from another."""

    name: str
    password: str
    origin: str

    @property
    def subjects(self) -> dict[str, int]:
        """Whose tries are counted, each with how many are free."""
        return {
            digest_of(f"account:{self.name}"): FREE_TRIES_OF_ACCOUNT,
            digest_of(f"address:{self.origin}"): FREE_TRIES_OF_ADDRESS,
        }


def sign_in(
    engine: Engine,
    given: Credentials,
    *,
    commune: str,
    now: datetime,
    instead_of: str | None = None,
) -> str:
    """Open a session for whoever knows name and password; returns its id.

    A name that nobody has takes as long, and is told the same, as a wrong password.

    Raises:
        TooManyTriesError: the name or the address must wait; nothing was looked at.
        RefusedError: name or password are wrong, or the account is shut.
    """
    kept = _check(engine, given, commune=commune, now=now)
    with transaction(engine) as connection:
        account = _still(connection, given, kept, commune=commune)
        token = open_session(connection, account, now=now, instead_of=instead_of)
        told = note("account.signed_in", account.id)
        record(connection, [told], commune=commune, actor=account.id, at=now)
    return token


def change_password(
    engine: Engine, given: Credentials, new: str, *, commune: str, now: datetime
) -> str:
    """Give whoever knows the present password a new one; returns the id of a new session.

    Every other session of the account ends.

    Raises:
        TooManyTriesError: too many wrong passwords were given lately.
        RefusedError: the present password is wrong or the new one too weak.
    """
    refuse_weak(new, account=given.name)
    kept = _check(engine, given, commune=commune, now=now)
    hashed = hash_password(new)
    with transaction(engine) as connection:
        account = _still(connection, given, kept, commune=commune)
        keep_password(connection, account.id, hashed, commune=commune, by=account.id, now=now)
        return open_session(connection, account, now=now)


def _check(engine: Engine, given: Credentials, *, commune: str, now: datetime) -> str:
    """Return the hash that the password fits; the try is counted before it is looked at.

    Raises:
        TooManyTriesError: the name or the address must wait.
        RefusedError: name or password are wrong, or the account is shut.
    """
    c = accounts.c
    statement = select(c.password).where(
        c.commune == commune, c.id == given.name, c.disabled_at.is_(None)
    )
    with transaction(engine) as connection:
        _count(connection, given.subjects, commune=commune, now=now)
        kept = connection.execute(statement).scalar_one_or_none()
    # Outside the transaction: a hash takes its time by design.
    if not is_password(given.password, kept) or kept is None:
        raise RefusedError(WRONG)
    return str(kept)


def _still(connection: Connection, given: Credentials, kept: str, *, commune: str) -> Account:
    # Read again: it may have been shut or given another password while the hash was made.
    c = accounts.c
    same = (c.commune == commune, c.id == given.name, c.password == kept, c.disabled_at.is_(None))
    if connection.execute(select(c.id).where(*same)).first() is None:
        raise RefusedError(WRONG)
    _forgive(connection, given, commune=commune)
    return account_of(connection, given.name, commune=commune)


def _count(
    connection: Connection, subjects: dict[str, int], *, commune: str, now: datetime
) -> None:
    f = sign_in_failures
    rows = [{"commune": commune, "subject": s, "failures": 0, "last_at": now} for s in subjects]
    old = (f.c.commune == commune, f.c.last_at < now - FORGOTTEN_AFTER)
    connection.execute(delete(f).where(*old))
    insert_new(connection, f, rows)
    statement = (
        select(f).where(f.c.commune == commune, f.c.subject.in_(subjects)).order_by(f.c.subject)
    )
    for row in connection.execute(statement.with_for_update()).all():
        _refuse_early(row.last_at + delay_after(row.failures, free=subjects[row.subject]), now)
        mine = (f.c.commune == commune) & (f.c.subject == row.subject)
        connection.execute(update(f).where(mine).values(failures=row.failures + 1, last_at=now))


def _refuse_early(until: datetime, now: datetime) -> None:
    if until > now:
        raise TooManyTriesError(until - now)


def _forgive(connection: Connection, given: Credentials, *, commune: str) -> None:
    # The address keeps what others failed: one own account must not wash off the guessing of many.
    account, address = given.subjects
    f = sign_in_failures
    connection.execute(delete(f).where(f.c.commune == commune, f.c.subject == account))
    connection.execute(
        update(f)
        .where(f.c.commune == commune, f.c.subject == address, f.c.failures > 0)
        .values(failures=f.c.failures - 1)
    )
