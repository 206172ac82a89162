"""What a version of an answer changed, field by field and word by word."""

from collections.abc import Iterator, Mapping

from models.answer_forms import DOCUMENT_FIELD, FILES_FIELD
from models.submissions import Answer
from models.validation import NIL_FIELD
from models.values import Value
from models.vietnamese import format_day
from models.word_differences import Stretch, word_difference
from models.written_values import written_value

NOT_GIVEN = ""


class FieldChange(Value):
    """One field of two versions; ``before`` or ``after`` is empty where it was not given."""

    field: str
    name: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether the versions differ there."""
        return self.before != self.after

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Words kept, removed and added, in reading order."""
        return word_difference(self.before, self.after)


def answer_changes(
    before: Answer | None, after: Answer, *, names: Mapping[str, str]
) -> tuple[FieldChange, ...]:
    """Return every field that either version gives: named fields in their order, then the others.

    Without an earlier version nothing counts as changed.
    """
    then, now = written_fields(before or after), written_fields(after)
    known = [*names, *(f for f in (*now, *then) if f not in names)]
    return tuple(
        FieldChange(
            field=field, name=names.get(field, field), before=then.get(field, NOT_GIVEN),
            after=now.get(field, NOT_GIVEN),
        )
        for field in dict.fromkeys(known)
        if field in then or field in now
    )  # fmt: skip


def written_fields(answer: Answer) -> dict[str, str]:
    """Return what an answer says, by field, as people read it."""
    return dict(_fields(answer))


def _fields(answer: Answer) -> Iterator[tuple[str, str]]:
    if answer.nil_reason is not None:
        yield NIL_FIELD, answer.nil_reason
    if answer.document_number or answer.document_date:
        day = f" ngày {format_day(answer.document_date)}" if answer.document_date else ""
        yield DOCUMENT_FIELD, f"{answer.document_number or ''}{day}".strip()
    for field, value in answer.values.items():
        note = answer.notes.get(field)
        yield field, written_value(value) + (f"\n({note})" if note else "")
    yield from answer.narrative.items()
    if answer.attachments:
        yield FILES_FIELD, "\n".join(file.name for file in answer.attachments)
