"""A report that no server has taken is told by steps before its legal deadline (row 97)."""

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
from services.watches import Watched
from tests.services.stage import COMMUNE, PLAN, at
from tests.services.test_outbox import letter

DEADLINE = at((29, 6), "17:00")  # "trước ngày 30/6/2026"
SENT_AT = at((26, 6), "09:00")


class Room:
    """One letter with the report, on its way to the province."""

    def __init__(self, engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar) -> None:
        self.engine = engine
        self.watched = Watched(commune=COMMUNE, policy=policy, calendar=calendar)
        with transaction(engine) as connection:
            new = letter("dispatch", kind=LetterKind.DISPATCH, plan_id=PLAN, not_before=SENT_AT)
            enqueue(connection, [new], commune=COMMUNE, now=SENT_AT)
            row = {"plan_id": PLAN, "recipient": "vp", "report_id": "r", "at": SENT_AT,
                   "by": "vt", "outbox_id": 1}  # fmt: skip
            connection.execute(insert(tables.dispatches).values(row))

    def alter(self, **values: object) -> None:
        with transaction(self.engine) as connection:
            connection.execute(update(tables.outbox).values(values))

    def look(self, now: datetime) -> list[Alarm]:
        """The open alarms about the report."""
        watches.check(self.engine, self.watched, now=now)
        found = alarms.read_alarms(self.engine, commune=COMMUNE)
        return [alarm for alarm in found if alarm.kind is AlarmKind.REPORT]


@pytest.fixture
def room(
    engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar, active_plan: object
) -> Room:
    assert active_plan
    return Room(engine, policy, calendar)


@pytest.mark.slow
def test_a_person_is_told_24_8_4_2_and_1_hours_before_the_deadline_and_at_it(room: Room) -> None:
    room.alter(attempt=3, last_text="450 4.7.1 greylisted.")
    told: dict[str, datetime] = {}
    for quarter in range(30 * 4):
        now = DEADLINE - timedelta(hours=27) + timedelta(minutes=15 * quarter)
        for alarm in room.look(now):
            told.setdefault(alarm.dedupe_key, now)
    hours = [(DEADLINE - now) / timedelta(hours=1) for now in told.values()]
    assert hours == [24, 8, 4, 2, 1, 0]
    first = next(iter(told))
    assert first.startswith(f"watch/{COMMUNE}/report/1/T-24@")


def test_the_alarm_says_how_long_why_and_what_to_do(room: Room) -> None:
    room.alter(state=LetterState.REFUSED, last_text="550 5.7.1 no.")
    (alarm,) = room.look(DEADLINE - timedelta(hours=2))
    assert "bị từ chối, còn không quá 2 giờ" in alarm.text
    assert "thời hạn 17 giờ 00 thứ Hai, ngày 29/6/2026" in alarm.text
    assert "550 5.7.1 no. Trang báo cáo có đúng các tệp này" in alarm.text
    assert alarm.kind.is_urgent


def test_a_step_is_told_once_and_settling_it_does_not_silence_the_next(room: Room) -> None:
    (alarm,) = room.look(DEADLINE - timedelta(hours=7))
    assert room.look(DEADLINE - timedelta(hours=6)) == [alarm]
    now = DEADLINE - timedelta(hours=5)
    alarms.settle_alarm(room.engine, alarm.dedupe_key, commune=COMMUNE, by="quản trị", now=now)
    assert room.look(now) == []
    assert "còn không quá 4 giờ" in room.look(DEADLINE - timedelta(hours=4))[0].text


def test_what_a_server_took_or_a_recipient_has_is_not_told(room: Room) -> None:
    late = DEADLINE - timedelta(hours=1)
    assert len(room.look(late)) == 1
    room.alter(state=LetterState.ACCEPTED)
    assert room.look(late) == []
    room.alter(state=LetterState.BOUNCED)
    assert len(room.look(late + timedelta(minutes=1))) == 1
    with transaction(room.engine) as connection:
        connection.execute(update(tables.dispatches).values(receipt_at=late))
    assert room.look(late) == []


def test_the_letters_own_end_counts_before_the_plans_deadline(room: Room) -> None:
    room.alter(not_after=DEADLINE - timedelta(days=1))
    assert room.look(DEADLINE - timedelta(days=2, minutes=1)) == []
    assert len(room.look(DEADLINE - timedelta(days=2))) == 1


def test_in_good_time_nobody_is_told(room: Room) -> None:
    assert room.look(DEADLINE - timedelta(hours=25)) == []
