"""The tables of a filled form found again: by their titles, wherever rows and columns went."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.answer_sheet_words import (
    ANSWER_TITLE,
    CODE_TITLE,
    FIGURE_TITLE,
    LIST_CODE_TITLE,
    NAME_TITLE,
    NOTE_TITLE,
)
from models.vietnamese import clean_text, fold_key
from models.workbooks import ReadCell, ReadSheet

_TITLE_ROWS = 60  # rows in which the titles are looked for
_CODE, _LIST_CODE, _NOTE = fold_key(CODE_TITLE), fold_key(LIST_CODE_TITLE), fold_key(NOTE_TITLE)
_VALUES = (fold_key(FIGURE_TITLE), fold_key(ANSWER_TITLE))
_LABELS = (fold_key(NAME_TITLE), fold_key("Nội dung"))


class Place(NamedTuple):
    """Where something stands: a cell, or a row where the column is 0."""

    sheet: ReadSheet
    row: int
    column: int = 0

    def __str__(self) -> str:
        """As a person finds it: ``ô D12 trang “Số liệu”``."""
        if not self.column:
            return f"dòng {self.row} trang “{self.sheet.title}”"
        return self.sheet.at(self.row, self.column)


class Table(NamedTuple):
    """A table: the row of its titles, and its columns by the folded title."""

    sheet: ReadSheet
    header: int
    columns: dict[str, int]

    @property
    def is_of_rows(self) -> bool:
        """Whether each row is one thing of a list, not one field."""
        return _LIST_CODE in self.columns


class Entry(NamedTuple):
    """One row of a table: its code and words as written, and where each of its cells stands."""

    table: Table
    row: int
    code: str
    label: str

    def cell(self, title: str) -> tuple[ReadCell | None, Place]:
        """The cell under a folded title, and its place."""
        column = self.table.columns.get(title, 0)
        found = self.table.sheet.rows[self.row].get(column)
        return found, Place(self.table.sheet, self.row, column)

    @property
    def at_row(self) -> Place:
        """The row."""
        return Place(self.table.sheet, self.row)

    @property
    def value(self) -> tuple[ReadCell | None, Place]:
        """The cell of the answer."""
        return self.cell(next(title for title in _VALUES if title in self.table.columns))

    @property
    def note(self) -> tuple[ReadCell | None, Place]:
        """The cell of the note."""
        return self.cell(_NOTE)


def find_tables(sheets: Sequence[ReadSheet]) -> tuple[Table, ...]:
    """Return the tables of a form in the order of the sheets, at most one a sheet."""
    return tuple(table for sheet in sheets if (table := _table(sheet)) is not None)


def _table(sheet: ReadSheet) -> Table | None:
    for number, cells in sheet.rows.items():
        if number > _TITLE_ROWS:
            return None
        columns: dict[str, int] = {}
        for column, cell in cells.items():
            columns.setdefault(fold_key(str(cell.value)), column)
        is_of_fields = _CODE in columns and any(title in columns for title in _VALUES)
        if is_of_fields or _LIST_CODE in columns:
            return Table(sheet, number, columns)
    return None


def entries(table: Table) -> Iterator[Entry]:
    """Return the rows under the titles that hold anything, in order."""
    code = table.columns[_LIST_CODE if table.is_of_rows else _CODE]
    label = next((table.columns[title] for title in _LABELS if title in table.columns), 0)
    for number, cells in table.sheet.rows.items():
        if number > table.header:
            yield Entry(table, number, _words(cells.get(code)), _words(cells.get(label)))


def _words(cell: ReadCell | None) -> str:
    return clean_text(str(cell.value)) if cell else ""
