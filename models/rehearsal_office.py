"""The office hours of a rehearsal: when people act, and how long something has lain on a desk."""

import random
from datetime import date, datetime, time, timedelta

from models.calendars import WorkingCalendar

MORNING = (time(7, 30), time(11, 30))
AFTERNOON = (time(13, 30), time(17, 0))
HOUR = timedelta(hours=1)

FIRST_ROUND = time(7, 30)
SECOND_ROUND = time(14, 0)
REVIEWS_AT = time(15, 30)
LAST_ROUND = time(16, 20)  # letters leave until 16:30 (domain.md 4.1 rule 9)
SIGN_OFF_HOURS = (time(8, 10), time(14, 10))  # after the rounds that assemble
DESK_HOURS = (time(8, 40), time(9, 40), time(10, 40), time(14, 20), time(15, 20))


def office_hour(choice: random.Random) -> time:
    """Choose a minute at which somebody in an office sends something."""
    minutes = choice.choice((range(8 * 60, 11 * 60), range(13 * 60 + 50, 15 * 60 + 20)))
    chosen = choice.choice(minutes)
    return time(chosen // 60, chosen % 60)


def office_hours_between(start: datetime, end: datetime, calendar: WorkingCalendar) -> float:
    """Return how many office hours lie between two instants; 0 when they are in the wrong order."""
    first, last = calendar.day_of(start), calendar.day_of(end)
    days = calendar.working_days_in(first, last)
    spans = (
        _overlap(day, hours, (start, end), calendar)
        for day in days
        for hours in (MORNING, AFTERNOON)
    )
    return sum(spans, timedelta(0)) / HOUR


def _overlap(
    day: date, hours: tuple[time, time], span: tuple[datetime, datetime], calendar: WorkingCalendar
) -> timedelta:
    opens, closes = (calendar.at(day, hour) for hour in hours)
    return max(timedelta(0), min(closes, span[1]) - max(opens, span[0]))
