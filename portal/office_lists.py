"""Two lists of the office: requests for more time, and the journal with the state of its chain."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from models.journal import JournalEntry
from portal.desk import DeskOf
from portal.officers import OfficerOf
from portal.review_pages import item_path
from services.accounts import find_accounts
from services.desk import Desk
from services.extension_queue import read_requests
from services.journal import read_journal, verify
from services.plans import find_plans
from services.portal_overviews import read_history
from services.review_items import read_own_journal, read_review_item

NEWEST = 200
PAGE = "portal/journal.html.j2"
Checks = Annotated[str, Query(max_length=4)]


def office_list_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/gia-han`` and ``/nhat-ky``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/gia-han")
    def show_requests(request: Request, desk: DeskOf, _: OfficerOf) -> Response:
        found = read_requests(desk.engine, commune=desk.commune)
        context = {"requests": found, "item_path": item_path, "now": desk.now}
        return templates.TemplateResponse(request, "portal/extensions.html.j2", context)

    _add_journal(router, templates)
    return router


def _add_journal(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.get("/nhat-ky")
    def show_newest(
        request: Request, desk: DeskOf, _: OfficerOf, kiem_tra: Checks = ""
    ) -> Response:
        entries = read_journal(desk.engine, commune=desk.commune, limit=NEWEST)
        context = _journal(desk, tuple(reversed(entries)), checks=bool(kiem_tra)) | {
            "title": f"Nhật ký ({NEWEST} việc mới nhất)"
        }
        return templates.TemplateResponse(request, PAGE, context)

    @router.get("/nhat-ky/viec/{obligation_id:path}")
    def show_item(
        *, request: Request, obligation_id: str, desk: DeskOf, _: OfficerOf, kiem_tra: Checks = ""
    ) -> Response:
        item = read_review_item(
            desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
        entries = read_own_journal(desk.engine, obligation_id, commune=desk.commune)
        context = _journal(desk, entries, checks=bool(kiem_tra)) | {
            "title": f"Nhật ký: {item.unit.name}, {item.task.product}"
        }
        return templates.TemplateResponse(request, PAGE, context)

    @router.get("/nhat-ky/don-vi/{unit_id}")
    def show_unit(
        *, request: Request, unit_id: str, desk: DeskOf, _: OfficerOf, kiem_tra: Checks = ""
    ) -> Response:
        plans = find_plans(desk.engine, commune=desk.commune)
        names = {u.id: u.name for plan in plans for u in plan.dossier.units.units}
        found = [e for p in plans for e in read_history(desk.engine, plan=p, unit_id=unit_id)]
        entries = sorted({e.seq: e for e in found}.values(), key=lambda e: -e.seq)
        context = _journal(desk, entries, checks=bool(kiem_tra)) | {
            "title": f"Nhật ký: {names.get(unit_id, unit_id)}"
        }
        return templates.TemplateResponse(request, PAGE, context)


def _journal(desk: Desk, entries: Sequence[JournalEntry], *, checks: bool) -> dict[str, object]:
    """Return the entries with the state of the chain, which is gone through only when asked."""
    newest = read_journal(desk.engine, commune=desk.commune, limit=1)
    return {
        "entries": entries,
        "breaks": verify(desk.engine, commune=desk.commune) if checks else None,
        "head": newest[-1] if newest else None,
        "people": {a.id: a.name for a in find_accounts(desk.engine, commune=desk.commune)},
        "now": desk.now,
    }
