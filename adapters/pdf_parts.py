"""Where a large document is cut, so that no run of Typst takes much memory."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.document_layout import LaidDocument
from adapters.pdf_compiler import Mark
from adapters.pdf_payload import Block
from adapters.table_layout import LaidTable
from models.documents import Paragraph

# One unit is a cell of a few letters, about 14 KB while it is set, and more while it is tagged: 600
# units of a report with ten indicators are set at once; a part takes about 190 MB.
LARGE_WEIGHT = 10_000
PART_WEIGHT = 13_000
_LETTERS = 50  # that weigh as much as a cell
# The last items of a part, of which Typst tells the pages: more than two pages hold of the lowest.
MARKED = 150


class Place(NamedTuple):
    """An item of a section: a paragraph (row 0 of its block) or the row of a table."""

    block: int
    row: int


class Item(NamedTuple):
    """A place, what it weighs, and whether the next page may begin right after it."""

    place: Place
    weight: int
    parts_after: bool


def is_large(laid: LaidDocument) -> bool:
    """Tell whether the document is set in parts."""
    sections = (laid.body, *(annex.blocks for annex in laid.annexes))
    left = LARGE_WEIGHT
    for blocks in sections:
        for item in items_from(blocks, Place(0, 0)):
            left -= item.weight
            if left < 0:
                return True
    return False


def items_from(blocks: Sequence[Block], start: Place) -> Iterator[Item]:
    """Yield the items of ``blocks`` from ``start`` on, in reading order."""
    for index in range(start.block, len(blocks)):
        block = blocks[index]
        first = start.row if index == start.block else 0
        if isinstance(block, Paragraph):
            yield Item(Place(index, 0), 1 + len(block.text) // _LETTERS, parts_after=True)
        else:
            yield from _rows(block, index, first)


def _rows(table: LaidTable, index: int, first: int) -> Iterator[Item]:
    for number, row in enumerate(_from_row(table, first).rows(), first):
        weight = sum([1 + len(cell) // _LETTERS for cell in row.cells])
        # A subheader stays with the row below it; a row that may break says not where it ends.
        yield Item(Place(index, number), weight, parts_after=row.together and not row.heading)


def taken(blocks: Sequence[Block], start: Place, weight: int) -> tuple[list[Item], Place | None]:
    """Return the items of the next part, at least one, and where the one after it would begin."""
    items: list[Item] = []
    for item in items_from(blocks, start):
        if items and item.weight > weight:
            return items, item.place
        weight -= item.weight
        items.append(item)
    return items, None


def between(blocks: Sequence[Block], start: Place, end: Place | None) -> tuple[Block, ...]:
    """Return the blocks from ``start`` up to ``end`` (exclusive; None: to the last)."""
    last = len(blocks) if end is None else end.block + 1
    cut = list(blocks[start.block : last])
    if end is not None:
        cut[-1:] = _until(cut[-1], end.row)
    if cut and start.row:
        cut[:1] = [_from_row(block, start.row) for block in cut[:1] if isinstance(block, LaidTable)]
    return tuple(cut)


def _until(block: Block, row: int) -> list[Block]:
    if isinstance(block, Paragraph) or not row:
        return []
    return [block.model_copy(update={"source": block.source[:row]})]


def _from_row(table: LaidTable, row: int) -> LaidTable:
    return table.model_copy(update={"source": table.source[row:]}) if row else table


def last_page_start(items: Sequence[Item], marks: Sequence[Mark]) -> tuple[Place, int] | None:
    """Return the last place that begins a page, after an item that ended the page before.

    With it come the pages before that place; None if no marked item begins one.
    """
    starts = {number: page for number, kind, page in marks if kind == "start"}
    ends = {number: page for number, kind, page in marks if kind == "end"}
    for number in range(len(items) - 1, min(starts, default=len(items)), -1):
        before = ends.get(number - 1, starts[number - 1])
        if items[number - 1].parts_after and starts[number] > before:
            return items[number].place, starts[number] - 1
    return None
