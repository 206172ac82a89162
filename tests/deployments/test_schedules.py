"""Schedules fire on the days of the phase and on no others."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.server.schemas.schedules import CronSchedule

from deployments.schedules import TIMEZONE, schedules_for

ZONE = ZoneInfo(TIMEZONE)


@pytest.mark.parametrize(
    ("windows", "crons"),
    [
        ([], ()),
        ([(date(2026, 5, 1), date(2026, 5, 31))], ("35 7 * 5 1-6",)),
        ([(date(2026, 6, 22), date(2026, 6, 29))], ("35 7 22-29 6 1-6",)),
        ([(date(2026, 6, 15), date(2026, 6, 30))], ("35 7 15-31 6 1-6",)),
        (
            [(date(2026, 4, 20), date(2026, 6, 29))],
            ("35 7 20-31 4 1-6", "35 7 * 5 1-6", "35 7 1-29 6 1-6"),
        ),
        ([(date(2026, 12, 1), date(2027, 1, 31))], ("35 7 * 1,12 1-6",)),
        (
            [(date(2026, 6, 1), date(2026, 6, 5)), (date(2026, 6, 9), date(2026, 6, 9))],
            ("35 7 1-5,9 6 1-6",),
        ),
        ([(date(2020, 1, 1), date(2026, 12, 31))], ("35 7 * * 1-6",)),
    ],
)
def test_crons_name_the_days_and_months_of_the_windows(
    windows: list[tuple[date, date]], crons: tuple[str, ...]
) -> None:
    assert schedules_for(windows) == crons


def test_february_is_whole_in_a_leap_year_too() -> None:
    assert schedules_for([(date(2027, 2, 1), date(2027, 2, 28))]) == ("35 7 * 2 1-6",)


@given(first=st.dates(date(2026, 1, 1), date(2027, 12, 31)), days=st.integers(0, 100))
def test_every_day_of_the_window_but_sundays_is_named(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    wanted = [d for n in range(days + 1) if (d := first + timedelta(days=n)).isoweekday() < 7]
    assert fired_on(schedules_for([(first, last)]), first, last) == wanted


def test_prefect_fires_on_the_days_that_the_cron_names() -> None:
    cron = schedules_for([(date(2026, 6, 22), date(2026, 6, 29))])[0]
    schedule = CronSchedule(cron=cron, timezone=TIMEZONE, day_or=False)
    start = datetime(2026, 6, 1, tzinfo=ZONE)
    instants = anyio.run(schedule.get_dates, 100, start, start + timedelta(days=90))
    local = [i.astimezone(ZONE) for i in instants]
    assert [i.day for i in local] == [22, 23, 24, 25, 26, 27, 29]
    assert {(i.hour, i.minute) for i in local} == {(7, 35)}


def fired_on(crons: tuple[str, ...], first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if any(names(cron, day) for cron in crons)]


def names(cron: str, day: date) -> bool:
    _, _, days, months, weekdays = cron.split()
    pairs = ((days, day.day), (months, day.month), (weekdays, day.isoweekday()))
    return all(field == "*" or number in numbers(field) for field, number in pairs)


def numbers(field: str) -> set[int]:
    spans = [part.split("-") for part in field.split(",")]
    return {n for span in spans for n in range(int(span[0]), int(span[-1]) + 1)}
