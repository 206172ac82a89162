"""Proof that every number of a report is traced: found again in the stored answers and added up."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.ledger import PlanRecord
from models.documents import ParagraphStyle
from models.figure_books import FigureBook
from models.figure_traces import sources_behind
from models.linked_documents import LinkedBlock, LinkedParagraph, Piece, linked
from models.submissions import Answer
from models.total_values import Source
from services.report_records import ReportRecord

HEADINGS = {ParagraphStyle.SECTION, ParagraphStyle.CLAUSE}
NO_FIGURES = (  # the closed list: what holds digits and is no figure
    re.compile(r"“[^”]*”"),  # a unit's own words
    re.compile(r"số \d+/[\w-]+"),  # of a document
    re.compile(r"\d{1,2} giờ \d{2}"),
    re.compile(r"ngày +\d* ?tháng \d{1,2} năm \d{4}"),
    re.compile(r"\d{1,2}/\d{1,2}/\d{4}"),
    re.compile(r"(?:năm|tháng) \d+"),
)
SERIAL, OF_UNITS = 0, {1, 2, 3}  # columns of annexes: STT; names and places in units' words


def prove(plan: PlanRecord, report: ReportRecord, answers: dict[str, Answer]) -> int:
    """Check every number of the report; returns how many figures were proved."""
    content = report.content
    book = FigureBook(
        totals=content.totals, coverage=content.coverage, quotes=content.report.quotes
    )
    document = linked(report.document, content.report.figures)
    proved = 0
    for piece in _pieces(document.body, with_headings=True):
        proved += _prove(piece, book, answers)
    for annex in document.annexes:
        for piece in _pieces(annex.blocks, with_headings=True):
            proved += _prove(piece, book, answers)
    assert proved == len(content.report.figures), "a figure is shown nowhere"
    names = {name for unit in plan.dossier.units.units for name in (unit.name, unit.short_name)}
    names |= {one.name for one in plan.dossier.catalogue.indicators}
    assert list(_loose(document.body, names)) == []
    for annex in document.annexes:
        assert list(_loose(annex.blocks, names)) == []
    return proved


def _pieces(blocks: Sequence[LinkedBlock], *, with_headings: bool) -> Iterator[Piece]:
    for block in blocks:
        if isinstance(block, LinkedParagraph):
            yield from block.runs if with_headings or block.style not in HEADINGS else ()
        else:
            yield from (piece for row in block.rows for cell in row.cells for piece in cell)


def _loose(blocks: Sequence[LinkedBlock], names: set[str]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, LinkedParagraph):
            if block.style not in HEADINGS:
                yield from _digits("".join(_unlinked(block.runs)), names)
            continue
        for row in block.rows:
            for place, cell in enumerate(row.cells):
                if row.heading or place not in {SERIAL, *OF_UNITS}:
                    yield from _digits("".join(_unlinked(cell)), names)


def _unlinked(pieces: Sequence[Piece]) -> Iterator[str]:
    return (" " if piece.reference else piece.text for piece in pieces)


def _digits(text: str, names: set[str]) -> Iterator[str]:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    for pattern in NO_FIGURES:
        text = pattern.sub(" ", text)
    if re.search(r"\d", text):
        yield text


def _prove(piece: Piece, book: FigureBook, answers: dict[str, Answer]) -> int:
    if not piece.reference:
        return 0
    sources = [s for s in sources_behind(piece.reference, book) if s.counted]
    for source in sources:
        if not piece.reference.startswith("quotes."):
            assert _stored(source, answers[source.submission_id]), source
    expected = _aggregate(piece.reference, sources, book)
    assert expected == book.value(piece.reference), piece.reference
    if isinstance(expected, int) and any(letter.isdigit() for letter in piece.text):
        assert int(piece.text.replace(".", "")) == expected, piece
    elif isinstance(expected, Decimal):
        assert Decimal(piece.text.replace(",", ".")) == expected, piece
    return 1


def _stored(source: Source, answer: Answer) -> bool:
    """Whether the submission says that value in that field."""
    id_, _, place = source.field.partition("[")
    if place:
        rows = answer.values[id_]
        return isinstance(rows, tuple) and rows[int(place.rstrip("]")) - 1] == source.value
    id_, _, key = source.field.partition(".")
    value = answer.values[id_]
    if key:
        return isinstance(value, dict) and value[key] == source.value
    return value == source.value or (value == () and source.value == 0) or isinstance(value, str)


def _aggregate(reference: str, sources: Sequence[Source], book: FigureBook) -> Any:
    prefix, _, id_ = reference.partition(".")
    if prefix == "coverage":
        return len(getattr(book.coverage, id_))
    if prefix in {"people", "rate"}:
        return _of_rows(prefix, reference, sources, book)
    if prefix == "quotes":
        return len({s.unit_id for s in sources}) - 3
    if prefix == "units":
        return len({s.unit_id for s in sources_behind(reference, book)})
    if reference in {"KP03", "NL07"}:
        return _computed(reference, sources, book)
    return AGGREGATIONS[book.totals.total(prefix).aggregation](sources)


def _computed(reference: str, sources: Sequence[Source], book: FigureBook) -> Any:
    total = sum(_numbers(sources))
    if reference == "KP03":
        return total
    share = Decimal(100 * total) / book.totals.constants["SO_THON"]  # of all villages there are
    return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _of_rows(prefix: str, reference: str, sources: Sequence[Source], book: FigureBook) -> Any:
    if prefix == "people":
        (row,) = (s.value for s in sources)
        return row["participants"] if isinstance(row, dict) else None
    yes = sum(s.value is True for s in sources)
    share = Decimal(100 * yes) / len({s.unit_id for s in sources_behind(reference, book)})
    return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _numbers(sources: Sequence[Source]) -> list[int]:
    return [s.value for s in sources if isinstance(s.value, int)]


def _things(sources: Sequence[Source]) -> int:
    return len({s.key for s in sources if isinstance(s.value, dict)})


AGGREGATIONS: dict[str, Callable[[Sequence[Source]], Any]] = {
    "sum": lambda sources: sum(_numbers(sources)),
    "sum_by_key": lambda sources: sum(_numbers(sources)),
    "max": lambda sources: max(_numbers(sources)),
    "count_true": lambda sources: sum(s.value is True for s in sources),
    "distinct": _things,
    "list": lambda sources: tuple(dict.fromkeys(str(s.value) for s in sources)),
}
