"""The rungs of a ladder laid on the calendar: which day and instant each falls on."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from models.calendars import WorkingCalendar
from models.obligations import Obligation, ObligationState
from models.reminder_policy import ReminderPolicy, RungSpec

DAY = timedelta(days=1)


class Rung(NamedTuple):
    """One rung on its day, before the prefix of a return or an extension."""

    id: str
    spec: RungSpec
    day: date
    at: datetime
    number: int


class Timetable:
    """Dates ladders for one round; due days repeat, so each pair of ladder and day is laid once."""

    def __init__(self, policy: ReminderPolicy, calendar: WorkingCalendar) -> None:
        """Keep the policy and the calendar of this round."""
        self.policy = policy
        self.calendar = calendar
        self._fixed: dict[tuple[str, date], tuple[Rung, ...]] = {}
        self._repeated: dict[tuple[str, date], dict[int, Rung]] = {}

    def fixed(self, ladder: str, due_day: date) -> tuple[Rung, ...]:
        """The rungs that come once, in order of their instants."""
        laid = self._fixed.get((ladder, due_day))
        if laid is None:
            specs = self.policy.ladder(ladder).rungs
            rungs = (self._lay(s, due_day, s.days) for s in specs if not s.repeats)
            laid = self._fixed[ladder, due_day] = tuple(sorted(rungs, key=lambda r: r.at))
        return laid

    def repeated(self, ladder: str, due_day: date, *, until: date) -> Iterator[Rung]:
        """Every turn of the repeating rung up to a day inclusive, the latest first."""
        spec = self._repeating(ladder)
        if spec is None:
            return
        laid = self._repeated.setdefault((ladder, due_day), {})
        last = self.calendar.working_days_between(self.calendar.roll_back(due_day), until)
        for days in range(last, spec.days - 1, -1):
            if days not in laid:
                laid[days] = self._lay(spec, due_day, days)
            yield laid[days]

    def _repeating(self, ladder: str) -> RungSpec | None:
        return next((s for s in self.policy.ladder(ladder).rungs if s.repeats), None)

    def _lay(self, spec: RungSpec, due_day: date, days: int) -> Rung:
        day = self._day(spec, due_day, days)
        return Rung(
            id=f"T{days:+d}" if spec.repeats else spec.id,
            spec=spec,
            day=day,
            at=self.calendar.at(day, self.policy.slots[spec.slot]),
            number=spec.number + days - spec.days,
        )

    def _day(self, spec: RungSpec, due_day: date, days: int) -> date:
        if spec.calendar_days:
            return self.calendar.roll_back(due_day + days * DAY)
        # A return or an extension may fall due on a day off; people work until the day before.
        return self.calendar.add_working_days(self.calendar.roll_back(due_day), days)


def rung_prefix(obligation: Obligation, calendar: WorkingCalendar) -> str:
    """Name the ladder an obligation climbs now: the first, an extension's or a return's own.

    The prefix is stable: it depends on the stored deadline and the count of returns only.
    """
    if obligation.state is ObligationState.RETURNED:
        due_day = calendar.day_of(obligation.effective_due_at)
        return f"r{obligation.returns}:x{due_day.isoformat()}:"
    if obligation.extended_to is not None:
        return f"x{calendar.day_of(obligation.extended_to).isoformat()}:"
    return ""
