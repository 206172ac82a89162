"""A contact changes only when the old address or the office agrees, and then all at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import RegisteredContact, read_contacts
from adapters.links import LinkScope
from models.contact_changes import ChangeState, ContactChange, Reach
from models.errors import RefusedError, UsageError
from models.letters import LetterKind
from models.plans import PlanDossier
from services.contact_changes import (
    OLD_ADDRESS,
    decide_change,
    find_changes,
    find_waiting_change,
    propose_change,
    read_change,
)
from services.journal import read_journal
from services.personal_links import find_resident, revoke_links, send_link, send_links_to
from services.plans import import_plan
from tests.services.mailroom import Mailroom
from tests.services.stage import COMMUNE, PLAN, at

pytestmark = pytest.mark.usefixtures("active_plan")
HEAD = "thon-01.head"
NOW = at((20, 5))
WANTED = Reach("Lò Văn Hoa", "lo.hoa@vin.example", "0912345678")


def contact(engine: Engine) -> RegisteredContact:
    with transaction(engine) as connection:
        found = read_contacts(connection, commune=COMMUNE)
    return next(one for one in found if one.id == HEAD)


def proposed(engine: Engine, wanted: Reach = WANTED, reason: str = "Nghỉ hưu") -> ContactChange:
    return propose_change(
        engine, contact(engine), wanted, plan_id=PLAN, reason=reason, by=HEAD, now=NOW
    )


def scope(serial: int = 0, plan_id: str = PLAN) -> LinkScope:
    return LinkScope(COMMUNE, "thon-01", HEAD, NOW, plan_id, serial)


def test_a_proposal_changes_nothing_and_asks_the_old_address(
    engine: Engine, mailroom: Mailroom
) -> None:
    before = contact(engine)
    change = proposed(engine)
    assert contact(engine) == before
    assert proposed(engine) == change
    assert find_waiting_change(engine, commune=COMMUNE, contact_id=HEAD) == change
    (row,) = mailroom.rows(LetterKind.LINK)
    assert row.address == before.email
    mailroom.send(NOW + timedelta(hours=1))
    letter = mailroom.letters()[-1]
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert "lo.hoa@vin.example" in text
    assert re.search(r"/dau-moi/[\w.-]{40,}", text)


def test_agreeing_moves_the_contact_and_ends_its_links(engine: Engine) -> None:
    old, change = contact(engine), proposed(engine)
    for _ in range(2):
        done = decide_change(
            engine, change.id, commune=COMMUNE, agreed=True, by=OLD_ADDRESS, now=NOW
        )
        assert (done.state, done.decided_by) == (ChangeState.APPLIED, OLD_ADDRESS)
    new = contact(engine)
    assert Reach.of(new) == WANTED
    assert new.link_serial == old.link_serial + 1
    assert find_resident(engine, scope()) is None
    assert find_resident(engine, scope(1)) is not None
    assert find_waiting_change(engine, commune=COMMUNE, contact_id=HEAD) is None
    told = [entry.action for entry in read_journal(engine, commune=COMMUNE, subject_prefix=HEAD)]
    assert told == ["contact.change_asked", "contact.change_applied"]
    with pytest.raises(RefusedError, match="đã được quyết định"):
        decide_change(engine, change.id, commune=COMMUNE, agreed=False, by="vp", now=NOW)


@pytest.mark.slow
def test_refusing_leaves_the_contact_alone(engine: Engine) -> None:
    before, change = contact(engine), proposed(engine)
    decide_change(
        engine, change.id, commune=COMMUNE, agreed=False, by="vp", now=NOW, refusal="Chưa xác minh"
    )
    assert contact(engine) == before
    assert read_change(engine, change.id).refusal == "Chưa xác minh"
    assert find_changes(engine, commune=COMMUNE, state=ChangeState.ASKED) == ()
    assert len(find_changes(engine, commune=COMMUNE)) == 1


@pytest.mark.parametrize(
    ("wanted", "reason", "said"),
    [
        (WANTED, "  ", "lý do"),
        (WANTED._replace(email="không phải"), "x", "không phải là một địa chỉ"),
        (WANTED._replace(email="a@b.vn\r\nBcc: c@d.vn"), "x", "không phải là một địa chỉ"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(
    engine: Engine, *, wanted: Reach, reason: str, said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        proposed(engine, wanted, reason)
    assert find_changes(engine, commune=COMMUNE) == ()


def test_the_same_and_a_second_proposal_are_refused(engine: Engine) -> None:
    with pytest.raises(RefusedError, match="giống thông tin đang đăng ký"):
        proposed(engine, Reach.of(contact(engine)))
    proposed(engine)
    with pytest.raises(RefusedError, match="đang chờ"):
        proposed(engine, WANTED._replace(phone="0999"))
    for number, commune in ((99, COMMUNE), (1, "xa-khac")):
        with pytest.raises(UsageError):
            decide_change(engine, number, commune=commune, agreed=True, by="vp", now=NOW)


def with_email(dossier: PlanDossier, email: str, *, of: str = HEAD) -> PlanDossier:
    units = tuple(
        unit.model_copy(
            update={
                "contacts": tuple(
                    one.model_copy(update={"email": email}) if one.id == of else one
                    for one in unit.contacts
                )
            }
        )
        for unit in dossier.units.units
    )
    register = dossier.units.model_copy(update={"units": units})
    return dossier.model_copy(update={"units": register})


def test_a_register_that_still_says_the_old_keeps_the_change_and_a_corrected_one_wins(
    engine: Engine, dossier: PlanDossier
) -> None:
    first = proposed(engine)
    decide_change(engine, first.id, commune=COMMUNE, agreed=True, by="vp", now=NOW)
    import_plan(engine, with_email(dossier, "b@x.vn", of="thon-02.head"), actor="t", now=NOW)
    assert contact(engine).email == WANTED.email
    waiting = proposed(engine, WANTED._replace(email="ba@vin.example"))
    import_plan(engine, with_email(dossier, "moi@vin.example"), actor="t", now=NOW)
    now = contact(engine)
    assert (now.email, now.link_serial) == ("moi@vin.example", 2)
    with pytest.raises(RefusedError, match="đề nghị lại"):
        decide_change(engine, waiting.id, commune=COMMUNE, agreed=True, by="vp", now=NOW)


def test_a_link_ends_with_its_contact_its_serial_and_its_plan(engine: Engine) -> None:
    assert find_resident(engine, scope(plan_id="")) is not None
    assert find_resident(engine, scope(plan_id="khac")) is None
    assert find_resident(engine, scope(serial=1)) is None
    assert find_resident(engine, scope()._replace(unit_id="thon-02")) is None
    number = revoke_links(engine, commune=COMMUNE, contact_id=HEAD, reason="lộ", by="vp", now=NOW)
    assert find_resident(engine, scope()) is None
    assert find_resident(engine, scope(number)) is not None
    with pytest.raises(UsageError, match="Không có đầu mối"):
        revoke_links(engine, commune=COMMUNE, contact_id="ai", reason="", by="vp", now=NOW)


def test_links_go_once_in_a_while_and_only_to_the_registered_address(
    engine: Engine, mailroom: Mailroom
) -> None:
    email = contact(engine).email
    assert send_links_to(engine, commune=COMMUNE, address="la@evil.example", now=NOW) == 0
    assert send_links_to(engine, commune=COMMUNE, address=f" {email.upper()}", now=NOW) == 1
    assert not send_link(engine, commune=COMMUNE, contact_id=HEAD, by="vp", now=NOW)
    later = [NOW + timedelta(minutes=20 * n) for n in range(1, 6)]
    sent = [send_link(engine, commune=COMMUNE, contact_id=HEAD, by="vp", now=at) for at in later]
    assert sent == [True] * 4 + [False]
    assert {row.address for row in mailroom.rows(LetterKind.LINK)} == {email}
    with pytest.raises(UsageError):
        send_link(engine, commune=COMMUNE, contact_id="ai", by="vp", now=NOW)
