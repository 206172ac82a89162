from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vietnamese import (
    VIETNAM,
    clean_text,
    fold_key,
    format_count,
    format_day,
    format_days,
    format_hour,
    format_instant,
    format_long_day,
    format_number,
    format_remaining,
    format_short_instant,
    format_written_day,
    join_words,
    local,
    local_day,
    mid_sentence,
    nfc,
    sentence_case,
    weekday_name,
)


@pytest.mark.parametrize(
    ("day", "short", "written"),
    [
        (date(2026, 6, 22), "22/6/2026", "ngày 22 tháng 6 năm 2026"),
        (date(2026, 6, 5), "05/6/2026", "ngày 05 tháng 6 năm 2026"),
        (date(2026, 1, 9), "09/01/2026", "ngày 09 tháng 01 năm 2026"),
        (date(2026, 2, 10), "10/02/2026", "ngày 10 tháng 02 năm 2026"),
        (date(2026, 3, 1), "01/3/2026", "ngày 01 tháng 3 năm 2026"),
        (date(2026, 12, 31), "31/12/2026", "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_under_10_and_months_1_and_2_are_padded(day: date, short: str, written: str) -> None:
    assert format_day(day) == short
    assert format_written_day(day) == written


def test_a_week_is_named_from_monday_to_sunday() -> None:
    names = [weekday_name(date(2026, 6, day)) for day in range(22, 29)]
    assert names == ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]


def test_an_instant_is_told_in_vietnam_whatever_its_zone() -> None:
    late_evening_utc = datetime(2026, 6, 21, 17, 30, tzinfo=UTC)
    assert format_instant(late_evening_utc) == "00 giờ 30 thứ Hai, ngày 22/6/2026"
    assert format_short_instant(late_evening_utc) == "00 giờ 30 ngày 22/6/2026"
    assert format_long_day(late_evening_utc) == "thứ Hai, ngày 22/6/2026"
    assert local_day(late_evening_utc) == date(2026, 6, 22)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="thiếu múi giờ"):
        local(datetime(2026, 6, 22, 17))  # noqa: DTZ001 - the point of the test


def test_hours_are_written_with_gio() -> None:
    assert format_hour(time(7, 30)) == "07 giờ 30"
    assert format_hour(datetime(2026, 6, 22, 17, tzinfo=VIETNAM)) == "17 giờ 00"


def test_days_are_listed_in_order_and_once() -> None:
    days = [date(2026, 6, 19), date(2026, 6, 15), date(2026, 6, 19), date(2026, 6, 17)]
    assert format_days(days) == "15/6/2026, 17/6/2026 và 19/6/2026"
    assert format_days([]) == ""
    assert join_words(["một"]) == "một"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1500, "1.500"),
        (-1234567, "-1.234.567"),
        (3.5, "3,5"),
        (Decimal("1234.50"), "1.234,5"),
        (Decimal("1E+3"), "1.000"),
        (10**20, "100.000.000.000.000.000.000"),
    ],
)
def test_numbers_have_dots_and_a_decimal_comma(number: float | Decimal, written: str) -> None:
    assert format_number(number) == written


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (3, "còn 03 ngày làm việc"),
        (12, "còn 12 ngày làm việc"),
        (0, "đến hạn hôm nay"),
        (-1, "quá hạn 01 ngày làm việc"),
    ],
)
def test_what_remains_is_said_in_working_days(days: int, words: str) -> None:
    assert format_remaining(days) == words


def test_counts_under_10_are_padded_but_not_zero() -> None:
    assert [format_count(n) for n in (0, 1, 9, 10, 1500)] == ["0", "01", "09", "10", "1.500"]


def test_only_the_first_letter_changes_case() -> None:
    assert sentence_case("đề nghị UBND") == "Đề nghị UBND"
    assert mid_sentence("Thôn Vịn") == "thôn Vịn"
    assert sentence_case("") == ""


def test_composed_and_decomposed_text_become_the_same() -> None:
    unikey = "bê\u0323nh"  # precomposed vowel, combining tone: neither NFC nor NFD
    assert nfc(unikey) == "bệnh"
    assert clean_text("U\u0309y ban") == "Ủy ban"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("Thôn Vịn\r\nBcc: x@y", "Thôn Vịn Bcc: x@y"),
        ("a\x00b\ufeffc\u200bd\u00ade", "abcde"),
        ("\u202eđảo\u202c chữ\u2066", "đảo chữ"),
        ("  nhiều\u00a0\u202f  khoảng \u2028trắng ", "nhiều khoảng trắng"),
        ("\ud800\uffff\ue000", ""),
        ("e\u200b\u0302", "ê"),
    ],
)
def test_unprintable_characters_leave_one_clean_line(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\n" not in once
    assert "\r" not in once


@pytest.mark.parametrize(
    "other",
    ["Văn hoá – Xã hội", "VĂN HÓA-XÃ HỘI", "van hoa xa hoi", "Va\u0306n ho\u0301a -  Xã\u00a0hội"],
)
def test_texts_that_officials_mean_the_same_have_one_key(other: str) -> None:
    assert fold_key(other) == fold_key("Văn hóa - Xã hội") == "van hoa xa hoi"


def test_look_alikes_of_d_fold_to_d() -> None:
    assert fold_key("Đục") == fold_key("Ðục") == fold_key("Ɖục") == fold_key("đục") == "duc"
