"""The working calendar: its arithmetic."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendars import OfficeSeason, WorkingCalendar
from models.errors import UsageError

CALENDAR = WorkingCalendar(
    off_days={
        date(2026, 4, 27): "nghỉ bù Giỗ Tổ",
        date(2026, 4, 30): "Ngày Chiến thắng",
        date(2026, 5, 1): "Ngày Quốc tế Lao động",
        date(2026, 8, 31): "nghỉ hoán đổi",
    },
    work_days={date(2026, 8, 22): "làm bù"},
    verified_years={2026: "9441/TB-BNV"},
    seasons=(
        OfficeSeason(
            name="mùa hè",
            first=(4, 16),
            last=(10, 15),
            morning=(time(7), time(11, 30)),
            afternoon=(time(13, 30), time(17)),
        ),
        OfficeSeason(
            name="mùa đông",
            first=(10, 16),
            last=(4, 15),
            morning=(time(7, 30), time(11, 30)),
            afternoon=(time(13, 30), time(17, 30)),
        ),
    ),
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_a_swapped_saturday_is_worked_and_its_monday_is_not() -> None:
    assert CALENDAR.is_working_day(date(2026, 8, 22))
    assert not CALENDAR.is_working_day(date(2026, 8, 31))
    assert CALENDAR.add_working_days(date(2026, 8, 21), 1) == date(2026, 8, 22)


def test_days_off_are_stepped_over() -> None:
    before, after = date(2026, 4, 29), date(2026, 5, 4)
    assert CALENDAR.next_working_day(before) == after
    assert CALENDAR.previous_working_day(after) == before
    assert CALENDAR.roll_back(date(2026, 5, 3)) == before
    assert CALENDAR.roll_forward(date(2026, 4, 30)) == after
    assert CALENDAR.working_days_between(before, after) == 1
    assert CALENDAR.working_days_between(after, before) == -1
    assert CALENDAR.working_days_in(before, after) == (before, after)


def test_a_day_off_has_a_name() -> None:
    assert CALENDAR.name_day_off(date(2026, 4, 30)) == "Ngày Chiến thắng"
    assert CALENDAR.name_day_off(date(2026, 6, 28)) == "Chủ nhật, ngày nghỉ hằng tuần"
    assert CALENDAR.name_day_off(date(2026, 6, 29)) is None


def test_counting_from_a_day_off_counts_whole_working_days() -> None:
    saturday = date(2026, 6, 27)
    assert CALENDAR.add_working_days(saturday, 1) == date(2026, 6, 29)
    assert CALENDAR.add_working_days(saturday, -1) == date(2026, 6, 26)
    assert CALENDAR.add_working_days(saturday, 0) == saturday


@given(day=DAYS, count=st.integers(1, 60))
def test_adding_days_and_counting_them_agree(day: date, count: int) -> None:
    later, earlier = CALENDAR.add_working_days(day, count), CALENDAR.add_working_days(day, -count)
    assert CALENDAR.is_working_day(later)
    assert CALENDAR.is_working_day(earlier)
    assert CALENDAR.working_days_between(day, later) == count
    assert len(CALENDAR.working_days_in(earlier, day - timedelta(days=1))) == count
    assert CALENDAR.add_working_days(later, -count) == CALENDAR.roll_back(day)


def test_days_and_instants_are_told_in_the_zone() -> None:
    assert CALENDAR.day_of(datetime(2026, 6, 28, 17, 30, tzinfo=UTC)) == date(2026, 6, 29)
    assert CALENDAR.close_of(date(2026, 6, 29)) == datetime(2026, 6, 29, 10, tzinfo=UTC)
    assert CALENDAR.at(date(2026, 6, 29), time(7, 30)).utcoffset() == timedelta(hours=7)


def test_office_hours_follow_the_season() -> None:
    names = [
        (season.name if (season := CALENDAR.season_on(day)) else None)
        for day in (date(2026, 4, 15), date(2026, 4, 16), date(2026, 10, 15), date(2026, 12, 31))
    ]
    assert names == ["mùa đông", "mùa hè", "mùa hè", "mùa đông"]
    assert WorkingCalendar().season_on(date(2026, 6, 1)) is None


def test_only_a_checked_year_is_verified() -> None:
    assert CALENDAR.is_verified(2026)
    assert not CALENDAR.is_verified(2028)


def test_a_day_outside_the_table_is_refused() -> None:
    with pytest.raises(UsageError, match="kiểm tra lại ngày"):
        CALENDAR.next_working_day(date(2100, 1, 1))
