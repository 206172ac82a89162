"""The mailbox page: every letter the loopback catcher kept, shown without trusting it."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from adapters.mail_contents import read_letter, read_part, read_source
from adapters.mail_store import StoredLetter, list_letters
from models.errors import UsageError
from models.vietnamese import local
from portal.desk import DeskOf
from portal.downloads import download
from portal.mail_reading import clean_html, group_by_day, kind_label, links_of
from portal.mail_search import SoughtOf, choices_of, find_letters
from portal.officers import require
from portal.pages import CONTENT_SECURITY_POLICY
from services.desk import Desk
from services.threads import Conversation, read_conversations

PREFIX = "/hop-thu"
PAGE_LETTERS = 100
THREAD_LETTERS = 50
HTML, TEXT, THREAD, SOURCE = "html", "van-ban", "chuoi", "nguon"
TABS = {HTML: "Bản trình bày", TEXT: "Văn bản", THREAD: "Chuỗi thư", SOURCE: "Nguồn"}
_FRAME_PAGE = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Nội dung thư</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>body{margin:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}</style>"
    "</head><body>{{letter}}</body></html>"
)
_FRAME_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PAGE_HEADERS = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}
_WORDS: dict[str, object] = {"kind_label": kind_label, "local": local}


def mailbox_routes(folder: Path, templates: Jinja2Templates) -> APIRouter:
    """Return the routes of the mailbox page over the catcher's folder, under ``/hop-thu``."""
    # Its letters hold the links by which units and leaders act: nobody else may read them.
    router = APIRouter(
        prefix=PREFIX, default_response_class=HTMLResponse, dependencies=[Depends(require())]
    )
    _add_list(router, folder, templates)
    _add_letter(router, folder, templates)
    _add_contents(router, folder)
    return router


def _add_list(router: APIRouter, folder: Path, templates: Jinja2Templates) -> None:
    @router.get("")
    def show_list(
        request: Request,
        desk: DeskOf,
        sought: SoughtOf,
        trang: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        letters, conversations = list_letters(folder), _conversations(desk)
        found = find_letters(letters, sought, conversations=conversations)
        start = (trang - 1) * PAGE_LETTERS
        context = _WORDS | {
            "sought": sought,
            "trang": trang,
            "total": len(found),
            "has_more": start + PAGE_LETTERS < len(found),
            "days": group_by_day(found[start : start + PAGE_LETTERS]),
            "conversations": conversations,
            "choices": choices_of(letters, conversations),
        }
        return templates.TemplateResponse(request, "portal/mailbox_list.html.j2", context)


def _add_letter(router: APIRouter, folder: Path, templates: Jinja2Templates) -> None:
    @router.get("/{letter_id}")
    def show_letter(
        *, request: Request, letter_id: str, desk: DeskOf, sought: SoughtOf, xem: str = ""
    ) -> Response:
        detail = read_letter(folder, letter_id)
        letters, conversations = list_letters(folder), _conversations(desk)
        thread = _thread_of(detail.letter, letters)
        tab = xem if xem in TABS else HTML if detail.html else TEXT
        newer, older = _neighbours(
            detail.letter, find_letters(letters, sought, conversations=conversations)
        )
        context = _WORDS | {
            "sought": sought,
            "detail": detail,
            "letter": detail.letter,
            "conversation": conversations.get(detail.letter.thread),
            "tab": tab,
            "tabs": TABS,
            "thread": thread,
            "texts": _texts(folder, thread) if tab == THREAD else {},
            "links": links_of(detail.html) if tab == HTML else (),
            "newer": newer,
            "older": older,
        }
        return templates.TemplateResponse(
            request, "portal/mailbox_letter.html.j2", context, headers=_PAGE_HEADERS
        )


def _add_contents(router: APIRouter, folder: Path) -> None:
    @router.get("/{letter_id}/noi-dung")
    def show_body(letter_id: str) -> Response:
        cleaned = clean_html(read_letter(folder, letter_id).html)
        return HTMLResponse(_FRAME_PAGE.replace("{{letter}}", cleaned), headers=_FRAME_HEADERS)

    @router.get("/{letter_id}/tep/{number}")
    def download_part(letter_id: str, number: int) -> Response:
        part = read_part(folder, letter_id, number)
        return download(part.content, name=part.name)

    @router.get("/{letter_id}/thu.eml")
    def download_letter(letter_id: str) -> Response:
        return download(read_source(folder, letter_id), name=f"{letter_id}.eml")


def _conversations(desk: Desk) -> dict[str, Conversation]:
    return read_conversations(desk.engine, desk.letterhead, commune=desk.commune)


def _thread_of(letter: StoredLetter, letters: Sequence[StoredLetter]) -> tuple[StoredLetter, ...]:
    """The newest letters of the conversation, the oldest of them first."""
    same = [one for one in letters if one.thread == letter.thread and one.thread]
    return tuple(reversed(same[:THREAD_LETTERS]))


def _texts(folder: Path, thread: Sequence[StoredLetter]) -> dict[str, str]:
    """What each letter says; one that was put away meanwhile says nothing."""
    texts = {}
    for letter in thread:
        with suppress(UsageError, OSError):
            texts[letter.id] = read_letter(folder, letter.id).text
    return texts


def _neighbours(
    letter: StoredLetter, found: Sequence[StoredLetter]
) -> tuple[StoredLetter | None, StoredLetter | None]:
    """The next newer and the next older of the letters found."""
    newer = next((one for one in reversed(found) if one.number > letter.number), None)
    older = next((one for one in found if one.number < letter.number), None)
    return newer, older
