"""Deadline phrases."""

import unicodedata
from datetime import date, time

import pytest

from models.deadline_wording import parse_deadline
from models.deadlines import Anchor, Deadline, DeadlineKind

D = date(2026, 6, 29)
FIVE = time(17)


@pytest.mark.parametrize(
    ("wording", "kind", "day", "at"),
    [
        ("trước ngày 30/6/2026", DeadlineKind.BEFORE, date(2026, 6, 30), None),
        ("Trước ngày 30/06/2026.", DeadlineKind.BEFORE, date(2026, 6, 30), None),
        ("trước thứ Ba, ngày 30/6/2026", DeadlineKind.BEFORE, date(2026, 6, 30), None),
        ("trước  ngày 30 tháng 6 năm 2026", DeadlineKind.BEFORE, date(2026, 6, 30), None),
        ("trước 17 giờ 00 ngày 29/6/2026", DeadlineKind.BY_END_OF, D, FIVE),
        ("trước 17h thứ Hai, ngày 29/6/2026", DeadlineKind.BY_END_OF, D, FIVE),
        ("chậm nhất ngày 29/6/2026", DeadlineKind.BY_END_OF, D, None),
        ("chậm nhất 29/6/2026", DeadlineKind.BY_END_OF, D, None),
        ("chậm nhất là 11 giờ 30 phút, ngày 29/6/2026", DeadlineKind.BY_END_OF, D, time(11, 30)),
        ("chậm nhất là ngày 29 tháng 6 năm 2026", DeadlineKind.BY_END_OF, D, None),
        ("chậm nhất 24 giờ 00 ngày 29/6/2026", DeadlineKind.BY_END_OF, D, time(23, 59, 59)),
        ("ĐẾN HẾT NGÀY 29/6/2026", DeadlineKind.BY_END_OF, D, None),
        ("trong ngày 29/6/2026", DeadlineKind.BY_END_OF, D, None),
        ("trong thứ Hai (29/6/2026)", DeadlineKind.BY_END_OF, D, None),
        ("trong tháng 6/2026", DeadlineKind.IN_MONTH, date(2026, 6, 1), None),
        ("trong tháng 02 năm 2027", DeadlineKind.IN_MONTH, date(2027, 2, 1), None),
    ],
)
def test_a_fixed_day_is_read(wording: str, kind: DeadlineKind, day: date, at: time | None) -> None:
    read = parse_deadline(wording)
    assert (read.kind, read.day, read.at) == (kind, day, at)
    assert read.wording == wording.strip()


@pytest.mark.parametrize(
    ("wording", "days", "working", "anchor"),
    [
        ("trong thời hạn 5 ngày làm việc kể từ ngày ban hành", 5, True, Anchor.ISSUED),
        ("trong thời hạn 05 (năm) ngày kể từ ngày ban hành kế hoạch", 5, False, Anchor.ISSUED),
        ("trong thời hạn 3 ngày kể từ ngày giao", 3, False, Anchor.OPENED),
        ("trong vòng 2 ngày làm việc kể từ ngày được giao", 2, True, Anchor.OPENED),
        ("Trong thời hạn 02 ngày làm việc kể từ ngày nhận được", 2, True, Anchor.RECEIVED),
        ("chậm nhất 2 ngày làm việc, kể từ ngày nhận kế hoạch", 2, True, Anchor.RECEIVED),
        ("trong thời hạn 10 ngày", 10, False, None),
    ],
)
def test_a_period_is_read(wording: str, days: int, working: bool, anchor: Anchor | None) -> None:  # noqa: FBT001 - a table column
    read = parse_deadline(wording)
    assert read.kind is DeadlineKind.WITHIN
    assert (read.days, read.working_days, read.anchor) == (days, working, anchor)


def test_decomposed_letters_are_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "chậm nhất ngày 29/6/2026")
    assert parse_deadline(decomposed) == Deadline(
        wording="chậm nhất ngày 29/6/2026", kind=DeadlineKind.BY_END_OF, day=D
    )


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("", "Không hiểu thời hạn"),
        ("sớm nhất có thể", "Không hiểu thời hạn"),
        ("trước ngày 15 hằng tháng", "Không hiểu thời hạn"),
        ("trước ngày 30/6/2026 hoặc 01/7/2026", "Không hiểu thời hạn"),
        ("trong tháng 6", "Không hiểu thời hạn"),
        ("trước ngày 30/2/2026", "không tồn tại"),
        ("trong tháng 13/2026", "không tồn tại"),
        ("chậm nhất 25 giờ 00 ngày 29/6/2026", "Giờ"),
        ("trước thứ Hai, ngày 30/6/2026", "là thứ ba"),
        ("trong thời hạn 0 ngày kể từ ngày giao", "ít nhất 01 ngày"),
        ("trong thời hạn 3 ngày kể từ ngày rằm", "Không hiểu mốc"),
    ],
)
def test_what_cannot_be_understood_is_refused(wording: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_deadline(wording)
