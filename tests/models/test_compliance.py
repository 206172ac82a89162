"""The twelve points: what rules suggest, and which results follow from the marks."""

from datetime import date

import pytest

from adapters.calendars import read_calendar
from models.compliance import (
    POINTS,
    ComplianceRow,
    Mark,
    Result,
    Suggestion,
    completion_text,
    correction_text,
    refuse_unfounded,
    suggest_contact,
    suggest_days,
    suggest_form,
)
from models.errors import RefusedError
from models.units import UnitKind

FIRST, LAST = date(2026, 5, 8), date(2026, 6, 29)
PASS, FAIL, SKIP = Mark.PASS, Mark.FAIL, Mark.NOT_APPLICABLE


def rows(**changed: tuple[Mark, str]) -> list[ComplianceRow]:
    found = {f"p{number}": (PASS, "") for number in POINTS} | changed
    return [
        ComplianceRow(number=number, mark=found[f"p{number}"][0], remark=found[f"p{number}"][1])
        for number in POINTS
    ]


@pytest.mark.parametrize(
    ("text", "mark", "words"),
    [
        ("ngày 22/6/2026 và 23.06.2026", PASS, "2 ngày"),
        ("ngày 30/6/2026", FAIL, "30/6/2026"),
        ("ngày 07/5/2026", FAIL, "07/5/2026"),
        ("trong tháng 6", FAIL, "Không tìm thấy"),
        ("ngày 31/6/2026", FAIL, "Không tìm thấy"),  # no such day
        ("ngày 21/6/2026", FAIL, "ngày nghỉ: 21/6/2026"),  # a Sunday
    ],
)
def test_days_are_judged_by_the_plan_s_span_and_the_calendar(
    text: str, mark: Mark, words: str
) -> None:
    found = suggest_days(text, first=FIRST, last=LAST, calendar=read_calendar())
    assert found.mark is mark
    assert words in found.reason


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Báo cáo trước 22/6. Người phụ trách: bà Hoa, 0912 345 678.", ""),
        ("Chế độ BÁO CÁO; đầu mối: ông A, 0237.3 555 123", ""),
        ("Người phụ trách: bà Hoa, 0912345678", "chế độ báo cáo"),
        ("Báo cáo; liên hệ bà Hoa", "số điện thoại"),
        ("Báo cáo, 0912345678", "người phụ trách"),
    ],
)
def test_reporting_and_contact_are_looked_for(text: str, missing: str) -> None:
    found = suggest_contact(text)
    assert (found.mark is PASS) == (not missing)
    assert missing in found.reason


def test_form_is_not_judged_for_mass_organisations_nor_without_a_file() -> None:
    assert suggest_form(UnitKind.SCHOOL, None) is None
    for breaches in (None, ("x",)):
        mass = suggest_form(UnitKind.MASS_ORGANISATION, breaches)
        assert mass is not None
        assert mass.mark is SKIP
    clean = suggest_form(UnitKind.SCHOOL, ())
    assert clean is not None
    assert clean.mark is PASS
    faulty = suggest_form(UnitKind.SCHOOL, ("a", "b", "c", "d", "e"))
    assert faulty is not None
    assert "a; b; c và 2 lỗi khác" in faulty.reason


def test_marks_that_found_their_result_pass() -> None:
    refuse_unfounded(rows(), Result.PASS)
    refuse_unfounded(rows(p5=(SKIP, ""), p9=(PASS, "Bổ sung dự toán")), Result.PASS_WITH_REMARKS)
    refuse_unfounded(rows(p5=(FAIL, "Ghi vị trí")), Result.PASS_WITH_REMARKS)
    refuse_unfounded(rows(p5=(FAIL, "Ghi vị trí")), Result.RETURN)


@pytest.mark.parametrize(
    ("given", "result", "words"),
    [
        (rows()[1:], Result.PASS, "đủ 12"),
        ([*rows()[:11], rows()[0]], Result.PASS, "đủ 12"),
        (rows(p5=(FAIL, "")), Result.RETURN, "Tiêu chí 5"),
        (rows(), Result.RETURN, "ít nhất một"),
        (rows(p5=(FAIL, "x")), Result.PASS, "Tiêu chí 5 chưa đạt"),
        (rows(), Result.PASS_WITH_REMARKS, "phải ghi rõ"),
    ],
)
def test_a_result_without_its_grounds_is_refused(
    given: list[ComplianceRow], result: Result, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        refuse_unfounded(given, result)


def test_marking_otherwise_than_suggested_needs_a_reason() -> None:
    hint = Suggestion(mark=FAIL, reason="x")
    row = ComplianceRow(number=2, mark=PASS, suggestion=hint)
    given = rows()
    for remark, refused in (("", True), ("Đã hỏi đơn vị", False)):
        given[1] = row.model_copy(update={"remark": remark})
        if refused:
            with pytest.raises(RefusedError, match="Tiêu chí 2: hãy ghi lý do"):
                refuse_unfounded(given, Result.PASS)
        else:
            refuse_unfounded(given, Result.PASS)


def test_the_unit_is_told_numbers_and_corrections() -> None:
    given = rows(p5=(FAIL, "Ghi vị trí"), p9=(FAIL, "Ghi nguồn"), p11=(PASS, "Sửa số luật"))
    assert correction_text(given) == "Tiêu chí 5: Ghi vị trí; Tiêu chí 9: Ghi nguồn"
    assert completion_text(given).endswith(
        "Tiêu chí 5: Ghi vị trí; Tiêu chí 9: Ghi nguồn; Tiêu chí 11: Sửa số luật"
    )
    assert given[4].title.startswith("Băng rôn")
