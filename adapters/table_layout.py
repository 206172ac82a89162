"""Column widths and letter size of a table, so that DOCX and PDF break the same words."""

from collections.abc import Sequence

from adapters.times_widths import text_width
from models.documents import ColumnAlign, Table, TableRow
from models.errors import PermanentError
from models.values import Value

CELL_PADDING = 80  # twips, left and right
_SIZES_PT = (12, 11, 10, 9, 8)
_SLACK = 40  # twips: borders, and the rounding of the two renderers
_LONGEST_WORD = 2000  # twips: an address of a web page does not widen its column further
_LEAST_WEIGHT = 0.01
_KEPT_ROW = 5000  # twips: a row estimated higher may break between pages


class LaidRow(Value):
    """One row with as many cells as columns, or one spanning cell if ``heading``."""

    cells: tuple[str, ...]
    heading: bool
    together: bool


class LaidTable(Value):
    """A table with its letter size and column widths (twips)."""

    size_pt: int
    widths: tuple[int, ...]
    titles: tuple[str, ...]
    aligns: tuple[ColumnAlign, ...]
    rows: tuple[LaidRow, ...]


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
        rows=tuple(_laid_row(row, widths, size_pt) for row in table.rows),
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
    for size_pt in _SIZES_PT:
        least = [_least_width(table, index, size_pt) for index in range(len(table.columns))]
        if sum(least) <= room:
            break
    return size_pt, _shared(
        [max(column.weight, _LEAST_WEIGHT) for column in table.columns], least, room
    )


def _least_width(table: Table, index: int, size_pt: int) -> int:
    cells = [row.cells[index] for row in table.rows if not row.heading and index < len(row.cells)]
    widest = max(
        (text_width(word, size_pt=size_pt) for cell in cells for word in cell.split()), default=0
    )
    title = max(
        (
            text_width(word, size_pt=size_pt, bold=True)
            for word in table.columns[index].title.split()
        ),
        default=0,
    )
    return min(max(widest, title), _LONGEST_WORD) + 2 * CELL_PADDING + _SLACK


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


def _laid_row(row: TableRow, widths: Sequence[int], size_pt: int) -> LaidRow:
    if row.heading:
        return LaidRow(cells=row.cells[:1] or ("",), heading=True, together=True)
    cells = row.cells + ("",) * (len(widths) - len(row.cells))
    height = max(
        _estimated_height(cell, width, size_pt) for cell, width in zip(cells, widths, strict=True)
    )
    return LaidRow(cells=cells, heading=False, together=height <= _KEPT_ROW)


def _estimated_height(cell: str, width: int, size_pt: int) -> int:
    letters_per_line = max(1, (width - 2 * CELL_PADDING) // (size_pt * 10))
    lines = len(cell) // letters_per_line + cell.count("\n") + 1
    return lines * size_pt * 25
