"""Commitments: a unit may promise until the due day, or a working week ahead."""

from datetime import date

from models.calendars import WorkingCalendar
from models.commitments import last_commitment_day

THURSDAY = date(2026, 6, 18)


def test_before_the_deadline_a_unit_may_promise_until_the_due_day() -> None:
    due = date(2026, 7, 30)
    assert last_commitment_day(today=THURSDAY, due_day=due, calendar=WorkingCalendar()) == due


def test_after_the_deadline_a_unit_may_promise_five_working_days_ahead() -> None:
    due = date(2026, 6, 10)
    found = last_commitment_day(today=THURSDAY, due_day=due, calendar=WorkingCalendar())
    assert found == date(2026, 6, 25)
