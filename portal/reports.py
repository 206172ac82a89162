"""The page of the final report: its text, its decision, its files, and where figures come from."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.ledger import PlanRecord
from models.accounts import Role
from models.indicators import Indicator
from models.linked_documents import linked
from models.report_annexes import coverage_table
from models.totals import Source, Total, Totals, trace
from models.values import Value
from portal.board import plan_of
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.downloads import download
from portal.officers import Officer, OfficerOf
from services.decisions import may_pass_on, why_not
from services.desk import Desk
from services.dispatch_packages import find_packages
from services.portal_overviews import find_files
from services.report_differences import find_difference
from services.report_texts import decision_text
from services.reports import ReportRecord, find_report
from services.sign_offs import WORDS, find_sign_offs
from services.signed_files import find_signed

PREFIX = "/ke-hoach"
NO_CONTACT = (
    "Tài khoản này chưa gắn với đầu mối của lãnh đạo nên chưa quyết định được tại đây. Hãy quyết "
    "định bằng đường dẫn riêng trong thư trình, hoặc đề nghị quản trị chạy lệnh "
    "dondoc account contact."
)


class Trace(Value):
    """One figure with the places it comes from."""

    indicator: Indicator
    total: Total
    sources: tuple[Source, ...]


def report_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes under ``/ke-hoach/{plan_id}/bao-cao``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/ke-hoach/{plan_id}/bao-cao")
    def show_newest(plan_id: str, desk: DeskOf, _: OfficerOf) -> Response:
        version = report_of(desk, plan_of(desk, plan_id)).version
        return RedirectResponse(f"/ke-hoach/{plan_id}/bao-cao/{version}", 303)

    @router.get("/ke-hoach/{plan_id}/bao-cao/{version}")
    def show_report(
        *, request: Request, plan_id: str, version: int, desk: DeskOf, officer: OfficerOf
    ) -> Response:
        plan = plan_of(desk, plan_id)
        report = report_of(desk, plan, version)
        context = report_context(desk, plan, report) | _shown(plan, report) | _office(officer)
        context |= _decision(desk, officer, plan, report)
        return templates.TemplateResponse(request, "portal/report.html.j2", context)

    @router.get("/ke-hoach/{plan_id}/bao-cao/{version}/tep/{name}")
    def download_file(
        *, plan_id: str, version: int, name: str, desk: DeskOf, _: OfficerOf
    ) -> Response:
        return send_file(desk, report_of(desk, plan_of(desk, plan_id), version), name)

    return router


def report_of(desk: Desk, plan: PlanRecord, version: int | None = None) -> ReportRecord:
    """Return a version of the plan's report, the newest by default.

    Raises:
        HTTPException: 404, there is no such version.
    """
    report = find_report(desk.engine, plan.id, version=version)
    if report is None:
        raise HTTPException(404, "Kế hoạch chưa có dự thảo báo cáo này.")
    return report


def report_context(desk: Desk, plan: PlanRecord, report: ReportRecord) -> dict[str, object]:
    """Return what the pages that show a report have in common."""
    return {
        "plan": plan,
        "report": report,
        "document": report.document,
        "coverage": report.content.coverage,
        "decision": decision_text(report),
        "files": find_files(desk.engine, report),
        "traces": traces_of(plan, report.content.totals),
        "unit_names": {unit.id: unit.name for unit in plan.dossier.units.units},
        "changes": find_difference(desk.engine, plan.id, version=report.version),
        "sign_offs": find_sign_offs(desk.engine, report.id),
        "matters": WORDS,
        "signed": find_signed(desk.engine, report.id),
        "packages": find_packages(desk.engine, report.id),
    }


def _shown(plan: PlanRecord, report: ReportRecord) -> dict[str, object]:
    """Return what only the office sees: links behind the figures, and the annex that stays."""
    content = report.content
    return {
        "linked": linked(report.document, content.report.figures),
        "internal": (coverage_table(plan.dossier, content.coverage),),
        "unconfirmed": content.report.unconfirmed,
    }


def _office(officer: Officer) -> dict[str, object]:
    """Return what the office's own form on the page needs."""
    return {"may_act": officer.may(Role.OFFICE), "csrf_field": CSRF_FIELD, "csrf": officer.csrf}


def _decision(
    desk: Desk, officer: Officer, plan: PlanRecord, report: ReportRecord
) -> dict[str, object]:
    """Return what the page of a report shows a leader: the form, or why there is none."""
    newest = find_report(desk.engine, plan.id)
    is_waiting = report.verdict is None and newest is not None and newest.id == report.id
    contact_id = officer.session.account.contact_id
    is_leader = officer.role is Role.LEADER or contact_id is not None
    if not (is_waiting and is_leader and officer.may(Role.LEADER)):
        return {"may_decide": False, "why_not": "", "may_pass_on": False}
    if contact_id is None:
        return {"may_decide": False, "why_not": NO_CONTACT, "may_pass_on": False}
    day = desk.calendar.day_of(desk.now)
    reason = why_not(desk.engine, plan, report, by=contact_id, on=day)
    return {
        "may_decide": not reason,
        "why_not": reason,
        "may_pass_on": may_pass_on(desk.engine, plan, by=contact_id),
    }


def traces_of(plan: PlanRecord, totals: Totals) -> tuple[Trace, ...]:
    """Return the figures that have a source, in the catalogue's order."""
    known = {total.indicator_id: total for total in totals.totals}
    found = (
        Trace(indicator=one, total=known[one.id], sources=trace(totals, one.id))
        for one in plan.dossier.catalogue.indicators
        if one.id in known
    )
    return tuple(one for one in found if one.sources)


def send_file(desk: Desk, report: ReportRecord, name: str) -> Response:
    """Return a file of the report as a download that no browser opens in our place.

    Raises:
        HTTPException: 404, the report has no file of that name.
    """
    file = next((f for f in find_files(desk.engine, report) if f.name == name), None)
    if file is None:
        raise HTTPException(404, "Báo cáo không có tệp này.")
    return download(desk.blobs.get(file.sha256), name=file.name, media_type=file.media_type)
