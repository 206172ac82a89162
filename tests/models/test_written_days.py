"""Days are read day before month, as people write them; nothing that is no day is read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.number_formats import format_of, is_ambiguous_day, shows_another_number, shows_day
from models.vietnamese import format_day, format_written_day
from models.written_days import read_day, written_day


@pytest.mark.parametrize(
    "text",
    [
        "5/6/2026", "05/06/2026", "5-6-2026", "05.6.2026", "5 / 6 / 2026", "ngày 5/6/2026",
        "ngày 05 tháng 6 năm 2026", "Ngày 5 tháng 6", "5/6", "2026-06-05", "2026-06-05 00:00:00",
    ],
)  # fmt: skip
def test_a_written_day_is_read_day_first(text: str) -> None:
    assert read_day(text, year=2026) == date(2026, 6, 5)


@pytest.mark.parametrize(
    "text",
    ["", "31/2/2026", "6/2026", "13/13/2026", "5/6/26", "hôm qua", "5/6/2026 - 7/6/2026", "0/0"],
)
def test_what_is_no_day_beyond_doubt_is_not_read(text: str) -> None:
    assert read_day(text, year=2026) is None


@given(st.dates(date(1900, 1, 1)))
def test_what_we_write_we_read_back(day: date) -> None:
    assert read_day(format_day(day), year=1) == day
    assert read_day(format_written_day(day), year=1) == day
    assert written_day(day.isoformat()) == format_day(day)


def test_a_text_that_is_no_day_stays_as_it_is() -> None:
    assert written_day("tuần sau") == "tuần sau"


@pytest.mark.parametrize(
    "code", ["dd/mm/yyyy", "mm-dd-yy", "h:mm", "[$-42A]dd mmmm yyyy;@", "d-mmm"]
)
def test_formats_of_days_are_known(code: str) -> None:
    assert shows_day(code)


@pytest.mark.parametrize("code", ["General", "0", "#,##0", "@", "0.00", '#,##0" đồng"', '"ngày" 0'])
def test_formats_of_plain_numbers_show_the_number(code: str) -> None:
    assert not shows_day(code)
    assert not shows_another_number(code)


@pytest.mark.parametrize(
    "code", ["0%", "0.00%", "0.000", "0.00E+00", "#,##0,", '0" triệu"', "# ?/?"]
)
def test_formats_that_show_another_number_are_known(code: str) -> None:
    assert shows_another_number(code)


def test_numbers_of_formats_mean_what_the_standard_says() -> None:
    assert format_of(164, {164: "0.0"}) == "0.0"
    assert shows_day(format_of(30, {}))
    assert format_of(163, {}) == "General"
    assert is_ambiguous_day(format_of(14, {}))
