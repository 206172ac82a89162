"""A report as a page shows it: every figure a link to what it comes from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.documents import (
    Block,
    Column,
    OfficialDocument,
    Paragraph,
    ParagraphStyle,
    Run,
    Table,
    TableRow,
)
from models.report_figures import Figure, row_text


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one face; ``reference`` is that of the figure it writes, if any."""

    text: str
    bold: bool = False
    italic: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class LinkedParagraph:
    """A paragraph in pieces."""

    style: ParagraphStyle
    runs: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """A table row, each cell in pieces."""

    cells: tuple[tuple[Piece, ...], ...]
    heading: bool


@dataclass(frozen=True, slots=True)
class LinkedTable:
    """A table in pieces."""

    columns: tuple[Column, ...]
    rows: tuple[LinkedRow, ...]


LinkedBlock = LinkedParagraph | LinkedTable


@dataclass(frozen=True, slots=True)
class LinkedAnnex:
    """An annex in pieces."""

    number: str | None
    title: str
    reference: str
    blocks: tuple[LinkedBlock, ...]


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """The body and the annexes of a document in pieces."""

    body: tuple[LinkedBlock, ...]
    annexes: tuple[LinkedAnnex, ...]


def linked(document: OfficialDocument, figures: Sequence[Figure]) -> LinkedDocument:
    """Return the document with every figure as a piece of its own.

    ``figures`` come in the order of the document; one whose text is gone is left out.
    """
    blocks = (*document.body, *(b for annex in document.annexes for b in annex.blocks))
    linker = _Linker(figures, blocks)
    return LinkedDocument(
        body=tuple(map(linker.block, document.body)),
        annexes=tuple(
            LinkedAnnex(
                number=annex.number, title=annex.title, reference=annex.reference,
                blocks=tuple(map(linker.block, annex.blocks)),
            )
            for annex in document.annexes
        ),
    )  # fmt: skip


class _Linker:
    """The figures still to be met, in prose and in tables, while a document is read."""

    def __init__(self, figures: Iterable[Figure], blocks: Sequence[Block]) -> None:
        prose = "\n".join(block.text for block in blocks if isinstance(block, Paragraph))
        rows = {row_text(r.cells) for block in blocks if isinstance(block, Table)
                for r in block.rows}  # fmt: skip
        kept = [f for f in figures if (f.text in rows if f.column is not None else f.text in prose)]
        self._prose = [figure for figure in kept if figure.column is None][::-1]
        self._cells = [figure for figure in kept if figure.column is not None][::-1]

    def block(self, block: Block) -> LinkedBlock:
        """Return a block in pieces; blocks come in the order of the document."""
        if isinstance(block, Table):
            rows = tuple(map(self._row, block.rows))
            return LinkedTable(columns=block.columns, rows=rows)
        if len(block.runs) != 1:
            return LinkedParagraph(block.style, tuple(_plain(run) for run in block.runs))
        spots = tuple(self._spots(block.text))
        return LinkedParagraph(block.style, tuple(_pieces(block.runs[0], spots)))

    def _row(self, row: TableRow) -> LinkedRow:
        text, mine = row_text(row.cells), []
        while self._cells and self._cells[-1].text == text:
            mine.append(self._cells.pop())
        cells = []
        for place, cell in enumerate(row.cells):
            spots = [(f.start, f) for f in mine if f.column == place]
            cells.append(tuple(_pieces(Run(text=cell), spots)))
        return LinkedRow(tuple(cells), row.heading)

    def _spots(self, text: str) -> Iterator[tuple[int, Figure]]:
        """Yield where each figure of a paragraph begins."""
        clause, at, end, last = "", -1, 0, -1
        while self._prose:
            figure = self._prose[-1]
            # A clause may hold several figures; one that begins no later is of another clause.
            if figure.text != clause or figure.start <= last:
                clause, at = figure.text, text.find(figure.text, end)
                end = at + len(clause)
            if at < 0:
                return
            last = figure.start
            yield at + figure.start, self._prose.pop()


def _pieces(run: Run, spots: Sequence[tuple[int, Figure]]) -> Iterator[Piece]:
    end = 0
    for start, figure in spots:
        if start > end:
            yield Piece(run.text[end:start], run.bold, run.italic)
        end = start + len(figure.shown)
        yield Piece(run.text[start:end], run.bold, run.italic, figure.indicator_id)
    if run.text[end:]:
        yield Piece(run.text[end:], run.bold, run.italic)


def _plain(run: Run) -> Piece:
    return Piece(run.text, run.bold, run.italic)
