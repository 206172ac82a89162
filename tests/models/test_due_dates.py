"""Due dates: what a deadline means on the calendar (domain.md 5.5)."""

from datetime import date, time

import pytest

from adapters.calendars import read_calendar
from models.deadline_wording import parse_deadline
from models.deadlines import Anchor, Deadline, DeadlineKind
from models.due_dates import due_at
from models.errors import RefusedError, UsageError

CALENDAR = read_calendar()
ANCHORS = {
    Anchor.ISSUED: date(2026, 5, 18),  # a Monday
    Anchor.OPENED: date(2026, 4, 24),  # the Friday before Giỗ Tổ
    Anchor.RECEIVED: date(2026, 6, 26),  # a Friday
}


@pytest.mark.parametrize(
    ("wording", "day", "hour"),
    [
        ("trước ngày 30/6/2026", date(2026, 6, 29), time(17)),
        ("trước ngày 29/6/2026", date(2026, 6, 26), time(17)),
        ("trước ngày 03/9/2026", date(2026, 8, 28), time(17)),
        ("trước ngày 24/8/2026", date(2026, 8, 22), time(17)),  # the swapped Saturday
        ("trước 17 giờ 00 ngày 22/6/2026", date(2026, 6, 22), time(17)),
        ("chậm nhất ngày 22/6/2026", date(2026, 6, 22), time(17)),
        ("chậm nhất 11 giờ 30 ngày 25/6/2026", date(2026, 6, 25), time(11, 30)),
        ("chậm nhất 08 giờ 00 ngày 27/6/2026", date(2026, 6, 26), time(17)),
        ("đến hết ngày 01/5/2026", date(2026, 4, 29), time(17)),
        ("trong tháng 6/2026", date(2026, 6, 30), time(17)),
        ("trong tháng 5/2026", date(2026, 5, 29), time(17)),
        ("trong thời hạn 5 ngày làm việc kể từ ngày ban hành", date(2026, 5, 25), time(17)),
        ("trong thời hạn 5 ngày kể từ ngày ban hành", date(2026, 5, 25), time(17)),
        ("trong thời hạn 6 ngày kể từ ngày giao", date(2026, 5, 4), time(17)),
        ("trong thời hạn 3 ngày", date(2026, 4, 28), time(17)),
        ("trong thời hạn 2 ngày làm việc kể từ ngày nhận được", date(2026, 6, 30), time(17)),
    ],
)
def test_a_deadline_ends_at_its_last_valid_instant(wording: str, day: date, hour: time) -> None:
    due = due_at(parse_deadline(wording), calendar=CALENDAR, anchors=ANCHORS)
    assert due == CALENDAR.at(day, hour)
    assert due.tzinfo is not None


def test_an_hour_of_a_before_deadline_belongs_to_the_last_valid_day() -> None:
    deadline = parse_deadline("trước ngày 29/6/2026").model_copy(update={"at": time(11, 30)})
    due = due_at(deadline, calendar=CALENDAR, anchors={})
    assert due == CALENDAR.at(date(2026, 6, 26), time(11, 30))


def test_a_period_may_end_at_an_hour() -> None:
    deadline = Deadline(wording="2 ngày", kind=DeadlineKind.WITHIN, days=2, at=time(9))
    due = due_at(deadline, calendar=CALENDAR, anchors={Anchor.OPENED: date(2026, 6, 22)})
    assert due == CALENDAR.at(date(2026, 6, 24), time(9))


def test_a_period_waits_for_the_day_it_counts_from() -> None:
    deadline = parse_deadline("trong thời hạn 5 ngày làm việc kể từ ngày ban hành")
    with pytest.raises(RefusedError, match="chưa có ngày ban hành kế hoạch"):
        due_at(deadline, calendar=CALENDAR, anchors={})


@pytest.mark.parametrize(
    ("kind", "said"), [(DeadlineKind.BEFORE, "thiếu ngày"), (DeadlineKind.WITHIN, "thiếu số ngày")]
)
def test_a_deadline_without_its_day_is_refused(kind: DeadlineKind, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        due_at(Deadline(wording="?", kind=kind), calendar=CALENDAR, anchors=ANCHORS)
