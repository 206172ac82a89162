"""What a unit says beside its answers: received, more time please, we are on it."""

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from models.errors import RefusedError
from models.plans import RequirementKind
from models.submissions import Answer, Channel
from models.vietnamese import format_day, paragraphs
from portal.answers import iso_day
from portal.desk import DeskOf
from portal.posted import FormInput, PostedOf
from portal.rate_limits import network_of
from portal.visitors import PAGE, Visitor, VisitorOf
from services.desk import Desk
from services.extensions import request_extension
from services.pauses import PauseKind, pause
from services.portal_views import Task, read_task
from services.submissions import submit

REASON, DAY = "ly_do", "ngay"
LONGEST_REASON = 2_000


def request_routes() -> APIRouter:
    """Return the routes that take confirmations, extension requests and commitments."""
    router = APIRouter()

    @router.post(PAGE + "/xac-nhan/{obligation_id:path}")
    def take_confirmation(
        *, _: PostedOf, request: Request, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        task = _task(desk, visitor, obligation_id)
        if task.requirement.kind is not RequirementKind.ACKNOWLEDGEMENT:
            raise RefusedError("Việc này không phải là xác nhận; hãy gửi bằng biểu mẫu.")
        if task.obligation.is_open:
            _confirm(desk, visitor, task, network_of(request))
        return _back(visitor, "xac-nhan")

    @router.post(PAGE + "/gia-han/{obligation_id:path}")
    def take_extension(
        posted: PostedOf, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        _task(desk, visitor, obligation_id)
        day = read_day(posted.input)
        request_extension(
            desk.engine,
            obligation_id,
            reason=_reason(posted.input),
            proposed_due_at=desk.calendar.close_of(day) if day else None,
            requested_by=visitor.contact_id,
            now=desk.now,
        )
        return _back(visitor, "gia-han")

    @router.post(PAGE + "/cam-ket/{obligation_id:path}")
    def take_commitment(
        posted: PostedOf, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        task = _task(desk, visitor, obligation_id)
        _commit(desk, visitor, task, read_day(posted.input))
        return _back(visitor, "cam-ket")

    return router


def _task(desk: Desk, visitor: Visitor, obligation_id: str) -> Task:
    return read_task(
        desk.engine, obligation_id, unit_id=visitor.unit_id, calendar=desk.calendar, now=desk.now
    )


def _confirm(desk: Desk, visitor: Visitor, task: Task, origin: str) -> None:
    submit(
        desk.engine,
        task.obligation.id,
        Answer(),
        channel=Channel.PORTAL,
        sent_by=visitor.contact_id,
        # One confirmation for each version asked for: pressing twice confirms once.
        nonce=f"{task.obligation.id}#xac-nhan-{task.obligation.version}",
        calendar=desk.calendar,
        now=desk.now,
        origin=origin,
    )


def _commit(desk: Desk, visitor: Visitor, task: Task, day: date | None) -> None:
    if day is None or not desk.calendar.day_of(desk.now) <= day <= task.last_commitment_day:
        last = format_day(task.last_commitment_day)
        raise RefusedError(f"Hãy chọn ngày dự kiến gửi từ hôm nay đến hết ngày {last}.")
    pause(
        desk.engine,
        commune=desk.commune,
        unit_id=visitor.unit_id,
        kind=PauseKind.COMMITMENT,
        reason=f"Đơn vị đang thực hiện, dự kiến gửi ngày {format_day(day)}",
        by=visitor.contact_id,
        until=desk.calendar.close_of(day),
        now=desk.now,
        obligation_id=task.obligation.id,
    )


def read_day(given: FormInput) -> date | None:
    """Return the day a form names; None when it names none.

    Raises:
        RefusedError: there is no such day.
    """
    text = given.one(DAY).strip()
    try:
        return date.fromisoformat(iso_day(text)) if text else None
    except ValueError as error:
        raise RefusedError("Ngày đã nhập không có thật; hãy chọn lại ngày.") from error


def _reason(given: FormInput) -> str:
    return paragraphs(given.one(REASON))[:LONGEST_REASON]


def _back(visitor: Visitor, done: str) -> Response:
    return RedirectResponse(f"{visitor.page}?da={done}#{done}", 303)
