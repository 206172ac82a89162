"""The page of one figure of the report: what it comes from, and the sum made anew."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from models.submissions import Channel
from portal.board import plan_of
from portal.desk import DeskOf
from portal.officers import OfficerOf
from portal.reports import PREFIX, report_of
from services.report_traces import trace_figure

FIGURE = "/{plan_id}/bao-cao/{version}/so-lieu/{reference:path}"
MOST_SOURCES = 500  # a page of more is not read
CHANNELS = {Channel.PORTAL: "trang web", Channel.MAIL: "thư", Channel.ENTERED: "nhập thay"}


def report_trace_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/ke-hoach/{plan_id}/bao-cao/{version}/so-lieu/{reference}``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    @router.get(FIGURE)
    def show_figure(
        request: Request, *, plan_id: str, version: int, reference: str, desk: DeskOf, _: OfficerOf
    ) -> Response:
        plan = plan_of(desk, plan_id)
        report = report_of(desk, plan, version)
        context = {
            "plan": plan,
            "report": report,
            "figure": trace_figure(desk.engine, plan_id, reference, version=version),
            "channels": CHANNELS,
            "most": MOST_SOURCES,
        }
        return templates.TemplateResponse(request, "portal/report_figure.html.j2", context)

    return router
