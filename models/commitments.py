"""Commitments: until which day a unit may promise a product without being reminded."""

from datetime import date

from models.calendars import WorkingCalendar

# Default of the engine: a promise may not silence the ladder for ever.
LONGEST_WORKING_DAYS = 5


def last_commitment_day(*, today: date, due_day: date, calendar: WorkingCalendar) -> date:
    """Return the last day a unit may promise: the due day, or five working days from today."""
    return max(due_day, calendar.add_working_days(today, LONGEST_WORKING_DAYS))
