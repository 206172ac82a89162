"""A spreadsheet form as the unit fills it in and saves it."""

from collections.abc import Mapping
from io import BytesIO

import openpyxl

_CODE, _NOTE, _VALUE = 1, 3, 4  # columns


def filled(octets: bytes, values: Mapping[str, int | str]) -> bytes:
    """The form with values in the rows of those codes, notes in their own column.

    Raises:
        KeyError: a code is nowhere in the form.
    """
    book = openpyxl.load_workbook(BytesIO(octets))
    missing = set(values)
    for sheet in book:
        column = _NOTE if sheet.title == "Thuyết minh" else _VALUE
        for row in range(1, sheet.max_row + 1):
            if (code := str(sheet.cell(row, _CODE).value)) in values:
                sheet.cell(row, column).value = values[code]
                missing.discard(code)
    if missing:
        raise KeyError(*missing)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()
