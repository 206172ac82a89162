"""The leader's page: the newest draft as it will go out, and a decision on exactly that text."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.ledger import PlanRecord
from models.errors import RefusedError
from portal.answers import paragraphs
from portal.board import plan_of
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.personal import READ
from portal.posted import FormInput, PostedOf
from portal.reports import report_context, report_of, send_file
from portal.visitors import Visitor, VisitorOf
from services.decisions import Verdict, decide
from services.desk import Desk

DECIDE = "/d/{link}/bao-cao/{plan_id}"
VERDICT, VERSION, SHA256, COMMENT = "quyet_dinh", "lan", "ma_noi_dung", "y_kien"


def decision_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/d/{link}/bao-cao/{plan_id}`` for the leader of the plan's authority."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(DECIDE, methods=READ)
    def show_draft(request: Request, plan_id: str, desk: DeskOf, visitor: VisitorOf) -> Response:
        plan = led_plan(desk, visitor, plan_id)
        context = report_context(desk, plan, report_of(desk, plan)) | {
            "visitor": visitor,
            "csrf_field": CSRF_FIELD,
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/decision.html.j2", context)

    @router.api_route(DECIDE + "/tep/{version}/{name}", methods=READ)
    def download_draft(
        *, plan_id: str, version: int, name: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        plan = led_plan(desk, visitor, plan_id)
        return send_file(desk, report_of(desk, plan, version), name)

    @router.post(DECIDE)
    def take_decision(plan_id: str, desk: DeskOf, visitor: VisitorOf, posted: PostedOf) -> Response:
        led_plan(desk, visitor, plan_id)
        _decide(desk, visitor, plan_id, posted.input)
        return RedirectResponse(f"{visitor.page}/bao-cao/{plan_id}", 303)

    return router


def led_plan(desk: Desk, visitor: Visitor, plan_id: str) -> PlanRecord:
    """Return the plan when the visitor is the head of its authority.

    Raises:
        HTTPException: 404, anyone else asks; the page does not exist for them.
    """
    plan = plan_of(desk, plan_id)
    if not visitor.is_head or plan.dossier.plan.authority != visitor.unit_id:
        raise HTTPException(404)
    return plan


def _decide(desk: Desk, visitor: Visitor, plan_id: str, given: FormInput) -> None:
    version, verdict = given.one(VERSION), given.one(VERDICT)
    if verdict not in set(Verdict) or not (version.isdecimal() and len(version) < 6):  # noqa: PLR2004 - a version
        raise RefusedError("Hãy chọn Phê duyệt hoặc Trả lại trên trang dự thảo.")
    decide(
        desk.engine,
        plan_id,
        version=int(version),
        sha256_prefix=given.one(SHA256),
        verdict=Verdict(verdict),
        by=visitor.name,
        now=desk.now,
        calendar=desk.calendar,
        comment=paragraphs(given.one(COMMENT)),
    )
