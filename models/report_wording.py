"""Phrases that official reports share: numbers of documents, blanks, agencies, lists."""

from collections.abc import Sequence
from datetime import date

from models.units import Unit
from models.vietnamese import format_count, format_written_day

BLANK = "      "  # left for văn thư to fill
_UNBROKEN = "\u00a0"
_PADDED_MONTHS = 3  # NĐ 30/2020, Phụ lục I, II.4b: only months 1 and 2 take a leading zero


def written_day(day: date | None, month_hint: tuple[int, int]) -> str:
    """Return "ngày 05 tháng 6 năm 2026"; an unknown day stays blank before the hinted month."""
    if day is not None:
        return format_written_day(day)
    month, year = month_hint
    padded = f"{month:02d}" if month < _PADDED_MONTHS else str(month)
    return f"ngày{BLANK}tháng {padded} năm {year}"


def reference_line(type_name: str, symbol: str, agency: str) -> str:
    """Return "(Kèm theo Báo cáo số …/BC-UBND ngày … của …)", its number and day blank.

    On electronic documents they stay so (PL I, III.1c). No line ends within a blank.
    """
    blank = _UNBROKEN * len(BLANK)
    day = f"ngày{blank}tháng{blank}năm{blank}"
    return f"(Kèm theo {type_name} số{blank}/{symbol} {day}của {agency})"


def numbered(number: int | None, symbol: str) -> str:
    """Return "112/BC-UBND"; an unknown number stays blank."""
    return f"{BLANK if number is None else f'{number:02d}'}/{symbol}"


def shortened(agency: str) -> str:
    """Return an agency's name with UBND and HĐND for the long forms."""
    return agency.replace("Ủy ban nhân dân", "UBND").replace("Hội đồng nhân dân", "HĐND")


def in_full(agency: str) -> str:
    """Return an agency's name with the long form of UBND."""
    return agency.replace("UBND", "Ủy ban nhân dân")


def listed(names: Sequence[str]) -> str:
    """Return names as one phrase parted by semicolons, since names have commas of their own."""
    return "; ".join(names)


def counted_units(count: int) -> str:
    """Return "02 đơn vị"."""
    return f"{format_count(count)} đơn vị"


def abbreviation_of(unit: Unit) -> str:
    """Return the unit's abbreviation in symbols of documents; the head of the unit sets it."""
    return unit.abbreviation or unit.id.upper()
