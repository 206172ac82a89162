"""The last day a deadline leaves, where its wording alone tells it."""

import calendar
from datetime import date, timedelta

from models.deadlines import Deadline, DeadlineKind


def last_fixed_day(deadline: Deadline) -> date | None:
    """The last valid calendar day; None for a period that waits for its anchor.

    Days off are not looked at: "trước ngày D" gives D-1 even where that is a Sunday.
    """
    if deadline.day is None or deadline.kind is DeadlineKind.WITHIN:
        return None
    if deadline.kind is DeadlineKind.BEFORE:
        return deadline.day - timedelta(days=1)
    if deadline.kind is DeadlineKind.IN_MONTH:
        length = calendar.monthrange(deadline.day.year, deadline.day.month)[1]
        return deadline.day.replace(day=length)
    return deadline.day
