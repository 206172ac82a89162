"""The mailbox page: every letter the loopback catcher kept, shown without trusting it."""

import re
from collections.abc import Sequence
from datetime import date
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

import nh3
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from adapters.mail_store import (
    StoredLetter,
    StoredLetterDetail,
    fold,
    list_letters,
    read_letter,
    read_part,
)
from models.errors import UsageError
from models.letters import LetterKind
from models.values import Value

PREFIX = "/hop-thu"
PAGE_LETTERS = 100
_KILO = 1024
DEFAULT_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TABS = {"html": "Bản trình bày", "van-ban": "Văn bản", "nguon": "Nguồn"}
KIND_LABELS = {
    LetterKind.ASSIGNMENT: ("Giao nhiệm vụ", "info"),
    LetterKind.REMIND_EARLY: ("Nhắc hạn", "info"),
    LetterKind.REMIND_SOON: ("Nhắc hạn", "info"),
    LetterKind.REMIND_TOMORROW: ("Nhắc hạn", "warn"),
    LetterKind.REMIND_TODAY: ("Đến hạn hôm nay", "warn"),
    LetterKind.OVERDUE_FIRST: ("Quá hạn", "bad"),
    LetterKind.OVERDUE_AGAIN: ("Quá hạn", "bad"),
    LetterKind.HEAD_INFORMED: ("Báo người đứng đầu", "bad"),
    LetterKind.LEADER_INFORMED: ("Báo cáo lãnh đạo", "bad"),
    LetterKind.RECEIPT: ("Đã tiếp nhận", "ok"),
    LetterKind.RESEND: ("Đề nghị gửi lại", "warn"),
    LetterKind.RETURNED: ("Trả lại để bổ sung", "warn"),
    LetterKind.ACCEPTED: ("Đã chấp nhận", "ok"),
    LetterKind.BULLETIN: ("Bản tin tuần", "mute"),
    LetterKind.FOR_DECISION: ("Trình duyệt", "info"),
    LetterKind.DECISION: ("Kết quả duyệt", "info"),
    LetterKind.DISPATCH: ("Gửi báo cáo", "ok"),
    LetterKind.EXTENSION: ("Gia hạn", "info"),
    LetterKind.CLOSING: ("Kết thúc", "mute"),
}
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_HREF = re.compile(r'<a\b[^>]*?\bhref="(https?://[^"]+)"', re.IGNORECASE)
_STYLES = {
    *("background", "background-color", "color", "display", "height", "width", "max-width"),
    *("border", "border-bottom", "border-collapse", "border-left", "border-radius"),
    *("border-right", "border-top", "line-height", "text-align", "text-decoration"),
    *("font-family", "font-size", "font-style", "font-weight", "vertical-align", "white-space"),
    *("margin", "margin-bottom", "margin-left", "margin-right", "margin-top"),
    *("padding", "padding-bottom", "padding-left", "padding-right", "padding-top"),
}
_ATTRIBUTES = {"*": {"style", "align", "width", "colspan", "rowspan"}, "a": {"href"}}
_FRAME_PAGE = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Nội dung thư</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>body{margin:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}</style>"
    "</head><body>{{letter}}</body></html>"
)
_FRAME_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class DayOfLetters(Value):
    """The letters of one day, newest first."""

    label: str
    letters: tuple[StoredLetter, ...]


def mailbox_routes(
    folder: Path, templates: Jinja2Templates, *, zone: ZoneInfo = DEFAULT_ZONE
) -> APIRouter:
    """Return the routes of the mailbox page over the catcher's folder, under ``/hop-thu``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    _add_list(router, folder, templates, zone=zone)
    _add_letter(router, folder, templates, zone=zone)
    _add_contents(router, folder)
    return router


def _add_list(
    router: APIRouter, folder: Path, templates: Jinja2Templates, *, zone: ZoneInfo
) -> None:
    @router.get("")
    def show_list(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        trang: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        letters = find_letters(list_letters(folder), q)
        start = (trang - 1) * PAGE_LETTERS
        page = letters[start : start + PAGE_LETTERS]
        context = {
            "q": q,
            "trang": trang,
            "total": len(letters),
            "has_more": start + PAGE_LETTERS < len(letters),
            "days": group_by_day(page, zone),
            "zone": zone,
            "kinds": KIND_LABELS,
        }
        return templates.TemplateResponse(request, "portal/mailbox_list.html.j2", context)


def _add_letter(
    router: APIRouter, folder: Path, templates: Jinja2Templates, *, zone: ZoneInfo
) -> None:
    @router.get("/{letter_id}")
    def show_letter(request: Request, letter_id: str, xem: str = "") -> Response:
        detail = _read_or_404(folder, letter_id)
        tab = xem if xem in TABS else "html" if detail.html else "van-ban"
        context = {
            "detail": detail,
            "letter": detail.letter,
            "tab": tab,
            "tabs": TABS,
            "links": links_of(detail.html),
            "day": day_label(detail.letter.received_at.astimezone(zone).date()),
            "zone": zone,
            "kinds": KIND_LABELS,
            "size_label": size_label,
        }
        return templates.TemplateResponse(request, "portal/mailbox_letter.html.j2", context)


def _add_contents(router: APIRouter, folder: Path) -> None:
    @router.get("/{letter_id}/noi-dung")
    def show_body(letter_id: str) -> Response:
        cleaned = clean_html(_read_or_404(folder, letter_id).html)
        return HTMLResponse(_FRAME_PAGE.replace("{{letter}}", cleaned), headers=_FRAME_HEADERS)

    @router.get("/{letter_id}/tep/{number}")
    def download_part(letter_id: str, number: int) -> Response:
        try:
            part = read_part(folder, letter_id, number)
        except UsageError as error:
            raise HTTPException(404, str(error)) from error
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(part.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(part.content, media_type="application/octet-stream", headers=headers)


def find_letters(letters: Sequence[StoredLetter], query: str) -> tuple[StoredLetter, ...]:
    """Return the letters that hold every word of the query, without regard to diacritics."""
    words = fold(query).split()
    return tuple(letter for letter in letters if all(word in letter.words for word in words))


def group_by_day(letters: Sequence[StoredLetter], zone: ZoneInfo) -> tuple[DayOfLetters, ...]:
    """Return the letters in runs of the same local day, in the order given."""
    runs = groupby(letters, key=lambda letter: letter.received_at.astimezone(zone).date())
    return tuple(DayOfLetters(label=day_label(day), letters=tuple(run)) for day, run in runs)


def day_label(day: date) -> str:
    """Return the day as letters write it: thứ Hai, ngày 22/6/2026 (domain.md 4.1 rule 5)."""
    month = f"{day.month:02d}" if day.month <= 2 else f"{day.month}"  # noqa: PLR2004 - NĐ30: 01, 02
    return f"{_WEEKDAYS[day.weekday()]}, ngày {day.day:02d}/{month}/{day.year}"


def size_label(octets: int) -> str:
    """Return a file size as Vietnamese readers write it: 23,5 KB."""
    if octets < _KILO:
        return f"{octets} byte"
    kilos = octets / _KILO
    return (f"{kilos:.1f} KB" if kilos < _KILO else f"{kilos / _KILO:.1f} MB").replace(".", ",")


def clean_html(html: str) -> str:
    """Return the letter's HTML without scripts, forms, remote pictures or foreign schemes."""
    return nh3.clean(
        html,
        attributes=_ATTRIBUTES,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def links_of(html: str) -> tuple[str, ...]:
    """Return the web links of a letter, each once: the frame itself opens none."""
    return tuple(dict.fromkeys(unescape(link) for link in _HREF.findall(clean_html(html))))


def _read_or_404(folder: Path, letter_id: str) -> StoredLetterDetail:
    try:
        return read_letter(folder, letter_id)
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
