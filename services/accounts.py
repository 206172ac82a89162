"""Accounts: added, given a role, given a new password, disabled; each change is in the journal."""

from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, delete, select, update

from adapters.account_tables import accounts, sign_in_links, web_sessions
from adapters.database import transaction
from adapters.ledger import insert_new, read_contacts
from adapters.passwords import hash_password
from models.accounts import Account, Role, account_id, refuse_weak
from models.errors import RefusedError, UsageError
from services.journal import note, record


def add_account(
    engine: Engine,
    name: str,
    *,
    commune: str,
    full_name: str,
    role: Role,
    by: str,
    now: datetime,
    unit_id: str | None = None,
    contact_id: str | None = None,
) -> Account:
    """Add a person who signs in under that name; a password comes by a one-time link.

    Raises:
        UsageError: the name is none.
        RefusedError: the name is taken.
    """
    made = Account(
        id=account_id(name), commune=commune, name=full_name.strip() or name, role=role,
        unit_id=unit_id, contact_id=contact_id, created_at=now,
    )  # fmt: skip
    with transaction(engine) as connection:
        row = made.model_dump(exclude={"has_password"}) | {"password": None}
        if not insert_new(connection, accounts, [row]):
            raise RefusedError(f"Tài khoản '{made.id}' đã có; hãy chọn tên đăng nhập khác.")
        notes = [note("account.added", made.id, role=role, unit=unit_id)]
        record(connection, notes, commune=commune, actor=by, at=now)
    return made


def find_account(engine: Engine, name: str, *, commune: str) -> Account:
    """Return the account of that name.

    Raises:
        UsageError: the commune has none.
    """
    with transaction(engine) as connection:
        return account_of(connection, account_id(name), commune=commune)


def find_accounts(engine: Engine, *, commune: str) -> tuple[Account, ...]:
    """Return every account of the commune, by name."""
    statement = select(accounts).where(accounts.c.commune == commune).order_by(accounts.c.id)
    with transaction(engine) as connection:
        rows = connection.execute(statement).mappings().all()
    return tuple(as_account(row) for row in rows)


def set_role(
    engine: Engine, name: str, role: Role, *, commune: str, by: str, now: datetime
) -> Account:
    """Give an account another role; it counts from its next request on.

    Raises:
        UsageError: there is no such account.
        RefusedError: nobody would be left to administrate.
    """
    with transaction(engine) as connection:
        found = account_of(connection, account_id(name), commune=commune)
        if role is not Role.ADMINISTRATOR:
            _refuse_last(connection, found)
        _set(connection, found, role=role)
        notes = [note("account.role", found.id, role=role)]
        record(connection, notes, commune=commune, actor=by, at=now)
    return found.model_copy(update={"role": role})


def set_contact(
    engine: Engine, name: str, contact_id: str, *, commune: str, by: str, now: datetime
) -> Account:
    """Say who an account is in the register, so that a leader decides from it.

    Raises:
        UsageError: there is no such account or contact.
    """
    with transaction(engine) as connection:
        found = account_of(connection, account_id(name), commune=commune)
        if contact_id not in {one.id for one in read_contacts(connection, commune=commune)}:
            raise UsageError(f"Không có đầu mối '{contact_id}' trong danh bạ của xã.")
        _set(connection, found, contact_id=contact_id)
        notes = [note("account.contact", found.id, contact=contact_id)]
        record(connection, notes, commune=commune, actor=by, at=now)
    return found.model_copy(update={"contact_id": contact_id})


def disable_account(engine: Engine, name: str, *, commune: str, by: str, now: datetime) -> bool:
    """Shut an account: its sessions and links end at once; False when it was shut before.

    Raises:
        UsageError: there is no such account.
        RefusedError: nobody would be left to administrate.
    """
    with transaction(engine) as connection:
        found = account_of(connection, account_id(name), commune=commune)
        if not found.is_active:
            return False
        _refuse_last(connection, found)
        _set(connection, found, disabled_at=now)
        end_all(connection, found)
        record(connection, [note("account.disabled", found.id)], commune=commune, actor=by, at=now)
    return True


def set_password(
    engine: Engine, name: str, password: str, *, commune: str, by: str, now: datetime
) -> None:
    """Give an account a password; every session and link it had ends.

    Raises:
        UsageError: there is no such account.
        RefusedError: the password is too weak, or the account is shut.
    """
    found = account_id(name)
    refuse_weak(password, account=found)
    hashed = hash_password(password)  # outside the transaction: it takes its time by design
    with transaction(engine) as connection:
        keep_password(connection, found, hashed, commune=commune, by=by, now=now)


def keep_password(
    connection: Connection, name: str, hashed: str, *, commune: str, by: str, now: datetime
) -> None:
    """Keep a hash made before; the account's sessions and links end.

    Raises:
        UsageError: there is no such account.
        RefusedError: the account is shut.
    """
    found = account_of(connection, name, commune=commune)
    if not found.is_active:
        raise RefusedError(f"Tài khoản '{name}' đã khóa.")
    _set(connection, found, password=hashed)
    end_all(connection, found)
    record(connection, [note("account.password", name)], commune=commune, actor=by, at=now)


def clear_password(engine: Engine, name: str, *, commune: str, by: str, now: datetime) -> Account:
    """Take the password from an account and end its sessions; a new one comes by a link.

    Raises:
        UsageError: there is no such account.
    """
    with transaction(engine) as connection:
        found = account_of(connection, account_id(name), commune=commune)
        _set(connection, found, password=None, disabled_at=None)
        end_all(connection, found)
        record(connection, [note("account.reset", found.id)], commune=commune, actor=by, at=now)
    return found.model_copy(update={"has_password": False, "disabled_at": None})


def account_of(connection: Connection, name: str, *, commune: str) -> Account:
    """Return the account of that name in an open transaction.

    Raises:
        UsageError: the commune has none.
    """
    c = accounts.c
    statement = select(accounts).where(c.commune == commune, c.id == name)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise UsageError(f"Không có tài khoản '{name}'; xem `dondoc account list`.")
    return as_account(row)


def as_account(row: RowMapping) -> Account:
    """Return a row of accounts as a value that holds no hash."""
    known = {key: row[key] for key in Account.model_fields if key in row}
    return Account.model_validate(known | {"has_password": row["password"] is not None})


def end_all(connection: Connection, account: Account) -> None:
    """End every session and every link of an account."""
    for table in (web_sessions, sign_in_links):
        connection.execute(
            delete(table).where(
                table.c.commune == account.commune, table.c.account_id == account.id
            )
        )


def _refuse_last(connection: Connection, account: Account) -> None:
    c = accounts.c
    others = select(c.id).where(
        c.commune == account.commune, c.role == Role.ADMINISTRATOR, c.disabled_at.is_(None),
        c.id != account.id,
    )  # fmt: skip
    if account.role is Role.ADMINISTRATOR and connection.execute(others).first() is None:
        raise RefusedError(
            f"'{account.id}' là tài khoản quản trị cuối cùng; hãy thêm một quản trị khác trước."
        )


def _set(connection: Connection, account: Account, **values: object) -> None:
    c = accounts.c
    connection.execute(
        update(accounts).where(c.commune == account.commune, c.id == account.id).values(values)
    )
