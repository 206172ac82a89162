"""Two lists of the office: requests for more time, and the journal with the state of its chain."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

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


def office_list_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/gia-han`` and ``/nhat-ky``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/gia-han")
    def show_requests(request: Request, desk: DeskOf, _: OfficerOf) -> Response:
        found = read_requests(desk.engine, commune=desk.commune)
        context = {"requests": found, "item_path": item_path, "now": desk.now}
        return templates.TemplateResponse(request, "portal/extensions.html.j2", context)

    def page(
        request: Request, desk: Desk, *, title: str, entries: object, checks: bool
    ) -> Response:
        context = {
            "title": title,
            "entries": entries,
            "breaks": verify(desk.engine, commune=desk.commune) if checks else None,
            "head": next(reversed(read_journal(desk.engine, commune=desk.commune, limit=1)), None),
            "people": {a.id: a.name for a in find_accounts(desk.engine, commune=desk.commune)},
            "now": desk.now,
        }
        return templates.TemplateResponse(request, "portal/journal.html.j2", context)

    @router.get("/nhat-ky")
    def show_newest(
        request: Request,
        desk: DeskOf,
        _: OfficerOf,
        kiem_tra: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        entries = reversed(read_journal(desk.engine, commune=desk.commune, limit=NEWEST))
        title = f"Nhật ký ({NEWEST} việc mới nhất)"
        return page(request, desk, title=title, entries=list(entries), checks=bool(kiem_tra))

    @router.get("/nhat-ky/viec/{obligation_id:path}")
    def show_item(
        *,
        request: Request,
        obligation_id: str,
        desk: DeskOf,
        _: OfficerOf,
        kiem_tra: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        item = read_review_item(
            desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
        entries = read_own_journal(desk.engine, obligation_id, commune=desk.commune)
        title = f"Nhật ký: {item.unit.name}, {item.task.product}"
        return page(request, desk, title=title, entries=entries, checks=bool(kiem_tra))

    @router.get("/nhat-ky/don-vi/{unit_id}")
    def show_unit(
        *,
        request: Request,
        unit_id: str,
        desk: DeskOf,
        _: OfficerOf,
        kiem_tra: Annotated[str, Query(max_length=4)] = "",
    ) -> Response:
        plans = find_plans(desk.engine, commune=desk.commune)
        names = {u.id: u.name for plan in plans for u in plan.dossier.units.units}
        found = [e for p in plans for e in read_history(desk.engine, plan=p, unit_id=unit_id)]
        entries = sorted({e.seq: e for e in found}.values(), key=lambda e: -e.seq)
        title = f"Nhật ký: {names.get(unit_id, unit_id)}"
        return page(request, desk, title=title, entries=entries, checks=bool(kiem_tra))

    return router
