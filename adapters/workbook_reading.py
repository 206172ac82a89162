"""Workbooks read cell by cell, as far as a form can reach, whatever program saved them."""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from io import BytesIO
from posixpath import join, normpath
from typing import NamedTuple, TypeVar
from xml.sax import SAXException
from zipfile import ZipFile

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from adapters.workbook_safety import DAMAGED, XML_PART, refuse_unsafe
from adapters.workbook_sax import (
    Cells,
    Formats,
    Links,
    Names,
    Part,
    RawCell,
    SharedStrings,
    unescape,
)
from adapters.workbooks import IDENTITY_SHEET
from models.errors import WorkbookUnreadableError
from models.number_formats import GENERAL, shows_day
from models.workbooks import CellValue, ReadCell, ReadSheet

MOST_SHEETS = 50
_IDENTITY_ROW, _IDENTITY_COLUMN = 2, 1
_DIGITS = 15  # all a spreadsheet shows; what comes after is noise of its arithmetic
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - serials have no zone

P = TypeVar("P", bound=Part)


class ReadWorkbook(NamedTuple):
    """The sheets people see, in order, and the identity found; empty without one."""

    sheets: tuple[ReadSheet, ...]
    identity: str


def read_workbook(octets: bytes) -> ReadWorkbook:
    """Read the cells of an ``.xlsx``, at most 5,000 rows of 200 columns of a sheet.

    A formula counts for what the program that saved it computed last.

    Raises:
        WorkbookUnreadableError: it is damaged, no workbook, or not safe to open.
    """
    refuse_unsafe(octets)
    try:
        with ZipFile(BytesIO(octets)) as archive:
            sheets = tuple(_sheets(_Package(archive)))
    except (SAXException, DefusedXmlException, LookupError, ValueError, OverflowError) as error:
        raise WorkbookUnreadableError(DAMAGED) from error
    hidden = next((one for one in sheets if one.title == IDENTITY_SHEET), ReadSheet(""))
    identity = hidden.rows.get(_IDENTITY_ROW, {}).get(_IDENTITY_COLUMN)
    return ReadWorkbook(
        sheets=tuple(one for one in sheets if one.title != IDENTITY_SHEET),
        identity=str(identity.value).strip() if identity else "",
    )


class _Package:
    """The parts of one workbook, parsed as they are asked for."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())

    def hear(self, name: str, part: P) -> P:
        """Parse a part; one that is not there says nothing."""
        if name in self._names and XML_PART.fullmatch(name):
            parseString(self._archive.read(name), part, forbid_dtd=True)
        return part

    def links(self, name: str) -> Links:
        folder, _, own = name.rpartition("/")
        return self.hear(join(folder, "_rels", f"{own}.rels"), Links())


def _sheets(package: _Package) -> Iterator[ReadSheet]:
    book = _target("", package.links("").by_kind["officeDocument"])
    names, links = package.hear(book, Names()), package.links(book)
    folder = book.rpartition("/")[0]
    strings = package.hear(_target(folder, links.by_kind.get("sharedStrings", "")), SharedStrings())
    formats = package.hear(_target(folder, links.by_kind.get("styles", "")), Formats())
    epoch = _EPOCH_1904 if names.is_1904 else _EPOCH
    if not names.sheets or len(names.sheets) > MOST_SHEETS:
        raise WorkbookUnreadableError(DAMAGED)
    for title, id_ in names.sheets:
        cells = package.hear(_target(folder, links.by_id.get(id_, "")), Cells())
        rows: dict[int, dict[int, ReadCell]] = defaultdict(dict)
        for raw in cells.found:
            cell = _read(raw, strings.texts, formats, epoch)
            if cell is not None:
                rows[raw.row][raw.column] = cell
        yield ReadSheet(title=title, rows=dict(sorted(rows.items())), is_cut=cells.is_cut)


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))


def _read(raw: RawCell, texts: list[str], formats: Formats, epoch: datetime) -> ReadCell | None:
    number_format = formats.of(raw.style)
    if raw.kind == "e" or not raw.text:
        return ReadCell(raw.text, raw.is_formula, is_broken=True)
    value: CellValue
    if raw.kind == "s":
        value = texts[int(raw.text)]
    elif raw.kind in {"str", "inlineStr"}:
        value = unescape(raw.text)
    elif raw.kind == "b":
        value = raw.text.strip() in {"1", "true"}
    elif raw.kind == "d":
        value = datetime.fromisoformat(raw.text)
    else:
        value = _number(raw.text, number_format, epoch)
    return ReadCell(value, raw.is_formula, number_format=number_format) if value != "" else None


def _number(text: str, number_format: str, epoch: datetime) -> CellValue:
    number = float(text)
    if not math.isfinite(number):
        return text
    number = float(f"{number:.{_DIGITS}g}")
    if number_format != GENERAL and shows_day(number_format):
        return _day(number, epoch)
    return int(number) if number.is_integer() else number


def _day(serial: float, epoch: datetime) -> CellValue:
    try:
        at = epoch + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return serial
    if 0 <= serial < 1:
        return time(at.hour, at.minute, at.second)
    return at.date() if at.time() == time() else at
