"""How an obligation stands at an instant, and the words an officer reads (domain.md 7.2)."""

from datetime import datetime

from models.calendars import WorkingCalendar
from models.obligations import Obligation, ObligationState, Standing
from models.vietnamese import format_short_instant

SOON_WORKING_DAYS = 3


def standing(obligation: Obligation, *, calendar: WorkingCalendar, now: datetime) -> Standing:
    """How the obligation stands at that instant; a reviewer's delay never hurts the unit."""
    state = obligation.state
    if state is ObligationState.WAIVED:
        return Standing.WAIVED
    if state is ObligationState.ACCEPTED:
        return Standing.DONE_ON_TIME if obligation.is_on_time else Standing.DONE_LATE
    if not obligation.is_open:
        return Standing.WAITING_REVIEW
    if now > obligation.effective_due_at:
        return Standing.OVERDUE
    if state is ObligationState.RETURNED:
        return Standing.RETURNED
    is_soon = _days_left(obligation, calendar, now) <= SOON_WORKING_DAYS
    return Standing.DUE_SOON if is_soon else Standing.IN_TIME


def standing_text(obligation: Obligation, *, calendar: WorkingCalendar, now: datetime) -> str:
    """Say in Vietnamese how the obligation stands at that instant."""
    found = standing(obligation, calendar=calendar, now=now)
    if found is Standing.DONE_LATE:
        return _done_late_text(obligation, calendar)
    if found is Standing.WAITING_REVIEW:
        nil = obligation.state is ObligationState.NIL
        return "không phát sinh, chờ xác nhận" if nil else "chờ thẩm định"
    if found is Standing.RETURNED:
        return f"trả lại, hạn bổ sung {format_short_instant(obligation.effective_due_at)}"
    if found is Standing.OVERDUE:
        returned = obligation.state is ObligationState.RETURNED
        late = _late_text(-_days_left(obligation, calendar, now))
        return f"trả lại để bổ sung, {late}" if returned else late
    texts = {Standing.WAIVED: "được miễn", Standing.DONE_ON_TIME: "đúng hạn"}
    return texts.get(found) or _left_text(_days_left(obligation, calendar, now))


def working_days_left(due: datetime, *, calendar: WorkingCalendar, now: datetime) -> int:
    """Working days from today to the due day: 0 on that day, negative when it has passed."""
    return calendar.working_days_between(calendar.day_of(now), calendar.day_of(due))


def _days_left(obligation: Obligation, calendar: WorkingCalendar, now: datetime) -> int:
    return working_days_left(obligation.effective_due_at, calendar=calendar, now=now)


def _left_text(days: int) -> str:
    return f"còn {days} ngày làm việc" if days else "đến hạn hôm nay"


def _late_text(days: int) -> str:
    return f"quá hạn {days} ngày làm việc" if days else "quá hạn chưa đến 1 ngày làm việc"


def _done_late_text(obligation: Obligation, calendar: WorkingCalendar) -> str:
    if obligation.first_received_at is None:
        return "hoàn thành, chưa ghi nhận thời điểm gửi"
    due_day = calendar.day_of(obligation.judged_due_at)
    received_on = calendar.day_of(obligation.first_received_at)
    return f"hoàn thành {_late_text(calendar.working_days_between(due_day, received_on))}"
