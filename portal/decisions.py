"""The page of a draft for those who answer for it: sign-offs, then the decision, on that text."""

from enum import StrEnum

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.ledger import PlanRecord
from adapters.rule_sets import read_rule_set
from models.errors import RefusedError
from models.units import ContactRole
from models.values import Value
from models.vietnamese import paragraphs
from portal.board import plan_of
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.posted import FormInput, PostedOf
from portal.reports import report_context, report_of, send_file
from portal.visitors import PAGE, READ, Visitor, VisitorOf
from services.decision_requests import ask_if_signed_off
from services.decisions import Verdict, decide, may_decide
from services.desk import Desk
from services.plans import find_active_plans
from services.report_records import ReportRecord, find_report
from services.sign_offs import SignOffKind, answerable_unit, sign_off_content, sign_off_form

DECIDE = PAGE + "/bao-cao/{plan_id}"
VERDICT, VERSION, SHA256, COMMENT = "quyet_dinh", "lan", "ma_noi_dung", "y_kien"


class Part(StrEnum):
    """What a visitor may do with a draft."""

    DECIDE = "decide"
    CONTENT = "content"
    FORM = "form"
    READ = "read"  # a leader who passed it on, or whose substitute decides


class Awaited(Value):
    """A report that waits for the visitor, or did."""

    plan_id: str
    plan_name: str
    report: ReportRecord
    part: Part


def decision_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/dv/{who}/bao-cao/{plan_id}`` for those who answer for the report."""
    router = APIRouter(default_response_class=HTMLResponse)

    def page(request: Request, desk: Desk, visitor: Visitor, plan: PlanRecord) -> Response:
        report = report_of(desk, plan)
        context = report_context(desk, plan, report) | {
            "visitor": visitor,
            "csrf_field": CSRF_FIELD,
            "part": part_of(desk, visitor, plan, report),
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/decision.html.j2", context)

    @router.api_route(DECIDE, methods=READ)
    def show_draft(request: Request, plan_id: str, desk: DeskOf, visitor: VisitorOf) -> Response:
        return page(request, desk, visitor, own_plan(desk, visitor, plan_id))

    @router.api_route(DECIDE + "/tep/{version}/{name}", methods=READ)
    def download_draft(
        *, plan_id: str, version: int, name: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        plan = own_plan(desk, visitor, plan_id)
        return send_file(desk, report_of(desk, plan, version), name)

    @router.post(DECIDE)
    def take_part(
        *, posted: PostedOf, request: Request, plan_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        plan = own_plan(desk, visitor, plan_id)
        if not _take(desk, visitor, plan, posted.input):
            return page(request, desk, visitor, plan)  # done before: 200, and the page says when
        return RedirectResponse(f"{visitor.page}/bao-cao/{plan_id}", 303)

    return router


def own_plan(desk: Desk, visitor: Visitor, plan_id: str) -> PlanRecord:
    """Return the plan when the visitor has a part in its report.

    Raises:
        HTTPException: 404, anyone else asks; the page does not exist for them.
    """
    plan = plan_of(desk, plan_id)
    report = find_report(desk.engine, plan.id)
    if part_of(desk, visitor, plan, report) is None:
        raise HTTPException(404)
    return plan


def part_of(
    desk: Desk, visitor: Visitor, plan: PlanRecord, report: ReportRecord | None
) -> Part | None:
    """What the visitor may do with the report; None for those it does not concern."""
    day = desk.calendar.day_of(desk.now)
    if report is not None and may_decide(desk.engine, plan, report, by=visitor.contact_id, on=day):
        return Part.DECIDE
    role = visitor.resident.contact.role
    if visitor.unit_id == plan.dossier.plan.authority and role is not ContactRole.CONTACT:
        return Part.READ
    for kind in SignOffKind:
        if visitor.is_head and answerable_unit(plan, kind) == visitor.unit_id:
            return Part(kind.value)
    return None


def find_awaited(desk: Desk, visitor: Visitor) -> tuple[Awaited, ...]:
    """Return the newest reports of the plans in which the visitor has a part."""
    plans = find_active_plans(desk.engine, commune=desk.commune)
    found = [(plan, find_report(desk.engine, plan.id)) for plan in plans]
    return tuple(
        Awaited(
            plan_id=plan.id, plan_name=f"Kế hoạch {plan.dossier.plan.campaign_short}",
            report=report, part=part,
        )
        for plan, report in found
        if report is not None
        for part in (part_of(desk, visitor, plan, report),)
        if part is not None
    )  # fmt: skip


def _take(desk: Desk, visitor: Visitor, plan: PlanRecord, given: FormInput) -> bool:
    if given.one(VERDICT) in set(SignOffKind):
        must_name_version(given)
        return _sign_off(desk, visitor, plan, given, kind=SignOffKind(given.one(VERDICT)))
    return take_verdict(desk, plan, given, by=visitor.contact_id)


def take_verdict(desk: Desk, plan: PlanRecord, given: FormInput, *, by: str) -> bool:
    """Record the decision that a form names, on the text it was made from; False: it stands.

    Raises:
        RefusedError: the form names no version or no verdict, or the person may not decide so.
        ConflictError: the text is another, or another decision stands.
    """
    version, said = must_name_version(given), given.one(VERDICT)
    if said not in set(Verdict):
        raise RefusedError("Hãy chọn Phê duyệt, Trả lại hoặc Chuyển xin ý kiến Chủ tịch.")
    return decide(
        desk.engine, plan.id, version=version, sha256_prefix=given.one(SHA256),
        verdict=Verdict(said), by=by, now=desk.now, calendar=desk.calendar,
        comment=paragraphs(given.one(COMMENT)),
    )  # fmt: skip


def must_name_version(given: FormInput) -> int:
    """Return the version that a form was made from.

    Raises:
        RefusedError: it names none.
    """
    version = given.one(VERSION)
    if not (version.isdecimal() and len(version) < 6):  # noqa: PLR2004 - a version
        raise RefusedError("Hãy mở lại trang dự thảo rồi chọn.")
    return int(version)


def _sign_off(
    desk: Desk, visitor: Visitor, plan: PlanRecord, given: FormInput, *, kind: SignOffKind
) -> bool:
    if part_of(desk, visitor, plan, find_report(desk.engine, plan.id)) != Part(kind.value):
        raise HTTPException(404)
    who = f"{visitor.name}, {visitor.resident.unit.name}"
    version, seen, said = int(given.one(VERSION)), given.one(SHA256), given.one(COMMENT)
    if kind is SignOffKind.CONTENT:
        changed = sign_off_content(
            desk.engine, plan.id, version=version, sha256_prefix=seen, by=who, now=desk.now,
            note=said,
        )  # fmt: skip
    else:
        changed = sign_off_form(
            desk.engine, plan.id, version=version, sha256_prefix=seen, by=who, now=desk.now,
            note=said, rules=read_rule_set(), blobs=desk.blobs,
        )  # fmt: skip
    ask_if_signed_off(desk.engine, plan.id, calendar=desk.calendar, now=desk.now)
    return changed
