"""The receipt of what was sent: its code, its hour, its content, and what is still asked about."""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from models.answer_forms import narrative_titles
from models.submissions import FieldValue
from models.validation_shapes import label_of
from models.vietnamese import format_number
from portal.desk import DeskOf
from portal.visitors import PAGE, READ, Visitor, VisitorOf
from services.portal_views import find_findings, read_task, read_version


def receipt_path(visitor: Visitor, obligation_id: str, version: int) -> str:
    """Return the path of the receipt of a version."""
    return f"{visitor.page}/bien-nhan/{version}/{quote(obligation_id)}"


def receipt_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/dv/{who}/bien-nhan/{version}/{obligation_id}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(PAGE + "/bien-nhan/{version}/{obligation_id:path}", methods=READ)
    def show_receipt(
        *, request: Request, version: int, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        task = read_task(
            desk.engine, obligation_id, unit_id=visitor.unit_id, calendar=desk.calendar,
            now=desk.now,
        )  # fmt: skip
        if version < 1:
            raise HTTPException(404, "Việc này chưa có bản gửi nào.")
        submission = read_version(desk.engine, obligation_id, version)
        context = {
            "visitor": visitor,
            "task": task,
            "submission": submission,
            "doubts": find_findings(desk.engine, task, submission.answer),
            "names": {one.id: one.name for one in task.asked},
            "narratives": narrative_titles(task.requirement.kind),
            "written": written_value,
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/receipt.html.j2", context)

    return router


def written_value(value: FieldValue) -> str:
    """Return a value as its sender reads it again."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int):
        return format_number(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {format_number(number)}" for key, number in value.items())
    if isinstance(value, tuple):
        rows = (", ".join(f"{label_of(f)}: {cell}" for f, cell in row.items()) for row in value)
        return "\n".join(rows) or "0"
    return value
