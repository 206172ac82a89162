"""The page of a form: its fields, what was typed in them, and what is wrong beside each."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from models.answer_forms import (
    DOCUMENT_FIELD,
    FILES_FIELD,
    form_fields,
    narrative_titles,
    open_fields,
    row_fields,
)
from models.drafts import Draft
from models.indicators import Indicator, RuleKind
from models.obligations import ObligationState
from models.submissions import Attachment, Finding
from models.validation import ANSWER_FIELD, NIL_FIELD
from models.validation_shapes import label_of
from models.values import Value
from models.vietnamese import format_number, sentence_case
from portal.answers import MAX_ROWS, value_name, write_form
from portal.conflicts import Difference
from portal.posted import FormInput
from services.portal_views import Task

MORE_ROWS = 3
DRAFT_OLDER = (
    "Sau khi lưu bản nháp này, đơn vị đã có bản gửi lần {version}; khi bấm Gửi, hệ thống sẽ nêu "
    "các mục khác nhau để đối chiếu."
)


class FormState(Value):
    """What stands in a form: typed texts, files, the version it started from, its remarks."""

    given: FormInput
    nonce: str
    started_from: int
    attachments: tuple[Attachment, ...] = ()
    faults: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    notice: str = ""
    differences: tuple[Difference, ...] = ()
    saved_at: datetime | None = None  # of the draft that is shown

    def faults_of(self, field: str) -> tuple[str, ...]:
        """The remarks on one field."""
        return self.faults.get(field, ())


class FormSection(Value):
    """The indicators of one section that may be written."""

    title: str
    indicators: tuple[Indicator, ...]


class FormShape(Value):
    """What a form asks: indicators by section, texts, and what is kept as it was."""

    sections: tuple[FormSection, ...]
    narratives: dict[str, str]
    asks_document: bool
    may_be_nil: bool
    is_return: bool
    opened: frozenset[str]


def fresh_state(task: Task) -> FormState:
    """Return the form as it opens: the latest version's answer, or blank."""
    previous = task.previous
    return FormState(
        given=write_form(previous.answer) if previous else FormInput(),
        nonce=secrets.token_urlsafe(16),
        started_from=task.obligation.version,
        attachments=previous.answer.attachments if previous else (),
    )


def drafted_state(task: Task, draft: Draft) -> FormState:
    """Return the form as the draft left it, with a word when the unit has sent something since."""
    state = FormState(
        given=FormInput(fields=draft.fields), nonce=draft.nonce, started_from=draft.started_from,
        attachments=draft.attachments, saved_at=draft.saved_at,
    )  # fmt: skip
    version = task.obligation.version
    if task.previous is None or draft.started_from >= version:
        return state
    return state.model_copy(update={"notice": DRAFT_OLDER.format(version=version)})


def shape_of(task: Task) -> FormShape:
    """Return what the form of a task asks; a returned one only what was remarked on."""
    kind = task.requirement.kind
    narratives = narrative_titles(kind)
    known = form_fields(kind, task.asked)
    is_return = task.obligation.state is ObligationState.RETURNED
    opened = open_fields(known, task.remarks if is_return else {})
    asked = [one for one in task.asked if one.id in opened]
    letters = dict.fromkeys(one.section for one in asked)
    return FormShape(
        sections=tuple(
            FormSection(
                title=task.catalogue.sections.get(letter, letter),
                indicators=tuple(one for one in asked if one.section == letter),
            )
            for letter in letters
        ),
        narratives={key: title for key, title in narratives.items() if key in opened},
        asks_document=DOCUMENT_FIELD in opened,
        may_be_nil=opened == known and bool(task.asked),
        is_return=is_return,
        opened=opened,
    )


def rows_shown(indicator: Indicator, given: FormInput) -> int:
    """Return how many rows of a list the form shows: the filled ones, one more, those asked for."""
    filled = [
        number
        for number in range(MAX_ROWS)
        if any(given.one(value_name(indicator.id, number, f)) for f in row_fields(indicator))
    ]
    shown = given.one(f"so_dong.{indicator.id}")
    asked = int(shown) if shown.isdecimal() and len(shown) <= 2 else 0  # noqa: PLR2004 - at most 30
    more = MORE_ROWS if given.one("them") == indicator.id else 0
    return min(MAX_ROWS, max(asked, len(filled) + 1) + more)


def faults_by_field(
    findings: Sequence[Finding], asked: Sequence[Indicator]
) -> dict[str, tuple[str, ...]]:
    """Return the remarks by the field they stand beside, without the field's own name."""
    prefixes = {one.id: f"{one.id} - {one.name}: " for one in asked}
    found: dict[str, tuple[str, ...]] = {}
    for finding in findings:
        message = sentence_case(finding.message.removeprefix(prefixes.get(finding.field, "")))
        found[finding.field] = (*found.get(finding.field, ()), message)
    return found


def field_titles(shape: FormShape) -> dict[str, str]:
    """Return what the fields of a form are called in the list of what is wrong."""
    names = {one.id: one.name for section in shape.sections for one in section.indicators}
    return names | shape.narratives | {
        NIL_FIELD: "Không phát sinh",
        ANSWER_FIELD: "Nội dung gửi",
        DOCUMENT_FIELD: "Số, ngày văn bản",
        FILES_FIELD: "Tệp kèm theo",
    }  # fmt: skip


def row_label(field: str) -> str:
    """Return the name of a column of a list."""
    return sentence_case(label_of(field))


def hint_of(indicator: Indicator) -> str:
    """Return what may be written in the field: a range, a length; empty when anything may."""
    words = []
    for rule in indicator.rules:
        if rule.kind is RuleKind.RANGE and rule.high is not None:
            words.append(f"Từ {format_number(rule.low or 0)} đến {format_number(rule.high)}.")
        if rule.kind is RuleKind.MAX_LENGTH and rule.high is not None:
            words.append(f"Tối đa {format_number(rule.high)} ký tự.")
    return " ".join(words)
