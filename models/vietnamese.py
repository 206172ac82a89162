"""Vietnamese as officials write it: days, hours, numbers, and text safe to compare and print."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

# Đ does not decompose in Unicode; Ð (Icelandic) and Ɖ (African) are pasted in its place.
_D_LETTERS = str.maketrans(dict.fromkeys("đĐðÐɖƉ", "d"))
_DASHES_AND_SPACES = re.compile(r"[\s\-\u2010-\u2015\u2212_]+")
_LINE_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
_MONTHS_TO_PAD = 2  # Nghị định 30/2020/NĐ-CP, Phụ lục I, II.4: days under 10, months 1 and 2
_LAST_PADDED_COUNT = 9


def local(at: datetime) -> datetime:
    """Tell an aware instant in Vietnam's zone.

    Raises:
        ValueError: the instant has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(
            f"Thời điểm {at.isoformat()} thiếu múi giờ; hãy truyền thời điểm có múi giờ."
        )
    return at.astimezone(VIETNAM)


def local_day(when: date | datetime) -> date:
    """Tell the day of a day or of an aware instant in Vietnam's zone."""
    return local(when).date() if isinstance(when, datetime) else when


def weekday_name(when: date | datetime) -> str:
    """Name the day of the week: ``thứ Hai`` … ``Chủ nhật``."""
    return WEEKDAYS[local_day(when).weekday()]


def format_day(when: date | datetime) -> str:
    """Write a day as ``22/6/2026``, with 0 before days under 10 and months 1 and 2."""
    day = local_day(when)
    return f"{day.day:02d}/{_month(day)}/{day.year}"


def format_written_day(when: date | datetime) -> str:
    """Write a day in words as at the head of a document: ``ngày 05 tháng 6 năm 2026``."""
    day = local_day(when)
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def format_long_day(when: date | datetime) -> str:
    """Write a day with its weekday: ``thứ Hai, ngày 22/6/2026``."""
    return f"{weekday_name(when)}, ngày {format_day(when)}"


def format_hour(at: datetime | time) -> str:
    """Write an hour as ``17 giờ 00``."""
    clock = local(at).time() if isinstance(at, datetime) else at
    return f"{clock.hour:02d} giờ {clock.minute:02d}"


def format_instant(at: datetime) -> str:
    """Write an instant in full: ``17 giờ 00 thứ Hai, ngày 22/6/2026``."""
    return f"{format_hour(at)} {format_long_day(at)}"


def format_short_instant(at: datetime) -> str:
    """Write an instant without its weekday: ``17 giờ 00 ngày 22/6/2026``."""
    return f"{format_hour(at)} ngày {format_day(at)}"


def format_days(days: Sequence[date]) -> str:
    """List days in order and once each: ``15/6/2026, 17/6/2026 và 19/6/2026``; empty for none."""
    return join_words([format_day(day) for day in sorted({local_day(day) for day in days})])


def join_words(words: Sequence[str]) -> str:
    """List words with commas and ``và`` before the last; empty for none."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} và {words[-1]}"


def format_number(number: float | Decimal) -> str:
    """Write a number with ``.`` between thousands and ``,`` before decimals: ``1.234,5``."""
    plain = f"{number:,}" if isinstance(number, int) else f"{number:,f}"
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")


def format_count(count: int) -> str:
    """Write a count in a sentence, padded under 10 as officials do: ``03``, ``12``, ``0``."""
    return f"{count:02d}" if 0 < count <= _LAST_PADDED_COUNT else format_number(count)


def format_remaining(working_days: int) -> str:
    """Tell what is left: ``còn 03 ngày làm việc``, ``đến hạn hôm nay``, or how long overdue.

    Positive means left, 0 the due day itself, negative overdue.
    """
    if working_days == 0:
        return "đến hạn hôm nay"
    word = "còn" if working_days > 0 else "quá hạn"
    return f"{word} {format_count(abs(working_days))} ngày làm việc"


def sentence_case(text: str) -> str:
    """Raise the first letter and leave the rest alone."""
    return text[:1].upper() + text[1:]


def mid_sentence(text: str) -> str:
    """Lower the first letter and leave the rest alone."""
    return text[:1].lower() + text[1:]


def nfc(text: str) -> str:
    """Compose the text (NFC), which also mends UniKey's "Unicode tổ hợp"."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def clean_text(text: str) -> str:
    """Make one printable line: NFC, no control, bidi or zero-width characters, single spaces."""
    # Nearly every text is printable as it is, and asking for that is a hundred times cheaper.
    printable = text if text.isprintable() else "".join(_printable(char) for char in text)
    return nfc(" ".join(printable.split()))


def paragraphs(text: str) -> str:
    """Return a text with clean lines, without control characters and outer blank lines."""
    return "\n".join(clean_text(line) for line in text.splitlines()).strip()


def drop_invisible(text: str) -> str:
    """Drop bidi, zero-width and other format characters; the rest, breaks among them, stays."""
    if text.isprintable():
        return text
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def fold_key(text: str) -> str:
    """Give a key to match texts by: no accents, đ as d, no case, dashes and spaces as one space.

    ``Văn hoá – Xã hội`` and ``VĂN HÓA - XÃ HỘI`` have the same key.
    """
    parts = unicodedata.normalize("NFD", clean_text(text).casefold().translate(_D_LETTERS))
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return _DASHES_AND_SPACES.sub(" ", bare).strip()


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month <= _MONTHS_TO_PAD else str(day.month)


def _printable(char: str) -> str:
    if char in _LINE_BREAKS or unicodedata.category(char).startswith("Z"):
        return " "
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Co"} else char
