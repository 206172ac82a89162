"""Forms of answers: what a return opens, and what it carries over."""

from datetime import date

from models.answer_forms import carry_over, is_sent_by_form, narrative_titles, open_fields
from models.plans import RequirementKind
from models.submissions import Answer, Attachment

FILE = Attachment(sha256="a", name="a.pdf", size=1)


def test_nothing_remarked_on_opens_every_field() -> None:
    assert open_fields(["A", "B"], {}) == {"A", "B"}


def test_a_remark_opens_its_own_field_only() -> None:
    assert open_fields(["A", "B"], {"A": "x", "attachments": "y"}) == {"A"}


def test_a_remark_on_something_else_opens_every_field() -> None:
    assert open_fields(["A", "B"], {"A": "x", "answer": "y"}) == {"A", "B"}


def test_closed_fields_keep_their_answer_and_open_ones_may_be_cleared() -> None:
    previous = Answer(
        values={"A": 1, "B": 2}, notes={"A": "cũ"}, narrative={"t": "cũ"},
        attachments=(FILE,), document_number="1", document_date=date(2026, 6, 1),
    )  # fmt: skip
    given = Answer(values={"A": 9}, notes={"B": "mới"}, narrative={"t": "mới"})
    kept = carry_over(given, previous, opened=frozenset({"B"}))
    assert kept == Answer(
        values={"A": 1}, notes={"A": "cũ", "B": "mới"}, narrative={"t": "cũ"},
        document_number="1", document_date=date(2026, 6, 1),
    )  # fmt: skip
    opened = carry_over(given, previous, opened=frozenset({"document_number", "t"}))
    assert opened.document_number is None
    assert opened.narrative == {"t": "mới"}


def test_only_products_of_units_have_a_form() -> None:
    assert is_sent_by_form(RequirementKind.VILLAGE_SHEET)
    assert not is_sent_by_form(RequirementKind.ACKNOWLEDGEMENT)
    assert narrative_titles(RequirementKind.FINAL_REPORT) == {}
