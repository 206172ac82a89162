"""Cron schedules of a phase: its days in the commune's time zone, and no others."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from models.plans import Plan
from models.values import Value

TIMEZONE = "Asia/Ho_Chi_Minh"
LAST_DAY, LAST_MONTH = 31, 12
DAYS_IN_CYCLE = 366


class PhaseWindow(Value):
    """The days on which one plan's phase is worked on, both inclusive."""

    plan: str
    flow: str  # preparation | activities | reporting
    starts_on: date
    ends_on: date

    @property
    def days(self) -> tuple[date, date]:
        """First and last day."""
        return self.starts_on, self.ends_on


def phase_windows(plans: Iterable[Plan]) -> tuple[PhaseWindow, ...]:
    """Tell when each phase of the plans runs; a phase that starts on issue starts on that day."""
    return tuple(
        PhaseWindow(
            plan=plan.id,
            flow=phase.flow,
            starts_on=phase.starts_on or _issued_on(plan) or phase.ends_on.replace(day=1),
            ends_on=phase.ends_on,
        )
        for plan in plans
        for phase in plan.phases
    )


def schedules_for(
    windows: Sequence[tuple[date, date]], *, clock: str = "35 7", weekdays: str = "1-6"
) -> tuple[str, ...]:
    """Write the crons that fire at ``clock`` on the weekdays of the windows, by first month.

    Day of month AND day of week must match (``day_or=False``). Cron knows no year, so the flow
    still checks its phase. Saturdays are in, because the State swaps working days; the flow asks
    the calendar.
    """
    months_of: dict[str, list[int]] = {}
    for month, days in sorted(_days_by_month(windows).items()):
        months_of.setdefault(_field(days, LAST_DAY), []).append(month)
    return tuple(
        f"{clock} {days} {_field(set(months), LAST_MONTH)} {weekdays}"
        for days, months in months_of.items()
    )


def _issued_on(plan: Plan) -> date | None:
    return plan.issued_on or (plan.issue_window[0] if plan.issue_window else None)


def _days_by_month(windows: Sequence[tuple[date, date]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for day in {day for first, last in windows for day in _days(first, last)}:
        days = found.setdefault(day.month, set())
        days.add(day.day)
        if (day + timedelta(days=1)).month != day.month:
            # To the end of the month, however long the month is in another year.
            days.update(range(day.day, LAST_DAY + 1))
    return found


def _days(first: date, last: date) -> Iterable[date]:
    count = min((last - first).days + 1, DAYS_IN_CYCLE)
    return (first + timedelta(days=n) for n in range(count))


def _field(numbers: set[int], last: int) -> str:
    if len(numbers) == last:
        return "*"
    starts = sorted(n for n in numbers if n - 1 not in numbers)
    ends = sorted(n for n in numbers if n + 1 not in numbers)
    spans = zip(starts, ends, strict=True)
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
