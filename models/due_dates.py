"""Due dates: the last valid instant of a deadline (domain.md 5.5)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from models.calendars import WorkingCalendar
from models.deadlines import Anchor, Deadline, DeadlineKind
from models.errors import RefusedError, UsageError

DAY = timedelta(days=1)
ANCHOR_NAMES = {
    Anchor.ISSUED: "ngày ban hành kế hoạch",
    Anchor.OPENED: "ngày giao",
    Anchor.RECEIVED: "ngày nhận được",
}


def due_at(
    deadline: Deadline, *, calendar: WorkingCalendar, anchors: Mapping[Anchor, date]
) -> datetime:
    """The last instant at which the product is still on time, always on a working day.

    A fixed day that is off moves earlier, for a superior's date must not be stretched; only a
    period of days runs on to the next working day (BLDS 2015, Điều 147, 148.5). A period
    without an anchor counts from the day it was given (``OPENED``).

    Raises:
        RefusedError: the day the period counts from is not known yet.
        UsageError: the deadline lacks the day or the number of days its kind needs.
    """
    if deadline.kind is DeadlineKind.WITHIN:
        last = _period_end(deadline, calendar, anchors)
        return calendar.at(last, deadline.at) if deadline.at else calendar.close_of(last)
    named = _last_named_day(deadline)
    last = calendar.roll_back(named)
    moved = deadline.kind is DeadlineKind.BY_END_OF and last != named
    if deadline.at is None or moved:
        # The hour belongs to the day named; the earlier day is valid to its close.
        return calendar.close_of(last)
    return calendar.at(last, deadline.at)


def _last_named_day(deadline: Deadline) -> date:
    if deadline.day is None:
        raise UsageError(f"Thời hạn “{deadline.wording}” thiếu ngày; hãy bổ sung trong kế hoạch.")
    if deadline.kind is DeadlineKind.BEFORE:
        return deadline.day - DAY
    if deadline.kind is DeadlineKind.IN_MONTH:
        return (deadline.day.replace(day=1) + 31 * DAY).replace(day=1) - DAY
    return deadline.day


def _period_end(
    deadline: Deadline, calendar: WorkingCalendar, anchors: Mapping[Anchor, date]
) -> date:
    if deadline.days is None:
        raise UsageError(
            f"Thời hạn “{deadline.wording}” thiếu số ngày; hãy bổ sung trong kế hoạch."
        )
    anchor = deadline.anchor or Anchor.OPENED
    start = anchors.get(anchor)
    if start is None:
        raise RefusedError(
            f"Chưa tính được thời hạn “{deadline.wording}” vì chưa có {ANCHOR_NAMES[anchor]}; "
            "hãy bổ sung rồi tính lại."
        )
    if deadline.working_days:
        return calendar.add_working_days(start, deadline.days)
    return calendar.roll_forward(start + deadline.days * DAY)
