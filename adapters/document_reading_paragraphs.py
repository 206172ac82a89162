"""One DOCX paragraph as lines: its words, their faces, and the rules drawn in it."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from adapters.document_reading_package import W, attributes
from adapters.document_reading_styles import Facts, StyleBook
from adapters.times_widths import text_width
from models.nd30_document import CellPlace, Face, Piece, TextLine

_WRAPPERS = frozenset(
    f"{W}{tag}" for tag in ("hyperlink", "ins", "smartTag", "sdt", "sdtContent", "fldSimple")
)
_LETTERS = {"tab": " ", "noBreakHyphen": "-", "cr": "\n"}
_ALIGNS = {"start": "left", "end": "right", "distribute": "both"}
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_VML_LINE = "{urn:schemas-microsoft-com:vml}line"
_TWIPS_PER_PT = 20
_EMU_PER_PT = 12_700
_THIN_PT = 6.0
_SINGLE = 240
_SINGLE_OF_SIZE = 1.15  # the single line of Times New Roman, in its size
_DEFAULT_PT = 14.0


class Columns(NamedTuple):
    """Where a paragraph stands, and the width it has in twips."""

    number: int
    section: int = 0
    cell: CellPlace | None = None
    room: float = 0.0


def read_paragraph(paragraph: ET.Element, styles: StyleBook, place: Columns) -> list[TextLine]:
    """Return the lines of a paragraph between its line breaks; an empty one is one empty line."""
    facts, start = styles.paragraph(paragraph)
    lines: list[list[Piece]] = [[]]
    for run in _runs(paragraph):
        face, run_facts = styles.face(run, start)
        if run_facts.get("hidden") == "1":
            continue
        for index, text in enumerate(_text(run).split("\n")):
            if index:
                lines.append([])
            if text:
                fonts = styles.fonts(text, run_facts)
                lines[-1].append(Piece(text=text, face=face.model_copy(update={"fonts": fonts})))
    rule = _rule(paragraph, facts, place.room, has_text=any(lines))
    return [
        _line(pieces, facts, place, rule=rule if index == len(lines) - 1 else None, first=not index)
        for index, pieces in enumerate(lines)
    ]


def _line(
    pieces: list[Piece], facts: Facts, place: Columns, *, rule: float | None, first: bool
) -> TextLine:
    align = facts.get("align", "left")
    hanging = float(facts.get("hanging", 0))
    indent = float(facts.get("first", 0)) - hanging
    return TextLine(
        number=place.number,
        section=place.section,
        cell=place.cell,
        pieces=tuple(pieces),
        align=_ALIGNS.get(align, align),
        first_pt=indent / _TWIPS_PER_PT if first else None,
        left_pt=float(facts.get("left", 0)) / _TWIPS_PER_PT,
        before_pt=float(facts.get("before", 0)) / _TWIPS_PER_PT,
        after_pt=float(facts.get("after", 0)) / _TWIPS_PER_PT,
        lines_high=_lines_high(facts, pieces),
        width_pt=_printed_width(pieces, facts, place.room),
        rule_pt=rule,
    )


def _printed_width(pieces: list[Piece], facts: Facts, room: float) -> float:
    """Return the width of the words; what wraps is as wide as the paragraph."""
    width = sum(measured_width(piece.text, piece.face) for piece in pieces)
    indents = float(facts.get("left", 0)) + float(facts.get("right", 0))
    return min(width, (room - indents) / _TWIPS_PER_PT) if room else width


def measured_width(text: str, face: Face) -> float:
    """Return the width of unwrapped text in points."""
    at_a_hundred = text_width(text, size_pt=100, bold=face.bold) / _TWIPS_PER_PT
    return at_a_hundred * (face.size_pt or _DEFAULT_PT) / 100


def _lines_high(facts: Facts, pieces: list[Piece]) -> float:
    line = float(facts.get("line", _SINGLE))
    if facts.get("rule", "auto") == "auto":
        return line / _SINGLE
    size = max((piece.face.size_pt or 0 for piece in pieces), default=0) or _DEFAULT_PT
    high = line / _TWIPS_PER_PT / (size * _SINGLE_OF_SIZE)
    return max(1.0, high) if facts["rule"] == "atLeast" else high


def _runs(parent: ET.Element) -> Iterator[ET.Element]:
    for child in parent:
        if child.tag == f"{W}r":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _runs(child)


def _text(run: ET.Element) -> str:
    return "".join(_letters(child) for child in run)


def _letters(child: ET.Element) -> str:
    tag = child.tag.removeprefix(W)
    if tag == "t":
        return child.text or ""
    if tag == "br":
        return "" if attributes(child).get("type") in {"page", "column"} else "\n"
    return _LETTERS.get(tag, "")


def _rule(paragraph: ET.Element, facts: Facts, room: float, *, has_text: bool) -> float | None:
    """Return the length of the line that the paragraph draws: a border, a shape or VML."""
    drawn = _drawn(paragraph)
    if drawn is not None:
        return drawn
    borders = paragraph.find(f"{W}pPr/{W}pBdr")
    sides = () if borders is None else tuple(side.tag.removeprefix(W) for side in borders)
    wanted = {"bottom"} if has_text else {"top", "bottom"}
    if not wanted.intersection(sides) or "left" in sides:
        return None
    indents = float(facts.get("left", 0)) + float(facts.get("right", 0))
    return (room - indents) / _TWIPS_PER_PT


def _drawn(paragraph: ET.Element) -> float | None:
    for extent in paragraph.iter(_DRAWING):
        width, height = (float(extent.get(side, 0)) / _EMU_PER_PT for side in ("cx", "cy"))
        if height <= _THIN_PT and paragraph.find(f".//{_PICTURE}") is None:
            return width
    for line in paragraph.iter(_VML_LINE):
        points = re.findall(r"-?\d+(?:\.\d+)?", f"{line.get('from', '')},{line.get('to', '')}")
        if len(points) == 4:  # noqa: PLR2004 - x and y of both ends
            return abs(float(points[2]) - float(points[0]))
    return None
