"""Column widths and letter size of a table, so that DOCX and PDF break the same words."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.times_widths import text_width, word_units
from models.documents import ColumnAlign, Table, TableRow
from models.errors import PermanentError
from models.values import Value

CELL_PADDING = 80  # twips, left and right
_SIZES_PT = (12, 11, 10, 9, 8)
_SLACK = 40  # twips: borders, and the rounding of the two renderers
_LONGEST_WORD = 2000  # twips: an address of a web page does not widen its column further
_LEAST_WEIGHT = 0.01
_KEPT_ROW = 5000  # twips: a row estimated higher may break between pages


class LaidRow(NamedTuple):
    """One row with as many cells as columns, or one spanning cell if ``heading``."""

    cells: tuple[str, ...]
    heading: bool
    together: bool


class LaidTable(Value):
    """A table with its letter size and column widths (twips); its rows are laid as they are read.

    Tens of thousands of rows are written once each: keeping them laid would double the memory.
    """

    size_pt: int
    widths: tuple[int, ...]
    titles: tuple[str, ...]
    aligns: tuple[ColumnAlign, ...]
    source: tuple[TableRow, ...]

    def rows(self) -> Iterator[LaidRow]:
        """Yield each row as it is drawn."""
        # Half the size is about the mean width of a letter: 10 twips for each point.
        room = [max(1, (width - 2 * CELL_PADDING) // (self.size_pt * 10)) for width in self.widths]
        kept_lines = _KEPT_ROW // (self.size_pt * 25)
        for row in self.source:
            if row.heading:
                yield LaidRow(row.cells[:1] or ("",), heading=True, together=True)
                continue
            cells = row.cells + ("",) * (len(room) - len(row.cells))
            lines = [len(cell) // letters for cell, letters in zip(cells, room, strict=True)]
            breaks = max([cell.count("\n") for cell in cells])
            together = max(lines) + breaks < kept_lines
            yield LaidRow(cells, heading=False, together=together)


def lay_out_table(table: Table, room: int) -> LaidTable:
    """Return the table filling ``room`` twips, in the largest size in which its words fit.

    Raises:
        PermanentError: the table has no column, or a row has more cells than columns.
    """
    for row in table.rows:
        _check(row, table)
    size_pt, widths = _sized(table, room)
    return LaidTable(
        size_pt=size_pt,
        widths=widths,
        titles=tuple(column.title for column in table.columns),
        aligns=tuple(column.align for column in table.columns),
        source=table.rows,
    )


def _check(row: TableRow, table: Table) -> None:
    if len(row.cells) <= len(table.columns):
        return
    raise PermanentError(
        f"Bảng có {len(table.columns)} cột nhưng dòng “{row.cells[0][:60]}” có {len(row.cells)} ô. "
        "Hãy sửa dữ liệu của bảng."
    )


def _sized(table: Table, room: int) -> tuple[int, tuple[int, ...]]:
    if not table.columns:
        raise PermanentError("Bảng không có cột nào. Hãy khai báo cột hoặc bỏ bảng.")
    widest = [_widest(table, index) for index in range(len(table.columns))]
    for size_pt in _SIZES_PT:
        least = [
            _least_width(word, column.title, size_pt)
            for word, column in zip(widest, table.columns, strict=True)
        ]
        if sum(least) <= room:
            break
    return size_pt, _shared(
        [max(column.weight, _LEAST_WEIGHT) for column in table.columns], least, room
    )


def _widest(table: Table, index: int) -> str:
    """Return the widest word of one column; figures repeat, so each different cell is read once."""
    cells = {row.cells[index] for row in table.rows if not row.heading and index < len(row.cells)}
    words = {word for cell in cells for word in cell.split()}
    return max(words, key=word_units, default="")


def _least_width(word: str, title: str, size_pt: int) -> int:
    titled = max((text_width(w, size_pt=size_pt, bold=True) for w in title.split()), default=0)
    widest = max(text_width(word, size_pt=size_pt), titled)
    return min(widest, _LONGEST_WORD) + 2 * CELL_PADDING + _SLACK


def _shared(weights: Sequence[float], least: Sequence[int], room: int) -> tuple[int, ...]:
    """Share ``room`` by weight, no column below its least width while that is possible."""
    if sum(least) > room:
        return _rounded([width * room / sum(least) for width in least], room)
    narrow: set[int] = set()
    while True:
        left = room - sum(least[index] for index in narrow)
        total = sum(weight for index, weight in enumerate(weights) if index not in narrow)
        wide = {index: left * weights[index] / total for index in _others(narrow, len(weights))}
        short = {index for index, width in wide.items() if width < least[index]}
        if not short or len(short) == len(wide):
            return _rounded([wide.get(index, least[index]) for index in range(len(least))], room)
        narrow |= short


def _others(narrow: set[int], count: int) -> list[int]:
    return [index for index in range(count) if index not in narrow]


def _rounded(widths: Sequence[float], room: int) -> tuple[int, ...]:
    floors = [int(width) for width in widths]
    return (*floors[:-1], room - sum(floors[:-1]))
