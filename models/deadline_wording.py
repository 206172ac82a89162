"""Deadlines as officials word them, read into what they mean (domain.md 5.5)."""

import re
import unicodedata
from datetime import date, time

from models.deadlines import Anchor, Deadline, DeadlineKind

WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")

_HOUR = r"(?:(?P<hour>\d{1,2})\s*(?:giờ|h|g|:)\s*(?P<minute>\d{2})?\s*(?:phút)?[\s,]*)?"
_WEEKDAY = rf"(?:(?P<weekday>{'|'.join(WEEKDAYS)}|cn)[\s,(]*)?"
_DATE = (
    r"(?:(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>\d{4})"
    r"|(?P<dw>\d{1,2})\s+tháng\s+(?P<mw>\d{1,2})\s+năm\s+(?P<yw>\d{4}))\)?"
)
_DAY = rf"{_WEEKDAY}(?:ngày\s+)?{_DATE}"
_DAYS = r"(?P<days>\d{1,3})\s*(?:\([^)]*\)\s*)?ngày(?P<working>\s+làm\s+việc)?"
_ANCHOR = r"(?:[\s,]+(?:kể\s+)?từ\s+(?:ngày|khi)\s+(?P<anchor>.+))?"

_BEFORE = re.compile(rf"trước\s+{_HOUR}{_DAY}")
_BY_END = re.compile(rf"(?:chậm\s+nhất(?:\s+là)?|(?:đến\s+)?hết|trong)\s+(?:vào\s+)?{_HOUR}{_DAY}")
_MONTH = re.compile(
    r"(?:trong|(?:đến\s+)?hết)\s+tháng\s+(?P<m>\d{1,2})(?:\s*[/.-]\s*|\s+năm\s+)(?P<y>\d{4})"
)
_WITHIN = re.compile(rf"(?:trong\s+(?:thời\s+hạn|vòng)|chậm\s+nhất(?:\s+là)?)\s+{_DAYS}{_ANCHOR}")
_ANCHORS = (
    (re.compile(r"(?:kế\s+hoạch\s+(?:được\s+)?)?ban\s+hành"), Anchor.ISSUED),
    (re.compile(r"(?:được\s+)?giao"), Anchor.OPENED),
    (re.compile(r"nhận(?:\s+được)?"), Anchor.RECEIVED),
)


def parse_deadline(wording: str) -> Deadline:
    """Read a Vietnamese deadline phrase into a Deadline that keeps the phrase as its wording.

    "trước 17 giờ 00 ngày D" binds the hour, not the day, so D itself is still valid until then;
    "trước ngày D" excludes D. A period without "kể từ ngày ..." has no anchor.

    Raises:
        ValueError: the wording is unknown, or its day, hour or weekday cannot exist.
    """
    kept = unicodedata.normalize("NFC", wording).strip()
    text = re.sub(r"\s+", " ", kept).casefold().rstrip(" .;,")
    if found := _BEFORE.fullmatch(text):
        at = _hour_in(found, kept)
        kind = DeadlineKind.BEFORE if at is None else DeadlineKind.BY_END_OF
        return Deadline(wording=kept, kind=kind, day=_day_in(found, kept), at=at)
    if found := _BY_END.fullmatch(text):
        day, at = _day_in(found, kept), _hour_in(found, kept)
        return Deadline(wording=kept, kind=DeadlineKind.BY_END_OF, day=day, at=at)
    if found := _MONTH.fullmatch(text):
        first = _existing_day(int(found["y"]), int(found["m"]), 1, wording=kept)
        return Deadline(wording=kept, kind=DeadlineKind.IN_MONTH, day=first)
    if found := _WITHIN.fullmatch(text):
        return _period(found, kept)
    raise ValueError(
        f"Không hiểu thời hạn “{kept}”. Viết theo một trong các dạng: “trước ngày 30/6/2026”, "
        "“chậm nhất 17 giờ 00 ngày 22/6/2026”, “đến hết ngày 22/6/2026”, “trong tháng 6/2026”, "
        "“trong thời hạn 5 ngày làm việc kể từ ngày ban hành”."
    )


def _period(found: re.Match[str], wording: str) -> Deadline:
    days = int(found["days"])
    if days == 0:
        raise ValueError(f"Thời hạn “{wording}” phải có ít nhất 01 ngày.")
    return Deadline(
        wording=wording,
        kind=DeadlineKind.WITHIN,
        days=days,
        working_days=found["working"] is not None,
        anchor=_anchor_in(found["anchor"], wording),
    )


def _anchor_in(text: str | None, wording: str) -> Anchor | None:
    if text is None:
        return None
    for pattern, anchor in _ANCHORS:
        if pattern.match(text):
            return anchor
    raise ValueError(
        f"Không hiểu mốc “kể từ ngày {text}” trong thời hạn “{wording}”. "
        "Dùng “ngày ban hành”, “ngày giao” hoặc “ngày nhận được”."
    )


def _hour_in(found: re.Match[str], wording: str) -> time | None:
    if found["hour"] is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if (hour, minute) == (24, 0):
        return time(23, 59, 59)  # midnight closes the day named, it does not open the next one
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"Giờ trong thời hạn “{wording}” không tồn tại.") from None


def _day_in(found: re.Match[str], wording: str) -> date:
    digits = (found["y"] or found["yw"], found["m"] or found["mw"], found["d"] or found["dw"])
    year, month, number = map(int, digits)
    day = _existing_day(year, month, number, wording=wording)
    said = found["weekday"]
    true = WEEKDAYS[day.weekday()]
    if said is not None and {"cn": "chủ nhật"}.get(said, said) != true:
        raise ValueError(
            f"Thời hạn “{wording}” mâu thuẫn: ngày {day.day}/{day.month}/{day.year} là {true}."
        )
    return day


def _existing_day(year: int, month: int, number: int, *, wording: str) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise ValueError(
            f"Ngày trong thời hạn “{wording}” không tồn tại, đề nghị kiểm tra lại."
        ) from None
