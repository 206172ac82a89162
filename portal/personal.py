"""The personal page of a contact: what the unit owes, what it sent, what waits for a leader."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from models.answer_forms import is_sent_by_form
from models.obligations import DONE_STATES
from models.plans import RequirementKind
from models.values import Value
from portal.decisions import find_awaited
from portal.desk import DeskOf
from portal.visitors import PAGE, READ, VisitorOf
from services.contact_changes import find_waiting_change
from services.drafts import find_saved
from services.portal_views import Task, read_tasks
from services.questions import find_open_questions

DONE_MESSAGES = {
    "xac-nhan": "Đã ghi nhận xác nhận của đơn vị.",
    "tra-loi": "Đã ghi nhận câu trả lời của đơn vị.",
    "gia-han": "Đã ghi nhận đề nghị gia hạn; kết quả sẽ được thông báo qua thư.",
    "doi-dau-moi": (
        "Đã ghi nhận đề nghị đổi đầu mối; đề nghị xác nhận bằng thư gửi tới địa chỉ đang đăng ký."
    ),
    "cam-ket": "Đã ghi nhận thời gian đơn vị dự kiến gửi; hệ thống tạm dừng nhắc đến ngày đó.",
}


class TaskGroups(Value):
    """The tasks of a unit by what there is to do with them, each in order of deadline."""

    confirmations: tuple[Task, ...]
    to_send: tuple[Task, ...]
    sent: tuple[Task, ...]
    followed: tuple[Task, ...]


def personal_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/dv/{who}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(PAGE, methods=READ)
    def show_page(
        request: Request,
        desk: DeskOf,
        visitor: VisitorOf,
        da: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        tasks = read_tasks(
            desk.engine, commune=desk.commune, unit_id=visitor.unit_id,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        context = {
            "visitor": visitor,
            "groups": group_tasks(tasks),
            "drafts": find_saved(
                desk.engine, [task.obligation.id for task in tasks], visitor.contact_id
            ),
            "change": find_waiting_change(
                desk.engine, commune=desk.commune, contact_id=visitor.contact_id
            ),
            "awaited": find_awaited(desk, visitor),
            "questions": find_open_questions(
                desk.engine, commune=desk.commune, unit_id=visitor.unit_id
            ),
            "products": {task.obligation.id: task.product for task in tasks},
            "message": DONE_MESSAGES.get(da, ""),
            "settings": desk.settings,
            "now": desk.now,
            "today": desk.calendar.day_of(desk.now),
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/personal.html.j2", context)

    return router


def group_tasks(tasks: Sequence[Task]) -> TaskGroups:
    """Return the tasks by what there is to do with them."""
    confirmations = [t for t in tasks if t.requirement.kind is RequirementKind.ACKNOWLEDGEMENT]
    by_form = [t for t in tasks if is_sent_by_form(t.requirement.kind)]
    others = [t for t in tasks if t not in confirmations and t not in by_form]
    return TaskGroups(
        confirmations=tuple(confirmations),
        to_send=tuple(t for t in by_form if t.obligation.is_open),
        sent=tuple(t for t in by_form if not t.obligation.is_open),
        followed=tuple(t for t in others if t.obligation.state not in DONE_STATES),
    )
