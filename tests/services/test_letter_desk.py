"""The desk shows every letter that has not arrived: why it waits, when it goes, who must act."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from adapters import tables
from adapters.database import transaction
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.letter_desks import LetterDesk
from models.letter_holds import HoldReason, WaitReason
from models.letters import LetterKind, LetterState
from models.reminder_policy import ReminderPolicy
from services import brakes, letter_desk
from services.journal import note, record
from tests.services.letter_rows import put_letter
from tests.services.stage import COMMUNE, at

NOW = at((15, 6))
RELAY = "127.0.0.1:4225"
HOUR = timedelta(hours=1)


@pytest.fixture
def read(engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar) -> "Reader":
    return Reader(engine, policy, calendar)


class Reader:
    def __init__(self, engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar) -> None:
        self.engine, self.policy, self.calendar = engine, policy, calendar

    def __call__(self) -> LetterDesk:
        return letter_desk.read_desk(
            self.engine, commune=COMMUNE, relay=RELAY, policy=self.policy,
            calendar=self.calendar, now=NOW,
        )  # fmt: skip

    def reasons(self) -> list[WaitReason | None]:
        return [line.wait.reason if line.wait else None for line in self().waiting]


def test_an_empty_desk_says_so(read: Reader) -> None:
    desk = read()
    assert (desk.waiting, desk.unsettled, desk.holds, desk.alarms, desk.hold) == (
        (),
        (),
        (),
        (),
        None,
    )
    assert (desk.waiting_count, desk.unsettled_count) == (0, 0)


def test_each_waiting_letter_has_its_reason_and_time(read: Reader, engine: Engine) -> None:
    put_letter(engine, "a", now=NOW - 2 * HOUR)
    put_letter(engine, "b", now=NOW - HOUR, state=LetterState.SENDING)
    put_letter(engine, "c", now=NOW, not_before=NOW + HOUR)
    put_letter(engine, "d", now=NOW, not_before=NOW + 2 * HOUR, attempt=2, last_text="450 sau")
    put_letter(engine, "e", now=NOW, state=LetterState.ACCEPTED)
    put_letter(engine, "f", now=NOW, commune="dong-hoa")
    desk = read()
    assert read.reasons() == [WaitReason.ROUND, None, WaitReason.SLOT, WaitReason.RETRY]
    assert [x.wait.goes_at for x in desk.waiting if x.wait] == [NOW, NOW + HOUR, NOW + 2 * HOUR]
    assert (desk.waiting_count, desk.unsettled_count) == (4, 0)
    assert letter_desk.count_desk(engine, commune=COMMUNE) == (4, 0)


def test_a_full_recipients_letter_tells_when_it_may_go_again(read: Reader, engine: Engine) -> None:
    for number in range(3):
        put_letter(engine, f"s/{number}", now=NOW - HOUR, state=LetterState.ACCEPTED,
                   settled_at=NOW - HOUR)  # fmt: skip
    put_letter(engine, "a", now=NOW)
    (line,) = read().waiting
    assert line.wait is not None
    assert (line.wait.reason, line.wait.goes_at) == (WaitReason.LIMIT, at((16, 6), "07:30"))


def test_a_failing_relay_is_shown_and_is_the_reason(read: Reader, engine: Engine) -> None:
    put_letter(engine, "a", now=NOW)
    row = {"failures": 2, "failing_since": NOW - HOUR, "open_until": NOW + HOUR}
    with transaction(engine) as connection:
        connection.execute(insert(tables.relays).values(name=RELAY, last_text="535 sai", **row))
    (relay,) = read().relays
    assert (relay.failures, relay.open_until, relay.last_text) == (2, NOW + HOUR, "535 sai")
    assert read.reasons() == [WaitReason.RELAY]


def test_a_hold_is_shown_with_its_alarm(read: Reader, engine: Engine) -> None:
    put_letter(engine, "a", now=NOW)
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.STORM, detail="90 thư", by="t", now=NOW)
    desk = read()
    assert [(h.reason, h.detail, h.by) for h in desk.holds] == [("storm", "90 thư", "t")]
    assert [a.kind for a in desk.alarms] == ["hold.storm"]
    assert read.reasons() == [WaitReason.HOLD]


def test_what_a_person_must_settle_stands_apart(read: Reader, engine: Engine) -> None:
    for state in ("unknown", "needs_human", "poisoned", "refused", "bounced", "expired"):
        put_letter(engine, state, now=NOW, state=state, last_text="lý do", settled_at=NOW)
    covered = LetterKind.REMIND_TODAY  # the next rung says it again
    put_letter(engine, "nhắc", now=NOW, kind=covered, state="expired", settled_at=NOW)
    desk = read()
    unsettled = ["unknown", "needs_human", "poisoned", "refused", "expired"]
    assert [x.state for x in desk.unsettled] == unsettled
    assert {x.last_text for x in desk.unsettled} == {"lý do"}
    assert letter_desk.count_desk(engine, commune=COMMUNE) == (0, 5)


def test_the_life_of_a_letter_is_its_attempts_and_its_journal(engine: Engine) -> None:
    parts = [{"sha256": "e" * 64, "name": "bao-cao.pdf", "size": 9}]
    letter = put_letter(
        engine, "a", now=NOW, kind=LetterKind.DISPATCH, state=LetterState.UNKNOWN, copies=1,
        parts=parts,
    )  # fmt: skip
    tried = {"outbox_id": letter, "attempt": 1, "at": NOW, "verdict": "unknown", "phase": "data"}
    with transaction(engine) as connection:
        connection.execute(insert(tables.outbox_attempts).values(code=None, text="", **tried))
        for key in ("a", "a/vp"):  # the second is another letter
            record(connection, [note("letter.unknown", key)], commune=COMMUNE, actor="t", at=NOW)
    life = letter_desk.read_life(engine, letter, commune=COMMUNE)
    assert (life.line.id, life.address, life.copies) == (letter, "vp.contact@x.example", 1)
    assert [(a.attempt, a.verdict, a.phase) for a in life.attempts] == [(1, "unknown", "data")]
    assert [e.subject for e in life.journal] == ["a"]
    assert [(f.name, f.sha256) for f in life.files] == [("bao-cao.pdf", "e" * 64)]
    assert life.line.contact_title == "vp.contact"  # of a contact no longer in the register
    for wrong, commune in ((letter + 1, COMMUNE), (letter, "dong-hoa")):
        with pytest.raises(UsageError, match="Không có thư số"):
            letter_desk.read_life(engine, wrong, commune=commune)
