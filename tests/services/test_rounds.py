"""The pulse: a watchdog elsewhere learns from it that a round did not come."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from adapters.database import transaction
from models.alarms import AlarmKind
from models.calendars import WorkingCalendar
from models.rounds import Pulse
from services.alarms import raise_alarm
from services.rounds import MAIL_ROUND, MORNING_ROUND, read_pulse, record_round
from tests.services.stage import COMMUNE, at

NOW = at((15, 6), "09:30")


@pytest.fixture
def beat(engine: Engine) -> "Beat":
    return Beat(engine)


class Beat:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def record(self, flow: str, minutes_ago: int) -> None:
        with transaction(self.engine) as connection:
            then = NOW - timedelta(minutes=minutes_ago)
            record_round(connection, flow, commune=COMMUNE, now=then)

    def read(self, calendar: WorkingCalendar) -> Pulse:
        return read_pulse(self.engine, commune=COMMUNE, calendar=calendar, now=NOW)


def test_without_a_plan_in_force_nothing_is_missed(beat: Beat, calendar: WorkingCalendar) -> None:
    pulse = beat.read(calendar)
    assert pulse.is_steady
    assert not pulse.has_work


@pytest.mark.usefixtures("active_plan")
def test_rounds_that_came_make_a_steady_pulse(beat: Beat, calendar: WorkingCalendar) -> None:
    beat.record(MORNING_ROUND, 120)
    beat.record(MAIL_ROUND, 25)
    pulse = beat.read(calendar)
    assert pulse.is_steady
    assert pulse.morning_round_at == NOW - timedelta(hours=2)


@pytest.mark.usefixtures("active_plan")
def test_two_mail_rounds_that_did_not_come_are_missing(
    beat: Beat, calendar: WorkingCalendar
) -> None:
    beat.record(MORNING_ROUND, 120)
    assert beat.read(calendar).mail_is_missing
    beat.record(MAIL_ROUND, 26)
    pulse = beat.read(calendar)
    assert pulse.mail_is_missing
    assert not pulse.is_steady


@pytest.mark.usefixtures("active_plan")
def test_a_missing_morning_and_open_alarms_are_seen(beat: Beat, calendar: WorkingCalendar) -> None:
    beat.record(MORNING_ROUND, 24 * 60)
    beat.record(MAIL_ROUND, 1)
    with transaction(beat.engine) as connection:
        raise_alarm(connection, "x", AlarmKind.OTHER, text="…", commune=COMMUNE, now=NOW)
    pulse = beat.read(calendar)
    assert pulse.morning_is_missing
    assert not pulse.is_steady
    assert pulse.open_alarms == 1
