"""The form of an answer: the texts it asks for, and what a return leaves open."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from models.indicators import Indicator, RuleKind
from models.plans import RequirementKind
from models.submissions import Answer

V = TypeVar("V")

DOCUMENT_FIELD = "document_number"
FILES_FIELD = "attachments"

# Kinds that units send by a form; the others end by an act of the engine or of a reviewer.
NARRATIVES: dict[RequirementKind, dict[str, str]] = {
    RequirementKind.DETAILED_PLAN: {
        "noi_dung": "Nội dung kế hoạch: hoạt động, thời gian, địa điểm, người phụ trách",
    },
    RequirementKind.PERIODIC_REPORT: {
        "thuyet_minh": "Tình hình triển khai, khó khăn, nội dung xin ý kiến",
    },
    RequirementKind.UNIT_REPORT: {"thuyet_minh": "Thuyết minh thêm về kết quả thực hiện"},
    RequirementKind.VILLAGE_SHEET: {"thuyet_minh": "Thuyết minh thêm về kết quả của thôn"},
}
# A thôn is no agency: its sheet has no number of its own (domain.md 3.2).
NUMBERED = frozenset(
    {
        RequirementKind.DETAILED_PLAN,
        RequirementKind.PERIODIC_REPORT,
        RequirementKind.UNIT_REPORT,
    }
)


def is_sent_by_form(kind: RequirementKind) -> bool:
    """Whether a unit fills in a form for products of that kind."""
    return kind in NARRATIVES


def narrative_titles(kind: RequirementKind) -> dict[str, str]:
    """Return the texts the form asks for: key to title, in order; empty without a form."""
    return NARRATIVES.get(kind, {})


def form_fields(kind: RequirementKind, asked: Iterable[Indicator]) -> frozenset[str]:
    """Return the fields of the form: indicators, texts, the document's number where asked for."""
    numbered = (DOCUMENT_FIELD,) if kind in NUMBERED else ()
    return frozenset([*(one.id for one in asked), *narrative_titles(kind), *numbered])


def row_fields(indicator: Indicator) -> tuple[str, ...]:
    """Return the columns of a list: its key, then what its rules ask of a row."""
    asked = [f for r in indicator.rules if r.kind is RuleKind.ROW_FIELDS for f in r.fields]
    return tuple(dict.fromkeys([*indicator.key, *asked]))


def wants_note(indicator: Indicator) -> bool:
    """Whether the indicator asks for a description beside its number."""
    return any(rule.kind is RuleKind.DESCRIBE_IF_POSITIVE for rule in indicator.rules)


def open_fields(fields: Iterable[str], remarks: Mapping[str, str]) -> frozenset[str]:
    """Return the fields that may be written: those remarked on, or all.

    All are open when nothing is remarked on, or when a remark names no field of the form.
    """
    known = frozenset(fields)
    remarked = frozenset(remarks)
    if not remarked or not remarked <= known | {FILES_FIELD}:
        return known
    return remarked & known


def carry_over(given: Answer, previous: Answer, *, opened: frozenset[str]) -> Answer:
    """Return the previous answer with the opened fields, and the files, as given now."""
    numbered = given if DOCUMENT_FIELD in opened else previous
    return Answer(
        values=_merged(given.values, previous.values, opened),
        notes=_merged(given.notes, previous.notes, opened),
        narrative=_merged(given.narrative, previous.narrative, opened),
        attachments=given.attachments,
        document_number=numbered.document_number,
        document_date=numbered.document_date,
        nil_reason=given.nil_reason,
    )


def only_opened(answer: Answer, *, opened: frozenset[str]) -> Answer:
    """Return the part of an answer that a form with those fields can say."""
    return carry_over(answer, Answer(), opened=opened)


def _merged(given: dict[str, V], previous: dict[str, V], opened: frozenset[str]) -> dict[str, V]:
    kept = {key: one for key, one in previous.items() if key not in opened}
    return kept | {key: one for key, one in given.items() if key in opened}
