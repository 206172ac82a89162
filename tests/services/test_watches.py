"""Watches: what is wrong is raised while it lasts, told of once, and settled when it is over."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from adapters import tables
from adapters.database import transaction
from models.alarms import Alarm, AlarmKind
from models.calendars import WorkingCalendar
from models.letters import LetterKind, LetterState
from models.reminder_policy import ReminderPolicy
from services import alarms, watches
from services.outbox import enqueue
from services.rounds import MAIL_ROUND, MORNING_ROUND, read_rounds
from services.watches import Watched
from tests.services.stage import COMMUNE, ISSUED_ON, at
from tests.services.test_outbox import letter

MONDAY = (15, 6)
NOON = at(MONDAY, "10:00")


class Watch:
    """Looks after the commune and tells what is open."""

    def __init__(self, engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar) -> None:
        self.engine = engine
        self.watched = Watched(commune=COMMUNE, policy=policy, calendar=calendar)

    def look(self, now: datetime, *, round_of: str | None = None) -> list[Alarm]:
        watches.check(self.engine, self.watched, round_of=round_of, now=now)
        return list(alarms.read_alarms(self.engine, commune=COMMUNE))

    def kinds(self, now: datetime) -> list[AlarmKind]:
        return [alarm.kind for alarm in self.look(now)]

    def put(self, key: str, kind: LetterKind = LetterKind.ACCEPTED, **values: object) -> None:
        """Put a letter in the outbox, in any state."""
        due = {"not_before": at(MONDAY, "07:30")} | values
        changed = {k: due.pop(k) for k in ("state", "attempt", "last_text") if k in due}
        with transaction(self.engine) as connection:
            new = letter(key, kind=kind, **due)
            enqueue(connection, [new], commune=COMMUNE, now=at(MONDAY, "07:30"))
            if changed:
                mine = tables.outbox.c.dedupe_key == key
                connection.execute(update(tables.outbox).where(mine).values(changed))


@pytest.fixture
def watch(engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar) -> Watch:
    return Watch(engine, policy, calendar)


def test_a_healthy_commune_has_no_alarm(watch: Watch) -> None:
    assert watch.look(NOON) == []


@pytest.mark.usefixtures("active_plan")
def test_a_working_day_without_a_morning_round_is_told_from_nine_on(watch: Watch) -> None:
    assert watch.kinds(at(MONDAY, "08:59")) == []
    (alarm,) = watch.look(at(MONDAY, "09:00"))
    assert alarm.kind is AlarmKind.NO_MORNING_ROUND
    assert "lượt gần nhất: chưa có" in alarm.text
    assert watch.look(at(MONDAY, "09:10")) == [alarm]


@pytest.mark.usefixtures("active_plan")
def test_a_round_settles_it_and_the_next_day_is_watched_anew(watch: Watch) -> None:
    watch.look(at(MONDAY, "09:00"))
    assert watch.look(at(MONDAY, "09:20"), round_of=MORNING_ROUND) == []
    (alarm,) = watch.look(at((16, 6), "09:00"))
    assert "lượt gần nhất: 09 giờ 20 thứ Hai, ngày 15/6/2026" in alarm.text


@pytest.mark.usefixtures("active_plan")
@pytest.mark.parametrize("day", [(13, 6), (14, 6)])
def test_on_a_day_off_no_round_is_missed(watch: Watch, day: tuple[int, int]) -> None:
    assert watch.kinds(at(day, "10:00")) == []


@pytest.mark.usefixtures("imported_plan")
def test_without_a_plan_in_force_no_round_is_missed(watch: Watch) -> None:
    assert watch.kinds(NOON) == []


@pytest.mark.usefixtures("active_plan")
def test_a_plan_put_in_force_this_morning_had_no_round_to_miss(watch: Watch) -> None:
    assert watch.kinds(at(ISSUED_ON, "10:00")) == []


def test_rounds_are_kept_by_flow_and_never_go_back(watch: Watch) -> None:
    watch.look(NOON, round_of=MORNING_ROUND)
    watch.look(NOON - timedelta(days=1), round_of=MORNING_ROUND)
    watch.look(NOON, round_of=MAIL_ROUND)
    with transaction(watch.engine) as connection:
        assert read_rounds(connection, commune=COMMUNE) == {"chase": NOON, "mailroom": NOON}
        assert read_rounds(connection, commune="dong-hoa") == {}


def test_a_letter_that_waits_an_hour_of_open_office_is_told(watch: Watch) -> None:
    watch.put("a")
    assert watch.kinds(at(MONDAY, "08:29")) == []
    (alarm,) = watch.look(at(MONDAY, "08:30"))
    assert alarm.kind is AlarmKind.LETTERS_WAIT
    assert alarm.text.startswith("1 thư đã đến lúc gửi hơn một giờ mà chưa đi")


@pytest.mark.parametrize("hour", ["12:00", "13:50", "14:44", "20:00"])
def test_a_letter_kept_for_the_next_window_does_not_wait(watch: Watch, hour: str) -> None:
    watch.put("a")
    assert watch.kinds(at(MONDAY, hour)) == []


def test_a_receipt_waits_at_any_hour(watch: Watch) -> None:
    watch.put("a", LetterKind.RECEIPT, not_before=at(MONDAY, "20:00"))
    assert watch.kinds(at(MONDAY, "20:59")) == []
    assert watch.kinds(at(MONDAY, "21:00")) == [AlarmKind.LETTERS_WAIT]


def test_a_letter_that_is_tried_again_and_again_waits_too(watch: Watch) -> None:
    watch.put("a", not_before=at(MONDAY, "10:30"), attempt=4)
    with transaction(watch.engine) as connection:
        first = {"outbox_id": 1, "attempt": 1, "at": at(MONDAY, "08:00"), "phase": "rcpt"}
        statement = insert(tables.outbox_attempts)
        connection.execute(statement.values(first | {"verdict": "refused_temporarily"}))
    assert watch.kinds(NOON) == [AlarmKind.LETTERS_WAIT]


def test_letters_on_hold_do_not_wait(watch: Watch) -> None:
    watch.put("a")
    with transaction(watch.engine) as connection:
        hold = {"commune": COMMUNE, "reason": "person", "detail": "", "since": NOON, "by": "ai"}
        connection.execute(insert(tables.holds).values(hold))
    assert watch.kinds(NOON) == []


def test_waiting_is_told_again_on_another_day_and_settled_when_they_left(watch: Watch) -> None:
    watch.put("a")
    (monday,) = watch.look(NOON)
    (tuesday,) = watch.look(at((16, 6), "10:00"))
    assert tuesday.dedupe_key != monday.dedupe_key
    with transaction(watch.engine) as connection:
        connection.execute(update(tables.outbox).values(state=LetterState.ACCEPTED))
    assert watch.look(at((16, 6), "10:10")) == []


def test_what_comes_back_the_same_day_is_raised_again(watch: Watch) -> None:
    watch.put("a")
    assert len(watch.look(NOON)) == 1
    with transaction(watch.engine) as connection:
        connection.execute(update(tables.outbox).values(state=LetterState.ACCEPTED))
    assert watch.look(at(MONDAY, "10:10")) == []
    watch.put("b")
    assert len(watch.look(at(MONDAY, "10:20"))) == 1


def test_what_a_person_settled_is_not_raised_again(watch: Watch) -> None:
    watch.put("a", state=LetterState.POISONED, last_text="thiếu tên đơn vị")
    (alarm,) = watch.look(NOON)
    alarms.settle_alarm(watch.engine, alarm.dedupe_key, commune=COMMUNE, by="quản trị", now=NOON)
    assert watch.look(at(MONDAY, "10:10")) == []
    assert watch.look(at((16, 6), "10:10")) == []


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (LetterState.POISONED, AlarmKind.LETTER_POISONED),
        (LetterState.NEEDS_HUMAN, AlarmKind.LETTER_NEEDS_HUMAN),
    ],
)
def test_each_letter_that_nobody_will_send_is_told(
    watch: Watch, state: LetterState, kind: AlarmKind
) -> None:
    watch.put("a", state=state, last_text="thiếu tên đơn vị.")
    watch.put("b", state=state)
    told = {alarm.text: alarm.kind for alarm in watch.look(NOON)}
    assert told == {
        "Thư E13 số 1 gửi đơn vị “vp” (a): thiếu tên đơn vị.": kind,
        "Thư E13 số 2 gửi đơn vị “vp” (b): không có lời đáp.": kind,
    }
    with transaction(watch.engine) as connection:
        connection.execute(update(tables.outbox).values(state=LetterState.SUPERSEDED))
    assert watch.look(at(MONDAY, "10:10")) == []


@pytest.mark.parametrize(
    ("kind", "told_after_minutes"),
    [(LetterKind.DISPATCH, 0), (LetterKind.ASSIGNMENT, 20), (LetterKind.REMIND_SOON, None)],
)
def test_a_doubtful_letter_is_told_as_its_kind_was_promised(
    watch: Watch, kind: LetterKind, told_after_minutes: int | None
) -> None:
    watch.put("a", kind, state=LetterState.UNKNOWN, not_before=NOON)
    for minutes in (0, 19, 20, 60):
        expected = told_after_minutes is not None and minutes >= told_after_minutes
        kinds = watch.kinds(NOON + timedelta(minutes=minutes))
        assert kinds == ([AlarmKind.LETTER_UNKNOWN] if expected else [])


def test_letters_of_alarms_that_do_not_arrive_are_told_on_the_board_only(watch: Watch) -> None:
    with transaction(watch.engine) as connection:
        alarms.raise_alarm(connection, "x", AlarmKind.BOUNCE, text="…", commune=COMMUNE, now=NOON)
    alarms.tell(watch.engine, commune=COMMUNE, address="sai@x.example", now=NOON)
    with transaction(watch.engine) as connection:
        refused = update(tables.outbox).values(state=LetterState.REFUSED, last_text="550 no such")
        connection.execute(refused)
    found = {alarm.kind: alarm.text for alarm in watch.look(NOON)}
    assert found[AlarmKind.ADMINISTRATOR_UNREACHABLE] == "Thư gửi sai@x.example: 550 no such."
    later = NOON + timedelta(hours=30)
    assert alarms.tell(watch.engine, commune=COMMUNE, address="sai@x.example", now=later) == 0
