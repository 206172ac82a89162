"""The fixed lines of an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I)."""

import re
from collections.abc import Sequence
from datetime import date

from models.documents import Annex, OfficialDocument

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
ADDRESS_LABEL = "Kính gửi:"
RECIPIENTS_LABEL = "Nơi nhận:"
_BLANK_NUMBER = " " * 8
_BLANK_NUMBER_CITED = re.compile(" {2,}(?=/)")
_BLANK_DAY = " " * 6
_LAST_PADDED_MONTH = 2


def number_line(document: OfficialDocument) -> str:
    """Return ``Số: 08/BC-UBND``, with room for a number still to come; empty without a symbol."""
    if not document.symbol:
        return ""
    if document.number is None:
        return f"Số:{_BLANK_NUMBER}/{document.symbol}"
    return f"Số: {document.number:02d}/{document.symbol}"


def long_date(day: date) -> str:
    """Return ``ngày 05 tháng 02 năm 2026``: days to 9 and months 1, 2 are padded (II.4b)."""
    return f"ngày {day.day:02d} tháng {_month(day.month)} năm {day.year}"


def date_line(document: OfficialDocument) -> str:
    """Return place and date, with room for the day (and the month) while they are open."""
    if document.issued_on is not None:
        return f"{document.place}, {long_date(document.issued_on)}"
    if document.month_hint is None:
        return f"{document.place}, ngày{_BLANK_DAY}tháng{_BLANK_DAY}năm{_BLANK_DAY}"
    month, year = document.month_hint
    return f"{document.place}, ngày{_BLANK_DAY}tháng {_month(month)} năm {year}"


def about_line(document: OfficialDocument) -> str | None:
    """Return ``V/v …`` of a công văn, None for a document with a type name (II.5b).

    The room for a number still to come stays on the line of its symbol.
    """
    if document.type_name is not None:
        return None
    return _BLANK_NUMBER_CITED.sub(lambda room: "\u00a0" * len(room[0]), f"V/v {document.subject}")


def ground_lines(document: OfficialDocument) -> tuple[str, ...]:
    """Return the căn cứ, each closed by ``;`` and the last by a full stop (II.6a)."""
    return _closed(document.grounds)


def address_lines(document: OfficialDocument) -> tuple[str, ...]:
    """Return the lines of Kính gửi: one line for one addressee, a dashed list for more (II.9)."""
    addressees, via = document.addressees, document.addressee_via
    if len(addressees) > 1:
        last = f"{addressees[-1]} {via}" if via else addressees[-1]
        return (ADDRESS_LABEL, *_closed([f"- {each}" for each in (*addressees[:-1], last)]))
    lines = tuple(f"{ADDRESS_LABEL} {each}" for each in addressees)
    return (*lines, f"{via}.") if lines and via else lines


def recipient_lines(document: OfficialDocument) -> tuple[str, ...]:
    """Return the items of Nơi nhận, dashed, closed by ``;`` and the last by a full stop (II.9d)."""
    return _closed([f"- {each}" for each in document.recipients])


def annex_label(annex: Annex) -> str:
    """Return ``Phụ lục II``, or ``Phụ lục`` for the only one (III.1)."""
    return f"Phụ lục {annex.number}" if annex.number else "Phụ lục"


def _month(month: int) -> str:
    return f"{month:02d}" if month <= _LAST_PADDED_MONTH else str(month)


def _closed(lines: Sequence[str]) -> tuple[str, ...]:
    return (*(f"{line};" for line in lines[:-1]), *(f"{line}." for line in lines[-1:]))
