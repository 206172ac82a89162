"""The text detectors: what they find and what they leave alone."""

import re

import pytest

from adapters.rule_sets import read_rule_set
from models.document_rules import Medium
from models.nd30_anatomy import find_anatomy
from models.nd30_case import Case
from models.nd30_document import Face, Piece, ReadDocument, TextLine
from models.nd30_outline import roman_value
from models.nd30_words import CHECKS

RULES = read_rule_set()


def found(*texts: str) -> set[str]:
    lines = tuple(
        TextLine(number=n, pieces=(Piece(text=text, face=Face(size_pt=14)),))
        for n, text in enumerate(texts, start=1)
    )
    read = ReadDocument(medium=Medium.DOCX, sections=(), lines=lines)
    case = Case(read=read, anatomy=find_anatomy(read, RULES), rules=RULES)
    return {breach.point for check in CHECKS for breach in check(case)}


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "F-08"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "F-08"),
        ("Phòng Văn hóa huyện Thường Xuân", "F-71"),
        ("trình HĐND huyện xem xét", "F-71"),
        ("đề nghị Ủy Ban Nhân Dân xã", "F-72"),
        ("cán bộ Phòng văn hóa", "F-72"),
        ("đề nghị sở Khoa học và Công nghệ", "F-72"),
        ("vào thứ hai, ngày 22/6/2026", "F-72"),
        ("theo Điểm a khoản 2", "F-74"),
        ("quy định tại điều 5", "F-74"),
        ("thu 1,500,000 đồng", "F-80"),
        ("đạt 92.5%", "F-80"),
        ("tổng 500 VND", "F-80"),
        ("trước ngày 2026-06-29", "F-81"),
        ("trước ngày 30/04/2026", "F-81"),
        ("trước ngày 5/6/2026", "F-81"),
        ("trước ngày 05/2/2026", "F-81"),
        ("gồm {{ten}}", "F-82"),
        ("gồm …… đơn vị", "F-82"),
        ("gồm […] đơn vị", "F-82"),
        ("TODO bổ sung", "F-82"),
        ("gửi <tên đơn vị>", "F-82"),
    ],
)
def test_a_slip_is_found(text: str, point: str) -> None:
    assert found(text) == {point}


@pytest.mark.parametrize(
    "text",
    [
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Quý III, quỹ, thuế, khoa học, thuở, hoa, khoe",
        "Ủy ban nhân dân xã Bát Mọt; Phòng Văn hóa - Xã hội; Sở Khoa học và Công nghệ",
        "Tỉnh Thanh Hóa có 166 xã",
        "đạt 92,3%, gồm 86.450.000 đồng, 1.018 lượt, 8,5 ha",
        "ngày 29/6/2026, ngày 05/02/2026, ngày 30/4/2026, ngày 22/12/2026",
        "từ ngày 08/6 đến ngày 11/6/2026",
        "Mục 1.1 và 2.3 Phần I", "điểm a khoản 2 Điều 3",
        "Chủ tịch Ủy ban nhân dân xã", "Phó Chủ tịch Lê Văn Công",
        "Nghị quyết số 57-NQ/TW ngày 22 tháng 12 năm 2024 của Bộ Chính trị về đột phá",
        "đang tiếp tục… nội dung",
    ],
)  # fmt: skip
def test_sound_text_is_left_alone(text: str) -> None:
    assert found(text) == set()


def test_two_ways_of_placing_tones_are_told_once() -> None:
    assert found("hòa bình", "hoà bình") == {"F-75"}
    assert found("hoà bình", "uỷ ban, thuỷ lợi") == set()


def test_a_document_is_cited_in_full_the_first_time_only() -> None:
    assert found("theo Kế hoạch số 87/KH-UBND") == {"F-39"}
    full = "Kế hoạch số 87/KH-UBND ngày 11 tháng 5 năm 2026 của Ủy ban nhân dân xã về tổ chức"
    assert found("Kính gửi: Các thôn", f"{full}.", "Theo Kế hoạch số 87/KH-UBND./.") == set()


@pytest.mark.parametrize(
    ("numeral", "value"), [("I", 1), ("IV", 4), ("IX", 9), ("XIV", 14), ("XL", 40)]
)
def test_roman_numerals_have_their_values(numeral: str, value: int) -> None:
    assert roman_value(numeral) == value


def test_every_pattern_of_the_rule_set_compiles_and_every_point_has_its_words() -> None:
    for point in RULES.points:
        for pattern in point.texts.values():
            re.compile(pattern)
        assert point.title
        assert point.mend.endswith(".")
        assert point.clause
    assert RULES.effective_from.year == 2020
    with pytest.raises(KeyError):
        RULES.point("F-99")
