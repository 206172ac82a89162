import re
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.errors import AmbiguousNumberError
from models.indicators import IndicatorType
from models.numbers import parse_number
from models.vietnamese import format_number

CLEAR = {
    "0": 0, "00": 0, "02": 2, "007": 7, "12": 12, "999": 999, "1500": 1500, "15000": 15_000,
    "1.500": 1500, "12.500": 12_500, "125.000": 125_000, "1.500.000": 1_500_000,
    "1.234.567.890": 1_234_567_890, "999.999.999.999.999": 999_999_999_999_999,
    "1 500": 1500, "12 500 000": 12_500_000, "1\u00a0500": 1500, "1\u202f500": 1500,
    "1.500,00": 1500, "1.500,0": 1500, "15.000.000,00": 15_000_000, "1,0": 1, "1,00": 1,
    " 12 ": 12, "\t12\n": 12, "\ufeff12\u200b": 12, "1\u200d2": 12,
    "３": 3, "１２": 12, "１.５００": 1500, "１．５００": 1500, "３，０": 3,
    "không": 0, "Không": 0, "KHÔNG": 0, "không có": 0, unicodedata.normalize("NFD", "Không có"): 0,
    "02 buổi": 2, "2buổi": 2, "12  buổi": 12, "0 cuộc": 0, "35 lượt người": 35, "1.200 người": 1200,
    "3 văn bản": 3, "45 phút": 45, "7 tin, bài": 7, "7 tin bài": 7, "1 video": 1, "20 băng rôn": 20,
    "300 tờ rơi": 300, "15 học sinh": 15, "4 HTX": 4, "120 hộ": 120, "2 lớp": 2, "9 sản phẩm": 9,
    unicodedata.normalize("NFD", "02 buổi"): 2,
    "0 đồng": 0, "500.000đ": 500_000, "1.500 đồng": 1500, "1.000.000 VNĐ": 1_000_000,
    "1.000.000 vnd": 1_000_000, "12 000đ": 12_000,
    "5 nghìn": 5000, "3 ngàn": 3000, "500k": 500_000, "5tr": 5_000_000, "0,5 triệu": 500_000,
    "1,5 triệu": 1_500_000, "1,25 triệu": 1_250_000, "1,5 triệu đồng": 1_500_000,
    "2 triệu 500 nghìn đồng": 2_500_000, "1.500 triệu": 1_500_000_000, "1 tỷ": 10**9,
    "1,2 tỷ": 1_200_000_000, "2,5 tỷ đồng": 2_500_000_000, "1 tỷ 200 triệu": 1_200_000_000,
    "1 tỉ 200 triệu 500 nghìn": 1_200_500_000, "1.500 k": 1_500_000,
}  # fmt: skip
SEVERAL, SIGN, SPLIT, ODD, WORD, NONE = (
    "nhiều hơn một số", "dấu phía trước", "hiểu nhiều cách", "số lẻ", "không rõ nghĩa",
    "không đọc được",
)  # fmt: skip
DOUBTFUL = {
    "12 buổi (3 thôn)": SEVERAL, "50-60": SEVERAL, "50 - 60": SEVERAL, "50–60": SEVERAL,
    "1.500 – 2.000": SEVERAL, "từ 5 đến 7": SEVERAL, "12 và 3": SEVERAL, "2/3": SEVERAL,
    "5/6": SEVERAL, "1 50": SEVERAL, "12:30": SEVERAL, "1 tỷ 2": SEVERAL, "2 buổi 30 người": SEVERAL,
    "-1": SIGN, "+5": SIGN, "-1.500": SIGN, "−5": NONE,
    "1,500": SPLIT, "1,500,000": SPLIT, "1.5": SPLIT, "1.50": SPLIT, "0.500": SPLIT, "1.50.000": SPLIT,
    "1..500": SPLIT, "1.500.": SPLIT, "1500,": SPLIT, ",5": SPLIT, ".5": SPLIT, "1000.000": SPLIT,
    "12.5000": SPLIT, "1.500.00": SPLIT, "12.,": SPLIT, "1,2,3": SPLIT,
    "3,5": ODD, "1,50": ODD, "1.500,5": ODD, "0,5 buổi": ODD, "15.000.000,5": ODD,
    "12 chục": WORD, "2 trăm": WORD, "5 tá": WORD, "hai 5": NONE, "3 rưỡi": WORD, "5 m": WORD,
    "02 buổi.": WORD, "5 người/buổi": WORD, "12 x": WORD,
    "1.2 triệu": "hiểu được nhiều cách", "1.50 triệu": "hiểu được nhiều cách",
    "1,500 triệu": "hiểu được nhiều cách", "1,2345678 triệu": "hiểu được nhiều cách",
    "0,0000005 triệu": "hiểu được nhiều cách", "1 triệu 5": SEVERAL, "1 triệu 2 triệu": SEVERAL,
    "50%": "phần trăm", "12,5 %": "phần trăm",
    "": NONE, " ": NONE, "\u200b": NONE, "NaN": NONE, "inf": NONE, "mười hai": NONE, "chưa có": NONE,
    "khoảng 50": NONE, ">50": NONE, "~50": NONE, "5²": NONE, "½": NONE, "٣": NONE, "१२": NONE,
    "triệu": NONE, "đồng": NONE, "x": NONE, "ko": NONE, "02 (hai)": NONE, "?": NONE, "1e309": NONE,
    "1E5": NONE, "=1+1": NONE, "1_000": NONE, "0x10": NONE, "1'500": NONE, "1tr5": NONE, "2k5": NONE,
    "9" * 19: NONE, "9" * 70: NONE, "1.5e3": SPLIT,
}  # fmt: skip


@pytest.mark.parametrize(("text", "number"), CLEAR.items())
def test_a_clear_number_is_read(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(("text", "doubt"), DOUBTFUL.items())
def test_a_doubtful_number_is_asked_about_with_its_doubt(text: str, doubt: str) -> None:
    with pytest.raises(AmbiguousNumberError, match="đề nghị ghi lại") as caught:
        parse_number(text)
    assert caught.value.text in text
    assert doubt in str(caught.value)


def test_the_tables_of_cases_are_long_enough() -> None:
    assert len(CLEAR) + len(DOUBTFUL) >= 120


@pytest.mark.parametrize("plan", ["bat-mot-2026", "dong-hoa-2026"])
def test_a_number_may_carry_the_unit_its_indicator_is_measured_in(plan: str) -> None:
    catalogue = read_dossier(CONFIG_FOLDER / "plans" / f"{plan}.yaml").catalogue
    counted = {IndicatorType.INT, IndicatorType.MONEY, IndicatorType.MAP_INT, IndicatorType.LIST}
    units = {one.unit_of_measure for one in catalogue.indicators if one.type in counted}
    for unit in units:
        assert parse_number(f"1.500 {unit}") == 1500


@given(st.lists(st.sampled_from([*"0123456789０１．.,, -đ()/", "triệu", " buổi"]), max_size=12))
def test_no_digits_are_glued_over_what_stands_between_them(pieces: list[str]) -> None:
    text = "".join(pieces)
    with suppress(AmbiguousNumberError):
        number = parse_number(text)
        if "triệu" not in text:
            whole = unicodedata.normalize("NFKC", text).partition(",")[0]
            runs = re.findall(r"\d+", whole)
            assert number == int("".join(runs))
            # What is joined is one run, or groups of three after the first.
            assert len(runs) == 1 or all(len(run) == 3 for run in runs[1:])


@given(st.integers(min_value=0, max_value=10**15))
def test_what_we_write_we_read_back(number: int) -> None:
    assert parse_number(format_number(number)) == number
    assert parse_number(str(number)) == number


@given(st.text(max_size=80))
def test_any_text_is_a_natural_number_or_a_question(text: str) -> None:
    with suppress(AmbiguousNumberError):
        assert parse_number(text) >= 0
