"""Chunks of text on a PDF page as lines, and lines as paragraphs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.document_reading_paragraphs import measured_width
from models.nd30_document import Face, Piece, TextLine

_BASELINE_PT = 2.0
_CENTRED_PT = 4.0
_INSET_PT = 12.0
_LEADING = 1.4  # the most between the lines of one paragraph, in sizes
_COLUMN_GAP = 1.0  # the least between columns, in sizes
_STRETCHED_GAP = 3.5  # a justified line may open its spaces this far
_WORD_GAP, _STRETCHED_WORD = 0.17, 2.0  # the least between words, in sizes
_EDGE_PT = 3.0
_FIRST_INDENTS_PT = (0.0, 28.35, 36.0)


class Chunk(NamedTuple):
    """A stretch of text where the page draws it; lengths in points from the lower left."""

    text: str
    x: float
    y: float
    font: str
    size_pt: float


def face_of(font: str, size_pt: float) -> Face:
    """Return the face that the name of an embedded font tells."""
    name = font.split("+", 1)[-1]
    family, _, style = name.replace(",", "-").partition("-")
    return Face(
        fonts=(family,),
        size_pt=round(size_pt, 2),
        bold="bold" in style.lower() or "black" in style.lower(),
        italic="italic" in style.lower() or "oblique" in style.lower(),
    )


def page_lines(chunks: Sequence[Chunk], *, page: int) -> list[TextLine]:
    """Return the lines of a page from top to bottom, columns of one height apart."""
    rows: list[list[Chunk]] = []
    for chunk in sorted(chunks, key=lambda one: (-one.y, one.x)):
        if rows and abs(rows[-1][0].y - chunk.y) <= _BASELINE_PT:
            rows[-1].append(chunk)
        else:
            rows.append([chunk])
    margin = min((chunk.x for chunk in chunks), default=0.0)
    return [
        _line(segment, page)
        for row in rows
        for segment in _segments(sorted(row, key=_left), margin)
    ]


def _left(chunk: Chunk) -> float:
    return chunk.x


def _is_running(row: Sequence[Chunk], margin: float) -> bool:
    """Tell whether a row is one line of a justified paragraph, its spaces stretched."""
    inset = row[0].x - margin
    starts = any(abs(inset - wanted) <= _EDGE_PT for wanted in _FIRST_INDENTS_PT)
    return starts and len({chunk.size_pt for chunk in row}) == 1 and not row[0].text.isupper()


def _width(chunk: Chunk) -> float:
    return measured_width(chunk.text, face_of(chunk.font, chunk.size_pt))


def _segments(row: Sequence[Chunk], margin: float) -> Iterator[list[Chunk]]:
    segment: list[Chunk] = []
    running = _is_running(row, margin)
    for chunk in row:
        if segment:
            last = segment[-1]
            flowing = running or last.text.endswith(" ") or chunk.text.startswith(" ")
            most = (_STRETCHED_GAP if flowing else _COLUMN_GAP) * chunk.size_pt
            if chunk.x - (last.x + _width(last)) > most:
                yield segment
                segment = []
        segment.append(chunk)
    yield segment


def _line(segment: Sequence[Chunk], page: int) -> TextLine:
    pieces: list[Piece] = []
    for index, chunk in enumerate(segment):
        text = " ".join(chunk.text.split())
        if index and _is_apart(segment[index - 1], chunk):
            text = f" {text}"
        pieces.append(Piece(text=text, face=face_of(chunk.font, chunk.size_pt)))
    first, last = segment[0], segment[-1]
    right = max(last.x + _width(last._replace(text=last.text.rstrip())), first.x)
    return TextLine(
        number=0, page=page, pieces=tuple(pieces), width_pt=right - first.x, left=first.x,
        right=right, top=first.y,
    )  # fmt: skip


def _is_apart(before: Chunk, after: Chunk) -> bool:
    if before.text.endswith(" ") or after.text.startswith(" "):
        return True
    # A stretched line opens its spaces, so its words end later than they measure.
    least = _STRETCHED_WORD if " " in before.text.strip() else _WORD_GAP
    return after.x - (before.x + _width(before)) > least * after.size_pt


def paragraphs(pages: Sequence[Sequence[TextLine]]) -> list[list[TextLine]]:
    """Join the lines that wrap, across pages too, and tell which lines are centred."""
    lines = [line for page in pages for line in page]
    margin = min((line.left or 0 for line in lines), default=0.0)
    edge = max((line.right or 0 for line in lines), default=0.0)
    joined: list[TextLine] = []
    ends: dict[int, TextLine] = {}
    for page in pages:
        alone = _standing_alone(page)
        for index, line in enumerate(page):
            before = joined[-1] if joined else None
            end = ends.get(id(before)) if before is not None else None
            follows = end is not None and _follows(line, end, margin, first=not index)
            if before is not None and follows and id(line) in alone:
                wrapped = _wrapped(before, line)
                joined[-1] = wrapped
                ends[id(wrapped)] = line
                continue
            told = _aligned(line, margin, edge) if id(line) in alone else line
            joined.append(told)
            if id(line) in alone:
                ends[id(told)] = line
    return [joined]


def _standing_alone(page: Sequence[TextLine]) -> set[int]:
    """Return the lines with nothing beside them."""
    tops = [line.top or 0 for line in page]
    return {
        id(line)
        for line in page
        if sum(abs(top - (line.top or 0)) <= _BASELINE_PT for top in tops) == 1
    }


def _follows(line: TextLine, end: TextLine, margin: float, *, first: bool) -> bool:
    mine, its = line.faces[0], end.faces[-1]
    same = (mine.size_pt, mine.bold, mine.italic) == (its.size_pt, its.bold, its.italic)
    if abs((line.left or 0) - margin) > _EDGE_PT or not same:
        return False
    if line.text.startswith(("- ", "– ")) or not end.width_pt:
        return False
    if first and line.page != end.page:
        return not end.text.endswith((".", ";", ":", "/."))
    gap = (end.top or 0) - (line.top or 0)
    return line.page == end.page and 0 < gap <= _LEADING * (mine.size_pt or 0)


def _wrapped(before: TextLine, line: TextLine) -> TextLine:
    first = line.pieces[0]
    pieces = (*before.pieces, first.model_copy(update={"text": f" {first.text}"}), *line.pieces[1:])
    return before.model_copy(update={"pieces": pieces})


def _aligned(line: TextLine, margin: float, edge: float) -> TextLine:
    left, right = (line.left or 0) - margin, edge - (line.right or 0)
    if left > _INSET_PT and abs(left - right) <= _CENTRED_PT:
        return line.model_copy(update={"align": "center"})
    return line
