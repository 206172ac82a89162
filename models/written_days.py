"""Days as people write them, read day before month; never guessed."""

import re
from datetime import date

from models.vietnamese import clean_text, format_day

_NUMBERS = re.compile(r"(?:ngày )?(\d{1,2}) ?[/.\-] ?(\d{1,2})(?: ?[/.\-] ?(\d{4}))?")
_WORDS = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2})(?: năm (\d{4}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")


def read_day(text: str, *, year: int) -> date | None:
    """Return the day a text names; None when it names none beyond doubt.

    ``22/6/2026``, ``22-06-2026``, ``ngày 22 tháng 6 năm 2026`` and ``2026-06-22`` are read, and
    ``22/6`` as of the given year (domain.md 8.5).
    """
    plain = clean_text(text).casefold()
    if iso := _ISO.fullmatch(plain):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    found = _NUMBERS.fullmatch(plain) or _WORDS.fullmatch(plain)
    return _day(int(found[3] or year), int(found[2]), int(found[1])) if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def written_day(text: str) -> str:
    """Return a day kept as ``2026-06-22`` as people write it; another text as it is."""
    try:
        return format_day(date.fromisoformat(text))
    except ValueError:
        return text
