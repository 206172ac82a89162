"""Spreadsheets as values: sheets of styled texts going out, cells with their kind coming back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum
from typing import NamedTuple

LONGEST_CELL = 32_767  # characters; a longer one makes the programs "repair" the file
MOST_ROWS = 5_000
MOST_COLUMNS = 200
_LETTERS = 26


class Style(IntEnum):
    """How a cell looks, and whether it may be written: the OPEN ones may."""

    PLAIN = 0
    TITLE = 1
    INFO = 2
    HEADER = 3
    SECTION = 4
    CODE = 5
    LABEL = 6
    SUBLABEL = 7
    HINT = 8
    REMARK = 9
    CLOSED_FIGURE = 10
    CLOSED_TEXT = 11
    OPEN_FIGURE = 12
    OPEN_TEXT = 13


class Line(NamedTuple):
    """One row of a sheet from column A on; a wide one is one cell over all columns.

    The height is in points; a wide row keeps it, another grows with what is typed.
    """

    texts: tuple[str, ...]
    styles: tuple[Style, ...]
    height: float
    is_wide: bool = False


class Check(NamedTuple):
    """What a cell says when it is chosen, and what it warns of; rows and columns count from 1."""

    cells: tuple[tuple[int, int], ...]  # (row, column)
    title: str
    prompt: str
    choices: tuple[str, ...] = ()
    is_number: bool = False
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet; ``header_row`` stays in sight and is printed on every page."""

    title: str
    widths: tuple[float, ...]
    lines: tuple[Line, ...]
    header_row: int | None = None
    checks: tuple[Check, ...] = ()
    takes_rows: bool = False  # whether rows may be inserted, deleted and sorted


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """Sheets in order, and the identity that stands in a hidden one."""

    title: str
    sheets: tuple[Sheet, ...]
    identity: str


CellValue = str | int | float | bool | date | datetime | time


class ReadCell(NamedTuple):
    """One cell that holds something."""

    value: CellValue
    is_formula: bool = False  # ``value`` is what the program computed last
    is_broken: bool = False  # a formula never computed, or an error value
    number_format: str = "General"


@dataclass(frozen=True)
class ReadSheet:
    """The cells of one sheet that hold something, by row and by column, both from 1."""

    title: str
    rows: Mapping[int, Mapping[int, ReadCell]] = field(default_factory=dict)
    is_cut: bool = False  # something stands beyond what is read

    def at(self, row: int, column: int) -> str:
        """Where a cell is, as a person finds it."""
        return f"ô {column_letters(column)}{row} trang “{self.title}”"


def column_letters(column: int) -> str:
    """Return the letters of a column counted from 1: A, Z, AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
