"""A dead address is not the unit's fault: the next contact is written to."""

import pytest

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import RegisteredContact, read_contacts
from models.incoming_bounces import Gravity
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.submissions import Answer
from services.alarms import read_alarms
from services.assignments import issue_assignments
from services.bounces import flag_contact, settle_bounce
from services.journal import read_journal
from tests.services.mailroom import FEW, Mailroom, excuse, with_units
from tests.services.stage import COMMUNE, NIL, PLAN, Office, at, owed_by

NOW = at((17, 6), "07:30")
DEAD = "vp@batmot.example"


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def only_vp(office: Office) -> Office:
    """Only the office's figures are still owed, and the office's address is dead."""
    excuse(office, *(o.id for o in office.obligations() if o.id != owed_by("vp", "SL")))
    return office


def contact(mailroom: Mailroom, contact_id: str) -> RegisteredContact:
    with transaction(mailroom.engine) as connection:
        return {c.id: c for c in read_contacts(connection, commune=COMMUNE)}[contact_id]


@pytest.mark.usefixtures("only_vp")
def test_a_bounced_reminder_flags_the_contact_and_goes_to_the_next(mailroom: Mailroom) -> None:
    mailroom.catcher.refuse = frozenset({DEAD})
    mailroom.plan(NOW)
    assert mailroom.send(NOW).refused == 1
    flagged = contact(mailroom, "vp.contact")
    assert flagged.flagged_at == NOW
    assert "5.1.1" in (flagged.flag_reason or "")
    assert [item.rung for item in mailroom.items() if item.outbox_id is not None] == []
    mailroom.plan(at((17, 6), "09:00"))
    mailroom.send(at((17, 6), "09:00"))
    (letter,) = mailroom.letters("<lanhdao.vp@")
    assert letter["X-Dondoc-Kind"] == "E03"


def test_a_bounced_receipt_is_written_again_to_the_next_contact(
    mailroom: Mailroom, only_vp: Office
) -> None:
    mailroom.catcher.refuse = frozenset({DEAD})
    only_vp.submit(owed_by("vp", "SL"), Answer(nil_reason="Không có."), now=NOW)
    done = mailroom.send(NOW)
    assert (done.refused, done.accepted) == (1, 1)
    first, second = mailroom.rows(LetterKind.RECEIPT)
    assert (first.state, second.state) == (LetterState.REFUSED, LetterState.ACCEPTED)
    assert (second.contact_id, second.context) == ("vp.head", first.context)
    assert second.message_id != first.message_id
    (letter,) = mailroom.letters()
    assert "<lanhdao.vp@" in str(letter["To"])


def test_a_unit_nobody_can_reach_is_left_with_its_page_and_crashes_nothing(
    mailroom: Mailroom, only_vp: Office
) -> None:
    mailroom.catcher.refuse = frozenset({DEAD, "lanhdao.vp@batmot.example"})
    report = owed_by("vp", "SL")
    only_vp.submit(report, Answer(nil_reason="Không có."), now=NOW)
    assert mailroom.send(NOW).refused == 2
    only_vp.give_back(report, due=at((19, 6), "17:00"), now=NOW)
    mailroom.plan(NOW)
    assert not mailroom.rows(state=LetterState.READY)
    (row,) = only_vp.board(NOW).owing()
    assert (row.obligation_id, row.unreachable) == (report, True)


@pytest.mark.slow
def test_the_head_who_has_his_own_assignment_does_not_get_the_bounced_one(
    mailroom: Mailroom, office: Office, blobs: BlobStore
) -> None:
    mailroom.catcher.refuse = frozenset({DEAD})
    issue_assignments(office.engine, PLAN, blobs=blobs, calendar=office.calendar, now=NOW)
    mailroom.send(NOW)
    assert len(mailroom.letters("<lanhdao.vp@")) == 1


@pytest.mark.usefixtures("active_plan")
def test_flagging_twice_changes_nothing(mailroom: Mailroom) -> None:
    for hour, why in (("07:30", "550 trước"), ("08:00", "550 sau")):
        with transaction(mailroom.engine) as connection:
            flag_contact(connection, "vp.contact", commune=COMMUNE, why=why, now=at((17, 6), hour))
    assert contact(mailroom, "vp.contact").flag_reason == "550 trước"
    told = [e for e in read_journal(mailroom.engine, commune=COMMUNE) if e.subject == "vp.contact"]
    assert [entry.action for entry in told] == ["contact.flagged"]


def test_a_village_whose_only_address_is_dead_gets_no_second_letter(
    mailroom: Mailroom, office: Office
) -> None:
    mailroom.catcher.refuse = frozenset({"thon-01@batmot.example"})
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    assert mailroom.send(NOW).refused == 1
    assert len(mailroom.rows()) == 1


def come_back(mailroom: Mailroom, letter_id: int, gravity: Gravity = Gravity.DEAD_ADDRESS) -> bool:
    with transaction(mailroom.engine) as connection:
        return settle_bounce(
            connection, letter_id, gravity=gravity, why="550 5.1.1 không có", now=NOW
        )


@pytest.mark.usefixtures("only_vp")
def test_a_reminder_that_comes_back_days_later_is_written_to_the_next_contact(
    mailroom: Mailroom,
) -> None:
    mailroom.plan(NOW)
    mailroom.send(NOW)
    sent = mailroom.row(contact="vp.contact")
    assert come_back(mailroom, sent.id)
    assert not come_back(mailroom, sent.id)
    assert mailroom.row(contact="vp.contact").state == LetterState.BOUNCED
    assert contact(mailroom, "vp.contact").flagged_at == NOW
    (alarm,) = read_alarms(mailroom.engine, commune=COMMUNE)
    assert "lanhdao.vp@batmot.example" in alarm.text
    mailroom.plan(at((17, 6), "09:00"))
    mailroom.send(at((17, 6), "09:00"))
    assert len(mailroom.letters("<lanhdao.vp@")) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("only_vp")
def test_a_letter_returned_for_its_content_flags_nobody_and_is_told(mailroom: Mailroom) -> None:
    mailroom.plan(NOW)
    mailroom.send(NOW)
    assert come_back(mailroom, mailroom.row().id, Gravity.LETTER_REFUSED)
    assert contact(mailroom, "vp.contact").flagged_at is None
    (alarm,) = read_alarms(mailroom.engine, commune=COMMUNE)
    assert "thư bị trả lại" in alarm.text


@pytest.mark.usefixtures("only_vp")
def test_a_letter_in_doubt_that_comes_back_is_no_longer_in_doubt(mailroom: Mailroom) -> None:
    mailroom.plan(NOW)
    mailroom.send(NOW)
    letter = mailroom.row()
    mailroom.alter(letter.id, state=LetterState.UNKNOWN)
    with transaction(mailroom.engine) as connection:
        watch = {"outbox_id": letter.id, "boot_id": "boot", "since_seconds": 1.0}
        connection.execute(tables.unknown_watches.insert().values(watch))
    assert come_back(mailroom, letter.id)
    with transaction(mailroom.engine) as connection:
        assert connection.execute(tables.unknown_watches.select()).all() == []


def test_a_unit_whose_last_address_dies_is_to_be_called(mailroom: Mailroom, office: Office) -> None:
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.send(NOW)
    assert come_back(mailroom, mailroom.row(LetterKind.RECEIPT).id)
    (alarm,) = read_alarms(mailroom.engine, commune=COMMUNE)
    assert "gọi điện" in alarm.text
