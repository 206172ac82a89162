"""Says in Vietnamese how a rung's day follows from the day due and the calendar."""

from datetime import date, timedelta

from models.calendars import WorkingCalendar
from models.reminder_rungs import Rung
from models.vietnamese import format_count, format_day, format_long_day

DAY = timedelta(days=1)


def rule_text(rung: Rung, due_day: date, calendar: WorkingCalendar) -> str:
    """Tell how the rung's day follows from the day due and the calendar, in Vietnamese."""
    days = calendar.working_days_between(calendar.roll_back(due_day), rung.day)
    due = f"hạn {format_long_day(due_day)}"
    falls = f"là {format_long_day(rung.day)}"
    if rung.spec.calendar_days:
        target = due_day + rung.spec.days * DAY
        moved = "" if target == rung.day else ", lùi về ngày làm việc trước đó"
        rule = f"{format_count(abs(rung.spec.days))} ngày (theo lịch) trước {due}{moved} {falls}"
    elif days == 0:
        rule = f"ngày đến hạn {falls}"
    else:
        side = "trước" if days < 0 else "sau"
        rule = f"{format_count(abs(days))} ngày làm việc {side} {due} {falls}"
    skipped = _holidays_between(calendar, *sorted((rung.day, due_day)))
    return rule + (f" (không tính {skipped})" if skipped else "")


def _holidays_between(calendar: WorkingCalendar, first: date, last: date) -> str:
    names = [
        f"{format_day(day)}: {calendar.off_days[day]}"
        for day in sorted(calendar.off_days)
        if first < day < last and not calendar.is_working_day(day)
    ]
    return "; ".join(names)
