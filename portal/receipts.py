"""The receipt of what was sent: its code, its hour, its content, and what is still asked about."""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.templating import Jinja2Templates

from models.answer_forms import narrative_titles
from models.submissions import Channel, Submission
from models.written_values import written_value
from portal.desk import DeskOf
from portal.downloads import OCTETS, download_headers
from portal.visitors import PAGE, READ, Visitor, VisitorOf
from services.portal_views import Task, find_findings, read_task, read_version, read_versions

VERDICTS = {
    "accepted": ("Đã chấp nhận", "ok"),
    "returned": ("Trả lại để bổ sung", "warn"),
    "waived": ("Được miễn", "mute"),
}
CHANNELS = {
    Channel.PORTAL: "qua trang này",
    Channel.MAIL: "qua thư",
    Channel.ENTERED: "cán bộ nhập thay",
}


def receipt_path(visitor: Visitor, obligation_id: str, version: int) -> str:
    """Return the path of the receipt of a version."""
    return f"{visitor.page}/bien-nhan/{version}/{quote(obligation_id)}"


def receipt_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes of the receipt of a version and of its files."""
    router = APIRouter(default_response_class=HTMLResponse)
    _add_receipt(router, templates)
    _add_files(router)
    return router


def _add_receipt(router: APIRouter, templates: Jinja2Templates) -> None:
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
            "doubts": find_findings(task, submission.answer),
            "names": {one.id: one.name for one in task.asked},
            "narratives": narrative_titles(task.requirement.kind),
            "written": written_value,
            "versions": read_versions(desk.engine, obligation_id),
            "verdicts": VERDICTS,
            "channels": CHANNELS,
            "is_late": is_late(task, submission),
            "path_of": quote(obligation_id),
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/receipt.html.j2", context)


def _add_files(router: APIRouter) -> None:
    @router.api_route(PAGE + "/tep/{version}/{place}/{obligation_id:path}", methods=READ)
    def send_own_file(
        *, version: int, place: int, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        task = read_task(
            desk.engine, obligation_id, unit_id=visitor.unit_id, calendar=desk.calendar,
            now=desk.now,
        )  # fmt: skip
        files = read_version(desk.engine, task.obligation.id, version).answer.attachments
        if not 0 < place <= len(files):
            raise HTTPException(404, "Bản gửi này không có tệp đó.")
        file = files[place - 1]
        return FileResponse(
            desk.blobs.checked(file.sha256), media_type=OCTETS, headers=download_headers(file.name)
        )


def is_late(task: Task, submission: Submission) -> bool:
    """Whether the version came after the deadline that counts."""
    return submission.received_at > task.obligation.effective_due_at
