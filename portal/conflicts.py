"""Two people of one unit: what the one who saves second sees of what the first sent."""

from collections.abc import Iterator, Mapping

from models.answer_forms import DOCUMENT_FIELD, FILES_FIELD
from models.submissions import Answer
from models.validation import NIL_FIELD
from models.values import Value
from models.vietnamese import format_day
from models.written_values import written_value

NOTHING = "chưa ghi"


class Difference(Value):
    """One field in which two answers differ, in words."""

    field: str
    mine: str
    theirs: str


def differences(mine: Answer, theirs: Answer) -> tuple[Difference, ...]:
    """Return the fields in which the answers differ, in the order of a form."""
    own, other = dict(_told(mine)), dict(_told(theirs))
    return tuple(
        Difference(field=field, mine=own.get(field, NOTHING), theirs=other.get(field, NOTHING))
        for field in dict.fromkeys([*own, *other])
        if own.get(field) != other.get(field)
    )


def _told(answer: Answer) -> Iterator[tuple[str, str]]:
    if answer.document_number or answer.document_date:
        day = f" ngày {format_day(answer.document_date)}" if answer.document_date else ""
        yield DOCUMENT_FIELD, f"{answer.document_number or ''}{day}"
    for id_, value in answer.values.items():
        yield id_, written_value(value) + _noted(answer.notes, id_)
    yield from answer.narrative.items()
    if answer.attachments:
        yield FILES_FIELD, "; ".join(file.name for file in answer.attachments)
    if answer.nil_reason is not None:
        yield NIL_FIELD, answer.nil_reason or "có"


def _noted(notes: Mapping[str, str], id_: str) -> str:
    return f" ({notes[id_]})" if id_ in notes else ""
