"""One-time links to sign in: opening one shows a form, sending the form uses it up."""

from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from adapters.account_tables import accounts, sign_in_links
from adapters.database import transaction
from adapters.passwords import digest_of, hash_password, make_token
from models.accounts import LINK_LIFETIME, Account, LinkPurpose, Role, refuse_weak
from models.errors import RefusedError
from models.values import Value
from services.accounts import account_of, add_account, keep_password
from services.journal import note, record
from services.web_sessions import open_session

FIRST_ACCOUNT = "quan-tri"
SPENT = (
    "Đường dẫn đã dùng hoặc đã hết hạn; hãy lấy đường dẫn mới bằng lệnh "
    "dondoc account sign-in-link trên máy chủ."
)


class SignInLink(Value):
    """A link that is still good, with whom it signs in and what it asks for."""

    account: Account
    purpose: LinkPurpose


def make_sign_in_link(
    engine: Engine, name: str, *, commune: str, purpose: LinkPurpose, by: str, now: datetime
) -> str:
    """Make a one-time link for an account and return its secret; links made before end.

    Raises:
        UsageError: there is no such account.
        RefusedError: the account is shut.
    """
    token = make_token()
    with transaction(engine) as connection:
        account = account_of(connection, name, commune=commune)
        if not account.is_active:
            raise RefusedError(f"Tài khoản '{name}' đã khóa; mở lại bằng `dondoc account reset`.")
        links = sign_in_links
        mine = (links.c.commune == commune, links.c.account_id == account.id)
        connection.execute(delete(links).where(*mine))
        row = {
            "digest": digest_of(token), "commune": commune, "account_id": account.id,
            "purpose": purpose, "expires_at": now + LINK_LIFETIME,
        }  # fmt: skip
        connection.execute(insert(links).values(row))
        told = note("account.link", account.id, purpose=purpose)
        record(connection, [told], commune=commune, actor=by, at=now)
    return token


def first_sign_in_link(
    engine: Engine, *, commune: str, purpose: LinkPurpose, by: str, now: datetime
) -> str | None:
    """Make a link for the first administrator, who is added if need be.

    None when an administrator has a password, and the link was to set one.
    """
    c = accounts.c
    chiefs = select(c.id, c.password).where(
        c.commune == commune, c.role == Role.ADMINISTRATOR, c.disabled_at.is_(None)
    )
    with transaction(engine) as connection:
        found = connection.execute(chiefs.order_by(c.created_at, c.id)).all()
    if purpose is LinkPurpose.SET_PASSWORD and any(row.password for row in found):
        return None
    if found:
        name = str(found[0].id)
    else:
        name = add_account(
            engine, FIRST_ACCOUNT, commune=commune, full_name="Quản trị",
            role=Role.ADMINISTRATOR, by=by, now=now,
        ).id  # fmt: skip
    return make_sign_in_link(engine, name, commune=commune, purpose=purpose, by=by, now=now)


def read_sign_in_link(engine: Engine, token: str, *, commune: str, now: datetime) -> SignInLink:
    """Return what a link is for; reading it does not use it up.

    Raises:
        RefusedError: it was used, has expired, or never was.
    """
    with transaction(engine) as connection:
        return _read(connection, token, commune=commune, now=now)


def use_sign_in_link(
    engine: Engine,
    token: str,
    *,
    commune: str,
    now: datetime,
    password: str = "",
    instead_of: str | None = None,
) -> str:
    """Use a link up and open a session; returns the session's id.

    A link to set a password takes one, and every other session of the account ends.

    Raises:
        RefusedError: the link was used, has expired, or the password is too weak.
    """
    found = read_sign_in_link(engine, token, commune=commune, now=now)
    hashed = None
    if found.purpose is LinkPurpose.SET_PASSWORD:
        refuse_weak(password, account=found.account.id)
        hashed = hash_password(password)
    with transaction(engine) as connection:
        # Whoever removes the row uses the link: of two that come at once, one.
        account = _read(connection, token, commune=commune, now=now).account
        gone = delete(sign_in_links).where(sign_in_links.c.digest == digest_of(token))
        if connection.execute(gone).rowcount != 1:
            raise RefusedError(SPENT)
        if hashed is not None:
            keep_password(connection, account.id, hashed, commune=commune, by=account.id, now=now)
        told = note("account.signed_in", account.id, by_link=True)
        record(connection, [told], commune=commune, actor=account.id, at=now)
        return open_session(connection, account, now=now, instead_of=instead_of)


def _read(connection: Connection, token: str, *, commune: str, now: datetime) -> SignInLink:
    links = sign_in_links.c
    statement = select(links.account_id, links.purpose).where(
        links.digest == digest_of(token), links.commune == commune, links.expires_at > now
    )
    row = connection.execute(statement).first()
    if row is None:
        raise RefusedError(SPENT)
    account = account_of(connection, row.account_id, commune=commune)
    return SignInLink(account=account, purpose=LinkPurpose(row.purpose))
