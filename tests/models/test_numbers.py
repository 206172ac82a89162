import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import AmbiguousNumberError
from models.numbers import parse_number
from models.vietnamese import format_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("02", 2),
        ("1.500", 1500),
        ("1.500.000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("1\u00a0500", 1500),
        ("1.500,00", 1500),
        ("３", 3),
        ("１.５００", 1500),
        ("\ufeff12\u200b", 12),
        ("không", 0),
        (unicodedata.normalize("NFD", "Không có"), 0),
        ("02 buổi", 2),
        ("35 lượt người", 35),
        ("500.000đ", 500_000),
        ("1.500 đồng", 1500),
        ("1,5 triệu", 1_500_000),
        ("5tr", 5_000_000),
        ("500k", 500_000),
        ("2,5 tỷ đồng", 2_500_000_000),
        ("1.500 triệu", 1_500_000_000),
        ("2 triệu 500 nghìn đồng", 2_500_000),
    ],
)
def test_a_clear_number_is_read(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "1,500",
            "1,500,000",
            "50-60",
            "-1",
            "+5",
            "12 buổi (3 thôn)",
            "1e309",
            "NaN",
            "inf",
        ),
        *(
            "3,5",
            "0.500",
            "1.50",
            "1.5",
            "1,500 triệu",
            "1 triệu 5",
            "1 triệu 2 triệu",
            "1,2345 triệu triệu",
        ),
        *(
            "12 chục",
            "khoảng 50",
            ">50",
            "~50",
            "5²",
            "½",
            "٣",
            "mười hai",
            "chưa có",
            "9" * 19,
            "9" * 70,
        ),
        *("triệu", "đồng", "1.50 triệu", "0,0000005 triệu", "1..500", "5/6", "12.,", "1.500.00"),
    ],
)
def test_a_doubtful_number_is_asked_about(text: str) -> None:
    with pytest.raises(AmbiguousNumberError, match="đề nghị ghi lại") as caught:
        parse_number(text)
    assert caught.value.text in text


@given(st.integers(min_value=0, max_value=10**15))
def test_what_we_write_we_read_back(number: int) -> None:
    assert parse_number(format_number(number)) == number
    assert parse_number(str(number)) == number


@given(st.text(max_size=80))
def test_any_text_is_a_natural_number_or_a_question(text: str) -> None:
    with suppress(AmbiguousNumberError):
        assert parse_number(text) >= 0
