"""The parts of an official document: opening, body, recipients and signature, annexes."""

import re
from collections.abc import Sequence

from models.document_rules import RuleSet
from models.nd30_document import ReadDocument, TextLine
from models.nd30_opening import Opening, find_opening
from models.nd30_signing import Signing, find_signing
from models.values import Value

CORRESPONDENCE, ATTACHMENT = "CV", "PL"
_ANNEX_LABEL = re.compile(r"^phụ lục( [IVXLC]+| \d+)?[.:]?$", re.IGNORECASE)
_REFERENCE = re.compile(r"^\((kèm theo|ban hành kèm|tài liệu)", re.IGNORECASE)
_MOST_TITLE_LINES = 6


class AnnexPart(Value):
    """One annex: its label, title, reference and everything after."""

    label: TextLine
    title: tuple[TextLine, ...] = ()
    reference: TextLine | None = None
    lines: tuple[TextLine, ...] = ()


class Anatomy(Value):
    """Where each part of a document stands; None and empty for what was not found."""

    kind: str
    opening: Opening
    signing: Signing
    body: tuple[TextLine, ...] = ()
    annexes: tuple[AnnexPart, ...] = ()
    text: tuple[TextLine, ...] = ()  # every line with words, in reading order

    @property
    def is_attachment(self) -> bool:
        """Whether the file is an annex of a document in another file."""
        return self.kind == ATTACHMENT


def find_anatomy(read: ReadDocument, rules: RuleSet, *, kind: str | None = None) -> Anatomy:
    """Name the parts of a document; ``kind`` overrides what its type name tells."""
    main, rest = _split_annexes(read.lines)
    opening, used = find_opening(main, rules)
    signing, end = find_signing(main, rules, after=used)
    body = tuple(line for line in main[used:end] if line.text and line.cell is None)
    annexes = tuple(_annex(part) for part in rest)
    return Anatomy(
        kind=kind or _kind(opening, annexes, rules),
        opening=opening,
        signing=signing,
        body=body,
        annexes=annexes,
        text=tuple(line for line in read.lines if line.text),
    )


def _kind(opening: Opening, annexes: Sequence[AnnexPart], rules: RuleSet) -> str:
    if opening.about:
        return CORRESPONDENCE
    if opening.type_name is not None:
        return rules.kinds[opening.type_key]
    if opening.country is None and opening.number is None and annexes:
        return ATTACHMENT
    return CORRESPONDENCE


def _split_annexes(
    lines: Sequence[TextLine],
) -> tuple[Sequence[TextLine], tuple[Sequence[TextLine], ...]]:
    starts = [
        index
        for index, line in enumerate(lines)
        if line.cell is None and _ANNEX_LABEL.fullmatch(line.text)
    ]
    ends = [*starts[1:], len(lines)] if starts else []
    parts = tuple(lines[start:end] for start, end in zip(starts, ends, strict=True))
    return (lines[: starts[0]] if starts else lines), parts


def _annex(part: Sequence[TextLine]) -> AnnexPart:
    label, *rest = part
    spoken = [line for line in rest if line.text]
    reference = next((x for x in spoken[:_MOST_TITLE_LINES] if _REFERENCE.match(x.text)), None)
    before = spoken.index(reference) if reference is not None else _title_length(spoken)
    title = tuple(spoken[:before])
    return AnnexPart(label=label, title=title, reference=reference, lines=tuple(spoken[before:]))


def _title_length(lines: Sequence[TextLine]) -> int:
    count = 0
    for line in lines[:_MOST_TITLE_LINES]:
        if line.cell is not None or not (line.align == "center" or line.text.isupper()):
            break
        count += 1
    return count
