"""What the register contradicts of a report: number, day, recipients, authority, metadata."""

from datetime import date

import pytest

from adapters.rule_sets import read_rule_set
from models.documents import OfficialDocument
from models.nd30_register import IssuedNumber, RegisterFacts, metadata_of, register_breaches
from tests.final_report_samples import built
from tests.report_samples import plan

RULES = read_rule_set()
ISSUED = date(2026, 6, 26)


def sound() -> OfficialDocument:
    return built(number=7).document.model_copy(
        update={"authority_lines": plan().signer.authority_lines}
    )


def facts(**changes: object) -> RegisterFacts:
    return RegisterFacts.model_validate({"numbered_on": ISSUED, "page_amount": 3} | changes)


def found(facts: RegisterFacts, **changes: object) -> list[str]:
    document = sound().model_copy(update=changes)
    lines = plan(
        signer=plan().signer.model_copy(update={"authority_lines": sound().authority_lines})
    )
    return [one.point for one in register_breaches(document, lines, facts, RULES)]


def test_what_the_register_agrees_with_has_only_the_title_to_settle() -> None:
    # The sample plan's authority ends in KT. CHỦ TỊCH, its signer is a Phó Chủ tịch.
    assert found(facts()) == ["F-61"]
    signed = ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    signer = plan().signer.model_copy(update={"authority_lines": signed})
    document = sound().model_copy(update={"authority_lines": signed})
    assert list(register_breaches(document, plan(signer=signer), facts(), RULES)) == []


@pytest.mark.parametrize(
    ("point", "known", "changes"),
    [
        ("F-22", facts(), {"parent_line": "UBND TỈNH MẪU"}),
        ("F-22", facts(), {"agency_lines": ("ỦY BAN NHÂN DÂN", "XÃ KHÁC")}),
        ("F-28", facts(others=(IssuedNumber(owner="khác", number=7, issued_on=ISSUED),)), {}),
        ("F-31", facts(others=(IssuedNumber(owner="khác", number=6, issued_on=date(2026, 6, 27)),)), {}),
        ("F-31", facts(others=(IssuedNumber(owner="khác", number=8, issued_on=date(2026, 6, 25)),)), {}),
        ("F-31", facts(numbered_on=date(2026, 6, 25)), {}),
        ("F-58", facts(), {"addressees": ("Ủy ban nhân dân tỉnh Khác",)}),
        ("F-58", facts(), {"recipients": ("Như trên", "Lưu: VT, VHXH")}),
        ("F-60", facts(), {"signer_name": "Nguyễn Văn B"}),
        ("F-60", facts(), {"authority_lines": ("CHỦ TỊCH",)}),
        ("F-79", facts(page_amount=None), {}),
        ("F-79", facts(), {"subject": "x" * 501}),
        ("F-83", facts(breaks=("Phụ lục I ghi 5, cơ sở dữ liệu có 6",)), {}),
        ("F-85", facts(altered=("báo cáo.pdf",)), {}),
    ],
)  # fmt: skip
def test_a_contradiction_is_told(
    point: str, known: RegisterFacts, changes: dict[str, object]
) -> None:
    assert [one for one in found(known, **changes) if one != "F-61"] == [point]


def test_numbers_in_order_are_no_breach() -> None:
    others = (
        IssuedNumber(owner="a", number=6, issued_on=date(2026, 6, 25)),
        IssuedNumber(owner="b", number=8, issued_on=date(2026, 6, 27)),
    )
    assert found(facts(others=others)) == ["F-61"]


def test_a_chairman_does_not_sign_for_himself() -> None:
    signer = plan().signer.model_copy(update={"title": "Chủ tịch"})
    told = register_breaches(sound(), plan(signer=signer), facts(), RULES)
    assert "F-60" in [one.point for one in told]


def test_a_draft_has_no_number_to_judge() -> None:
    known = facts(others=(IssuedNumber(owner="khác", number=7, issued_on=ISSUED),))
    assert "F-28" not in found(known, number=None, issued_on=None)


def test_metadata_tell_the_document_in_the_words_of_the_annex() -> None:
    told = metadata_of(sound(), plan(), facts())
    assert told["CodeNumber"] == "07"
    assert told["TypeName"] == "Báo cáo"
    assert told["IssuedDate"] == "2026-06-26"
    letter = sound().model_copy(update={"type_name": None, "number": None, "issued_on": None})
    drafted = metadata_of(letter, plan(), facts(page_amount=None))
    assert (drafted["TypeName"], drafted["CodeNumber"], drafted["IssuedDate"]) == (
        "Công văn",
        "",
        "",
    )
