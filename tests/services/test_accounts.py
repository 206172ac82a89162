"""Accounts, sessions and one-time links on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from adapters.account_tables import accounts, sign_in_links, web_sessions
from adapters.database import transaction
from models.accounts import IDLE, LINK_LIFETIME, LONGEST_SESSION, Account, LinkPurpose, Role
from models.errors import RefusedError, TooManyTriesError, UsageError
from services.accounts import (
    add_account,
    clear_password,
    disable_account,
    find_account,
    find_accounts,
    set_password,
    set_role,
)
from services.journal import verify
from services.sign_in_links import (
    FIRST_ACCOUNT,
    first_sign_in_link,
    make_sign_in_link,
    read_sign_in_link,
    use_sign_in_link,
)
from services.sign_ins import Credentials, change_password, sign_in
from services.web_sessions import close_session, open_session, read_session
from tests.services.stage import COMMUNE, at

NOW = at((10, 6))
GOOD, OTHER = "một câu dễ nhớ, khó đoán", "câu thứ hai cũng dài như thế"
HERE: dict[str, Any] = {"commune": COMMUNE, "now": NOW}
BY = HERE | {"by": "t"}


def person(engine: Engine, name: str = "van-phong", role: Role = Role.OFFICE) -> Account:
    return add_account(engine, name, full_name="Lê Thị Hoa", role=role, **BY)


def typed(password: str = GOOD, name: str = "van-phong", origin: str = "a") -> Credentials:
    return Credentials(name=name, password=password, origin=origin)


def enter(engine: Engine, given: Credentials, **more: Any) -> str:
    return sign_in(engine, given, **HERE | more)


def is_open(engine: Engine, token: str, **more: Any) -> bool:
    return read_session(engine, token, **HERE | more) is not None


def session(engine: Engine, account: Account) -> str:
    with transaction(engine) as connection:
        return open_session(connection, account, now=NOW)


def test_an_account_is_added_once_and_belongs_to_its_commune(engine: Engine) -> None:
    made = person(engine)
    with pytest.raises(RefusedError, match="đã có"):
        person(engine)
    assert find_accounts(engine, commune=COMMUNE) == (made,)
    assert find_account(engine, "VAN-PHONG", commune=COMMUNE) == made
    assert find_accounts(engine, commune="dong-hoa") == ()
    with pytest.raises(UsageError, match="account list"):
        find_account(engine, "van-phong", commune="dong-hoa")
    assert verify(engine, commune=COMMUNE) == ()


def test_the_last_administrator_stays_one(engine: Engine) -> None:
    person(engine, "a1", Role.ADMINISTRATOR)
    for act in (lambda: set_role(engine, "a1", Role.VIEWER, **BY),
                lambda: disable_account(engine, "a1", **BY)):  # fmt: skip
        with pytest.raises(RefusedError, match="cuối cùng"):
            act()
    person(engine, "a2", Role.ADMINISTRATOR)
    assert set_role(engine, "a1", Role.LEADER, **BY).role is Role.LEADER
    assert set_role(engine, "a2", Role.ADMINISTRATOR, **BY).role is Role.ADMINISTRATOR
    assert find_account(engine, "a1", commune=COMMUNE).role is Role.LEADER


def test_no_secret_stands_in_the_database(engine: Engine) -> None:
    account = person(engine)
    link = make_sign_in_link(engine, account.id, purpose=LinkPurpose.SET_PASSWORD, **BY)
    first = session(engine, account)
    with transaction(engine) as connection:
        kept = str([connection.execute(select(t)).all() for t in (sign_in_links, web_sessions)])
    assert link not in kept
    assert first not in kept
    opened = use_sign_in_link(engine, link, commune=COMMUNE, now=NOW, password=GOOD)
    with transaction(engine) as connection:
        found = connection.execute(select(accounts.c.password)).scalar_one()
    assert found.startswith("$argon2id$")
    assert GOOD not in found
    assert is_open(engine, opened)
    assert not is_open(engine, first)  # a new password ends every session that was


def test_a_link_is_used_once_and_only_by_what_is_sent(engine: Engine) -> None:
    account = person(engine)
    link = make_sign_in_link(engine, account.id, purpose=LinkPurpose.SET_PASSWORD, **BY)
    for _ in range(50):
        found = read_sign_in_link(engine, link, commune=COMMUNE, now=NOW)
    assert found.account == account
    with pytest.raises(RefusedError, match="Mật khẩu"):
        use_sign_in_link(engine, link, commune=COMMUNE, now=NOW, password="ngắn")
    use_sign_in_link(engine, link, commune=COMMUNE, now=NOW, password=GOOD)
    with pytest.raises(RefusedError, match="đã dùng"):
        use_sign_in_link(engine, link, commune=COMMUNE, now=NOW, password=OTHER)
    assert enter(engine, typed())


@pytest.mark.parametrize("end", ["late", "foreign", "newer", "disabled", "reset"])
def test_a_link_ends(engine: Engine, end: str) -> None:
    account, now, commune = person(engine), NOW, COMMUNE
    link = make_sign_in_link(engine, account.id, purpose=LinkPurpose.SIGN_IN, **BY)
    match end:
        case "late":
            now = NOW + LINK_LIFETIME
        case "foreign":
            commune = "dong-hoa"
        case "newer":
            make_sign_in_link(engine, account.id, purpose=LinkPurpose.SIGN_IN, **BY)
        case "disabled":
            disable_account(engine, account.id, **BY)
        case _:
            clear_password(engine, account.id, **BY)
    with pytest.raises(RefusedError, match="đã dùng"):
        use_sign_in_link(engine, link, commune=commune, now=now)


def test_a_fresh_machine_has_one_way_in_until_a_password_is_set(engine: Engine) -> None:
    how: dict[str, Any] = {"purpose": LinkPurpose.SET_PASSWORD} | BY
    first, second = first_sign_in_link(engine, **how), first_sign_in_link(engine, **how)
    assert first is not None
    assert second is not None
    with pytest.raises(RefusedError):
        read_sign_in_link(engine, first, commune=COMMUNE, now=NOW)
    use_sign_in_link(engine, second, commune=COMMUNE, now=NOW, password=GOOD)
    assert first_sign_in_link(engine, **how) is None
    (only,) = find_accounts(engine, commune=COMMUNE)
    assert (only.id, only.role, only.has_password) == (FIRST_ACCOUNT, Role.ADMINISTRATOR, True)
    assert first_sign_in_link(engine, **how | {"purpose": LinkPurpose.SIGN_IN})


def test_a_shut_account_gets_no_link_and_no_password_until_it_is_reset(engine: Engine) -> None:
    account = person(engine)
    set_password(engine, account.id, GOOD, **BY)
    opened = enter(engine, typed())
    assert disable_account(engine, account.id, **BY)
    assert not disable_account(engine, account.id, **BY)
    assert not is_open(engine, opened)
    with pytest.raises(RefusedError, match="chưa đúng"):
        enter(engine, typed())
    for act in (
        lambda: make_sign_in_link(engine, account.id, purpose=LinkPurpose.SIGN_IN, **BY),
        lambda: set_password(engine, account.id, GOOD, **BY),
    ):
        with pytest.raises(RefusedError, match="đã khóa"):
            act()
    assert clear_password(engine, account.id, **BY).is_active
    assert make_sign_in_link(engine, account.id, purpose=LinkPurpose.SIGN_IN, **BY)


def test_a_session_ends_by_rest_by_age_and_by_its_owner(engine: Engine) -> None:
    account = person(engine)
    token = session(engine, account)
    assert not is_open(engine, token, commune="dong-hoa")
    assert not is_open(engine, token + "x")
    assert not is_open(engine, token, now=NOW + IDLE)
    assert is_open(engine, token, now=NOW + IDLE / 2)
    assert is_open(engine, token, now=NOW + IDLE)  # used meanwhile
    late, step = NOW, IDLE / 2
    while late + step < NOW + LONGEST_SESSION:
        late += step
        assert is_open(engine, token, now=late)
    assert not is_open(engine, token, now=NOW + LONGEST_SESSION)
    found = read_session(engine, token, commune=COMMUNE, now=late)
    assert found is not None
    close_session(engine, found.digest)
    assert not is_open(engine, token, now=late)


def test_signing_in_gives_a_new_id_and_ends_the_one_that_was(engine: Engine) -> None:
    account = person(engine)
    set_password(engine, account.id, GOOD, **BY)
    planted = session(engine, account)
    opened = enter(engine, typed(), instead_of=planted)
    assert opened != planted
    assert is_open(engine, opened)
    assert not is_open(engine, planted)


def test_changing_the_password_leaves_one_session(engine: Engine) -> None:
    account = person(engine)
    set_password(engine, account.id, GOOD, **BY)
    old = enter(engine, typed())
    with pytest.raises(RefusedError, match="chưa đúng"):
        change_password(engine, typed("sai mật khẩu rồi"), OTHER, commune=COMMUNE, now=NOW)
    with pytest.raises(RefusedError, match="ký tự"):
        change_password(engine, typed(), "ngắn", commune=COMMUNE, now=NOW)
    new = change_password(engine, typed(), OTHER, commune=COMMUNE, now=NOW)
    assert not is_open(engine, old)
    assert is_open(engine, new)
    with pytest.raises(RefusedError, match="chưa đúng"):
        enter(engine, typed())
    assert enter(engine, typed(OTHER))


def test_guessing_one_account_waits_longer_each_time_and_the_right_password_waits_too(
    engine: Engine,
) -> None:
    set_password(engine, person(engine).id, GOOD, **BY)
    now, waits = NOW, []
    for n in range(9):
        try:
            enter(engine, typed("sai", origin=str(n)), now=now)
        except TooManyTriesError as error:
            waits.append(error.wait_seconds)
            with pytest.raises(TooManyTriesError):
                enter(engine, typed(origin="nhà"), now=now)
            now += timedelta(seconds=error.wait_seconds)
            with pytest.raises(RefusedError, match="chưa đúng"):
                enter(engine, typed("sai", origin=f"lại {n}"), now=now)
        except RefusedError:
            continue
    assert waits == [15, 30, 60, 120]
    assert enter(engine, typed(origin="nhà"), now=now + timedelta(minutes=15))
    assert enter(engine, typed(origin="nhà"), now=now + timedelta(minutes=15))


def test_names_nobody_has_are_told_and_delayed_as_names_somebody_has(engine: Engine) -> None:
    set_password(engine, person(engine).id, GOOD, **BY)
    told: dict[str, list[str]] = {"van-phong": [], "khong-co": []}
    for name, answers in told.items():
        for n in range(7):
            with pytest.raises(RefusedError) as caught:
                enter(engine, typed("sai", name=name, origin=f"{name}{n}"))
            answers.append(str(caught.value))
    assert told["van-phong"] == told["khong-co"]


def test_one_address_that_tries_many_names_waits_and_an_own_account_does_not_wash_it(
    engine: Engine,
) -> None:
    set_password(engine, person(engine).id, GOOD, **BY)
    for n in range(20):
        with pytest.raises(RefusedError, match="chưa đúng"):
            enter(engine, typed("sai", name=f"ten-{n}"))
        if n == 10:
            assert enter(engine, typed())
    with pytest.raises(TooManyTriesError):
        enter(engine, typed())
    assert enter(engine, typed(origin="khác"))
    assert enter(engine, typed(), now=NOW + timedelta(days=2))
