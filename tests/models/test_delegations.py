"""A substitute decides only in the forms that Điều 13 knows, and signs in that form."""

from datetime import date

import pytest

from models.delegations import Delegation, SigningForm, authority_lines, flaw_of

OWN = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def given(form: SigningForm = SigningForm.KT, **changes: object) -> Delegation:
    known = Delegation(
        delegator="ubnd.head", delegate="ubnd.deputy", form=form, from_on=date(2026, 6, 22),
        until_on=date(2026, 6, 30), basis="Thông báo số 9/TB-UBND",
    )  # fmt: skip
    return known.model_copy(update=changes)


@pytest.mark.parametrize(("day", "holds"), [(21, False), (22, True), (30, True)])
def test_it_holds_on_its_days_both_included(day: int, *, holds: bool) -> None:
    assert given().is_in_force(date(2026, 6, day)) is holds


@pytest.mark.parametrize(
    ("delegation", "title", "flaw"),
    [
        (given(), "Phó Chủ tịch", None),
        (given(basis=""), "Phó Chủ tịch", None),
        (given(), "Chánh Văn phòng", "chỉ cấp phó"),
        (given(SigningForm.TL), "Chánh Văn phòng", None),
        (given(SigningForm.TUQ, basis=" "), "Chánh Văn phòng", "phải có văn bản"),
        (given(SigningForm.TL, basis=""), "Chánh Văn phòng", "phải có văn bản"),
        (given(until_on=date(2026, 6, 1)), "Phó Chủ tịch", "trước ngày bắt đầu"),
        (given(delegate="ubnd.head"), "Phó Chủ tịch", "là một"),
    ],
)
def test_a_delegation_against_the_decree_gives_no_power(
    delegation: Delegation, title: str, flaw: str | None
) -> None:
    found = flaw_of(delegation, delegate_title=title)
    assert found is None if flaw is None else flaw in str(found)


@pytest.mark.parametrize(
    ("delegation", "title", "lines"),
    [
        (None, "Chủ tịch", ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (given(), "Phó Chủ tịch", OWN),
        (given(SigningForm.TUQ), "Chánh Văn phòng", ("TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")),
        (given(SigningForm.TL), "Chánh Văn phòng", ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")),
    ],
)
def test_the_signature_says_in_what_form(
    delegation: Delegation | None, title: str, lines: tuple[str, ...]
) -> None:
    assert authority_lines(delegation, own=OWN, head_title="Chủ tịch", title=title) == lines
