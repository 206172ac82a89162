"""At the claim a letter is written from what is true then, or it is not written."""

import pytest
from sqlalchemy import update

from adapters import tables
from adapters.database import transaction
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.reminder_policy import ReminderPolicy
from models.submissions import Attachment
from services.composing import Composer
from services.extensions import grant_extension
from services.outbox import enqueue
from services.pauses import PauseKind, pause
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, excuse, with_units
from tests.services.stage import COMMUNE, Office, at, owed_by
from tests.services.test_outbox import letter as outbox_letter

EARLY = at((15, 6), "07:30")  # T-7 of the reports
MIXED = at((17, 6), "07:30")  # T-3 of the reports, T+1 of the second periodic report


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.mark.slow
def test_a_reminder_says_exactly_what_is_owed_when_it_is_claimed(
    mailroom: Mailroom, office: Office
) -> None:
    mailroom.plan(EARLY)
    excuse(office, owed_by("dt-mttq", "XN"))
    mailroom.send(at((15, 6), "07:45"))
    reminders = [x for x in mailroom.letters("<dt-mttq@") if x["X-Dondoc-Kind"] != "E10"]
    (reminder,) = reminders
    assert "báo cáo kết quả thực hiện" in body_of(reminder)
    assert "xác nhận" not in body_of(reminder).casefold()
    assert "và 1 nội dung khác" not in str(reminder["Subject"])


def test_a_letter_does_not_say_late_once_the_late_item_has_come(
    mailroom: Mailroom, office: Office
) -> None:
    excuse(office, owed_by("vhxh", "XN"), owed_by("vhxh", "BCDK"))
    mailroom.plan(MIXED)
    assert mailroom.row(contact="vhxh.contact").kind == LetterKind.OVERDUE_FIRST
    excuse(office, owed_by("vhxh", "BCDK", "2"))
    mailroom.send(at((17, 6), "07:45"))
    row = next(r for r in mailroom.rows(contact="vhxh.contact") if r.day is not None)
    assert (row.kind, row.state) == (LetterKind.REMIND_SOON, LetterState.ACCEPTED)
    (reminder,) = [x for x in mailroom.letters("<vhxh@") if x["X-Dondoc-Kind"] == "E03"]
    assert "QUÁ HẠN" not in str(reminder["Subject"])


@pytest.mark.slow
def test_a_unit_that_reports_before_the_claim_gets_no_reminder(
    mailroom: Mailroom, office: Office
) -> None:
    excuse(office, owed_by("thon-01", "XN"))
    mailroom.plan(EARLY)
    reminder = next(r for r in mailroom.rows(contact="thon-01.head") if r.day is not None)
    office.submit(owed_by("thon-01"), now=at((15, 6), "07:40"))
    mailroom.send(at((15, 6), "07:45"))
    kinds = [x["X-Dondoc-Kind"] for x in mailroom.letters("<thon-01@")]
    assert set(kinds) <= {"E10"}
    (row,) = [r for r in mailroom.rows(contact="thon-01.head") if r.id == reminder.id]
    assert (row.state, row.frozen) == (LetterState.SUPERSEDED, None)
    assert "không còn việc" in row.last_text.casefold()


@pytest.mark.slow
def test_an_extension_before_the_claim_ends_the_letter_of_the_old_ladder(
    mailroom: Mailroom, office: Office
) -> None:
    report = owed_by("thon-01")
    excuse(office, owed_by("thon-01", "XN"))
    mailroom.plan(at((23, 6), "07:30"))  # T+1: late
    grant_extension(
        office.engine, report, until=at((25, 6), "17:00"), by="vhxh", now=at((23, 6), "08:01")
    )
    mailroom.send(at((23, 6), "08:05"))
    late = [r for r in mailroom.rows(contact="thon-01.head") if r.day is not None]
    assert [r.state for r in late] == [LetterState.SUPERSEDED]


@pytest.mark.slow
def test_a_call_before_the_claim_rests_the_letter_too(mailroom: Mailroom, office: Office) -> None:
    excuse(office, owed_by("thon-01", "XN"))
    mailroom.plan(EARLY)
    pause(
        office.engine, commune=COMMUNE, unit_id="thon-01", kind=PauseKind.CALL, by="quản trị",
        reason="Đã trao đổi điện thoại", until=at((18, 6)), now=EARLY,
    )  # fmt: skip
    mailroom.send(EARLY)
    assert mailroom.letters("<thon-01@") == []


@pytest.mark.slow
def test_a_letter_goes_to_the_address_the_contact_has_when_it_is_written(
    mailroom: Mailroom, office: Office
) -> None:
    excuse(office, owed_by("thon-01", "XN"))
    mailroom.plan(EARLY)
    c = tables.contacts.c
    with transaction(office.engine) as connection:
        mended = update(tables.contacts).where(c.id == "thon-01.head")
        connection.execute(mended.values(email="moi.thon-01@batmot.example"))
    mailroom.send(EARLY)
    (letter,) = mailroom.letters("<moi.thon-01@")
    assert letter["X-Envelope-To"] is None or "moi.thon-01@" in letter["X-Envelope-To"]
    assert {r.address for r in mailroom.rows(contact="thon-01.head") if r.day} == {
        "moi.thon-01@batmot.example"
    }


@pytest.mark.slow
@pytest.mark.usefixtures("active_plan")
def test_reminders_long_before_the_deadline_bring_it_as_a_calendar_file(mailroom: Mailroom) -> None:
    mailroom.plan(at((18, 5), "07:30"))
    mailroom.plan(EARLY)
    mailroom.send(EARLY)
    (reminder,) = mailroom.letters("<th-thcs@")
    files = attachments_of(reminder)
    assert [name for name in files if name.endswith(".ics")] == ["thoi-han-BC-22-06.ics"]
    assert b"BEGIN:VCALENDAR" in files["thoi-han-BC-22-06.ics"]


@pytest.mark.slow
@pytest.mark.usefixtures("active_plan")
def test_a_letter_with_broken_facts_is_set_aside_and_the_queue_goes_on(mailroom: Mailroom) -> None:
    letters = [
        outbox_letter("broken", facts={"nonsense": 1}),
        outbox_letter("no-file", kind=LetterKind.RECEIPT, parts=(missing_file(),)),
    ]
    with transaction(mailroom.engine) as connection:
        enqueue(connection, letters, commune=COMMUNE, now=at((15, 6), "07:00"))
    mailroom.plan(EARLY)
    done = mailroom.send(at((15, 6), "08:00"))
    poisoned = mailroom.rows(state=LetterState.POISONED)
    assert {row.dedupe_key for row in poisoned} == {"broken", "no-file"}
    assert all(row.last_text and row.frozen is None and row.settled_at for row in poisoned)
    assert done.accepted == len(mailroom.letters()) > 5
    assert not mailroom.rows(state=LetterState.READY)


def missing_file() -> Attachment:
    return Attachment(sha256="0" * 64, name="mat.pdf", size=1)


@pytest.mark.slow
@pytest.mark.usefixtures("active_plan")
def test_an_expired_reminder_gives_its_rungs_back_for_the_latest_of_the_next_morning(
    mailroom: Mailroom,
) -> None:
    mailroom.plan(at((19, 6), "07:30"))  # T-1, and the mail server is away all day
    (friday,) = mailroom.rows(contact="thon-01.head")
    mailroom.plan(at((22, 6), "07:30"))
    mailroom.send(at((22, 6), "07:30"))
    (_, monday) = mailroom.rows(contact="thon-01.head")
    states = {row.id: row.state for row in mailroom.rows(contact="thon-01.head")}
    assert states == {friday.id: LetterState.EXPIRED, monday.id: LetterState.ACCEPTED}
    assert not [i for i in mailroom.items() if i.outbox_id == friday.id]
    assert len(mailroom.letters("<thon-01@")) == 1


@pytest.mark.usefixtures("active_plan")
def test_after_an_expiry_the_overtaken_rung_is_recorded_without_a_letter(
    mailroom: Mailroom,
) -> None:
    mailroom.plan(at((19, 6), "07:30"))
    mailroom.send(at((22, 6), "07:29"))  # closed, nothing leaves and nothing expires
    assert not mailroom.letters()
    mailroom.send(at((22, 6), "07:30"))  # expires
    mailroom.plan(at((22, 6), "07:31"))
    mine = {i.rung: i.outbox_id for i in mailroom.items() if i.obligation_id == owed_by("thon-01")}
    assert mine["T"] is not None
    assert (mine["T-1"], mine["T-3"], mine["T-7"]) == (None, None, None)


def test_the_office_is_open_for_letters_in_the_windows_of_working_days(
    composer: Composer, policy: ReminderPolicy
) -> None:
    assert composer.is_open(policy, EARLY)
    for day, hour in (((15, 6), "12:00"), ((15, 6), "16:30"), ((14, 6), "08:00")):
        assert not composer.is_open(policy, at(day, hour))


def test_nothing_is_read_for_no_rows(mailroom: Mailroom, composer: Composer) -> None:
    with transaction(mailroom.engine) as connection:
        assert composer.draft(connection, [], now=EARLY) == []
