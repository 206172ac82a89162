"""The page of one unit for the officer: what it owes, its letters and why, its history."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from portal.board import plan_of
from portal.desk import DeskOf
from portal.officers import OfficerOf
from services.boards import read_board
from services.portal_overviews import read_history, read_letters
from services.reminders import explain_unit


def unit_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/ke-hoach/{plan_id}/don-vi/{unit_id}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/ke-hoach/{plan_id}/don-vi/{unit_id}")
    def show_unit(
        *, request: Request, plan_id: str, unit_id: str, desk: DeskOf, _: OfficerOf
    ) -> Response:
        plan = plan_of(desk, plan_id)
        unit = next((u for u in plan.dossier.units.units if u.id == unit_id), None)
        if unit is None:
            raise HTTPException(404, "Kế hoạch không có đơn vị này.")
        board = read_board(desk.engine, plan_id, calendar=desk.calendar, as_of=desk.now)
        reasons = explain_unit(
            desk.engine, commune=desk.commune, unit_id=unit_id, policy=desk.policy,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        context = {
            "plan": plan,
            "unit": unit,
            "rows": [row for row in board.rows if row.unit_id == unit_id],
            "names": {row.obligation_id: row.product for row in board.rows},
            "reasons": {id_: why for id_, why in reasons.items() if id_.startswith(f"{plan_id}/")},
            "letters": read_letters(desk.engine, plan=plan, unit_id=unit_id),
            "history": read_history(desk.engine, plan=plan, unit_id=unit_id),
            "now": desk.now,
        }
        return templates.TemplateResponse(request, "portal/unit.html.j2", context)

    return router
