"""The calendar as read: the official days of 2026 and 2027 (domain.md 5.2, 5.3)."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from adapters.calendars import read_calendar
from models.errors import UsageError

CALENDAR = read_calendar()
DAY = timedelta(days=1)


def days(first: date, count: int = 1) -> list[date]:
    return [first + n * DAY for n in range(count)]


OFFICIAL_WEEKDAYS_OFF = [
    *days(date(2026, 1, 1), 2),
    *days(date(2026, 2, 16), 5),
    date(2026, 4, 27),
    *days(date(2026, 4, 30), 2),
    *days(date(2026, 8, 31), 3),
    date(2026, 11, 24),
    date(2027, 1, 1),
    *days(date(2027, 2, 4), 2),
    *days(date(2027, 2, 8), 3),
    date(2027, 4, 16),
    date(2027, 4, 30),
    date(2027, 5, 3),
    *days(date(2027, 9, 2), 2),
    date(2027, 11, 24),
]
WORKED_SATURDAYS = [date(2026, 1, 10), date(2026, 8, 22)]


def test_the_official_days_off_and_no_others_are_off() -> None:
    weekdays = [d for d in days(date(2026, 1, 1), 730) if d.weekday() < 5]
    assert [d for d in weekdays if not CALENDAR.is_working_day(d)] == OFFICIAL_WEEKDAYS_OFF


def test_the_swapped_saturdays_and_no_others_are_worked() -> None:
    weekends = [d for d in days(date(2026, 1, 1), 730) if d.weekday() >= 5]
    assert [d for d in weekends if CALENDAR.is_working_day(d)] == WORKED_SATURDAYS


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 249),
        (date(2027, 1, 1), date(2027, 12, 31), 249),
        (date(2026, 6, 1), date(2026, 6, 30), 22),
        (date(2026, 6, 1), date(2026, 6, 29), 21),
        (date(2026, 5, 18), date(2026, 6, 29), 31),
    ],
)
def test_working_days_are_counted(first: date, last: date, count: int) -> None:
    assert len(CALENDAR.working_days_in(first, last)) == count


def test_years_without_a_notice_are_not_verified() -> None:
    assert [y for y in range(2025, 2031) if CALENDAR.is_verified(y)] == [2026, 2027]
    assert "12729/VPCP-KGVX" in CALENDAR.verified_years[2026]


def test_a_day_off_tells_its_legal_basis() -> None:
    assert "12729/VPCP-KGVX" in (CALENDAR.name_day_off(date(2026, 1, 2)) or "")
    assert "28/2026/QH16" in (CALENDAR.name_day_off(date(2026, 11, 24)) or "")


def test_office_hours_are_read() -> None:
    summer, winter = (CALENDAR.season_on(d) for d in (date(2026, 6, 29), date(2026, 12, 1)))
    assert summer is not None
    assert winter is not None
    assert (summer.morning[0], winter.afternoon[1]) == (time(7), time(17, 30))


def test_the_overlay_wins_over_the_package(tmp_path: Path) -> None:
    path = tmp_path / "vn.yaml"
    path.write_text(
        """
zone: Asia/Ho_Chi_Minh
closes_at: "17:00"
verified_years: {}
days:
  - {date: 2026-08-22, kind: "off", name: "bỏ hoán đổi", basis: "1/TB"}
  - {date: 2026-08-31, kind: "work", name: "bỏ hoán đổi", basis: "1/TB"}
office_hours: []
""",
        encoding="utf-8",
    )
    changed = read_calendar(path, years=range(2026, 2027))
    assert not changed.is_working_day(date(2026, 8, 22))
    assert changed.is_working_day(date(2026, 8, 31))


@pytest.mark.parametrize("text", ["days: [", "zone: Asia/Ho_Chi_Minh", "[]"])
def test_a_broken_overlay_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vn.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="sai cấu trúc"):
        read_calendar(path)


def test_a_missing_overlay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Không đọc được lịch"):
        read_calendar(tmp_path / "none.yaml")
