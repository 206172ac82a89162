"""What the office does with one product: each act a form of its own, then the page again."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.accounts import Role
from models.errors import RefusedError
from models.plans import RequirementKind
from models.vietnamese import paragraphs
from portal.desk import DeskOf
from portal.officers import OfficerForm, ReviewForm, form_of
from portal.posted import FormInput
from portal.requests import read_day
from portal.review_pages import field_names, item_context, item_path
from services.desk import Desk
from services.extensions import grant_extension, refuse_extension
from services.pauses import PauseKind, pause
from services.questions import ask
from services.review_items import ReviewItem, read_review_item
from services.reviews import accept, return_to_unit, waive

SEEN, REASON, DEFECT, QUESTION = "ban_da_xem", "ly_do", "loi_hinh_thuc", "cau_hoi"
REMARK = "nx."
LONGEST = 2_000
DecideForm = Annotated[OfficerForm, Depends(form_of(Role.OFFICE, Role.LEADER))]
Act = Callable[[Desk, OfficerForm, ReviewItem], None]


def review_act_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes that accept, return, ask, call and pause, and those that decide."""
    router = APIRouter(prefix="/tham-dinh", default_response_class=HTMLResponse)

    def done(request: Request, desk: Desk, form: OfficerForm, path: tuple[str, str]) -> Response:
        act, obligation_id = path
        item = read_review_item(
            desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
        try:
            ACTS[act](desk, form, item)
        except RefusedError as error:
            context = item_context(
                desk, form.officer, item, compared=_seen(form.input) or 0, typed=form.input,
                error=str(error),
            )  # fmt: skip
            return templates.TemplateResponse(
                request, "portal/review_item.html.j2", context, status_code=409
            )
        return RedirectResponse(f"{item_path(obligation_id)}?da={act}", 303)

    @router.post("/viec/{act}/{obligation_id:path}")
    def take_review(
        request: Request, act: str, obligation_id: str, *, desk: DeskOf, form: ReviewForm
    ) -> Response:
        if act not in REVIEWING:
            raise HTTPException(404)
        return done(request, desk, form, (act, obligation_id))

    @router.post("/quyet-dinh/{act}/{obligation_id:path}")
    def take_decision(
        request: Request, act: str, obligation_id: str, *, desk: DeskOf, form: DecideForm
    ) -> Response:
        if act not in DECIDING:
            raise HTTPException(404)
        return done(request, desk, form, (act, obligation_id))

    return router


def _accept(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    _refuse_plan(item)
    accept(
        desk.engine, item.task.obligation.id, reviewer=form.officer.account_id, now=desk.now,
        seen=must_have_seen(form.input), unit_id=form.officer.unit_id,
    )  # fmt: skip


def _return(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    _refuse_plan(item)
    given = form.input
    remarks = {f: paragraphs(given.one(REMARK + f))[:LONGEST] for f in field_names(item)}
    return_to_unit(
        desk.engine, item.task.obligation.id, remarks={f: t for f, t in remarks.items() if t},
        due_at=must_close(desk, given), reviewer=form.officer.account_id, now=desk.now,
        is_formal_defect=bool(given.one(DEFECT)), seen=must_have_seen(given),
    )  # fmt: skip


def _ask(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    text = paragraphs(form.input.one(QUESTION))
    ask(desk.engine, item.task.obligation.id, text=text, by=form.officer.account_id, now=desk.now)


def _waive(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    waive(
        desk.engine, item.task.obligation.id, reason=_reason(form.input),
        by=form.officer.account_id, now=desk.now,
    )  # fmt: skip


def _grant(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    grant_extension(
        desk.engine, item.task.obligation.id, until=must_close(desk, form.input),
        by=form.officer.account_id, shown_as=form.officer.name, now=desk.now,
        reason=_reason(form.input),
    )  # fmt: skip


def _refuse(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    refusal = _reason(form.input)
    if not refusal:
        raise RefusedError("Hãy ghi lý do không gia hạn.")
    refuse_extension(
        desk.engine, item.task.obligation.id, refusal=refusal, by=form.officer.account_id,
        shown_as=form.officer.name, now=desk.now,
    )  # fmt: skip


def _call(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    _pause(desk, form, item, PauseKind.CALL)


def _silence(desk: Desk, form: OfficerForm, item: ReviewItem) -> None:
    _pause(desk, form, item, PauseKind.SILENCE)


def _pause(desk: Desk, form: OfficerForm, item: ReviewItem, kind: PauseKind) -> None:
    whole_unit = form.input.one("ca_don_vi") == "co"
    pause(
        desk.engine, commune=desk.commune, unit_id=item.unit.id, kind=kind,
        reason=_reason(form.input), by=form.officer.account_id,
        until=must_close(desk, form.input), now=desk.now,
        obligation_id=None if whole_unit else item.task.obligation.id,
    )  # fmt: skip


def _refuse_plan(item: ReviewItem) -> None:
    if item.task.requirement.kind is RequirementKind.DETAILED_PLAN:
        raise RefusedError("Kế hoạch chi tiết được kết luận bằng phiếu rà soát 12 tiêu chí.")


REVIEWING: dict[str, Act] = {
    "chap-nhan": _accept,
    "tra-lai": _return,
    "hoi": _ask,
    "goi-dien": _call,
    "tam-dung": _silence,
}
DECIDING: dict[str, Act] = {"mien": _waive, "gia-han": _grant, "khong-gia-han": _refuse}
ACTS = REVIEWING | DECIDING


def must_have_seen(given: FormInput) -> int:
    """Return the version that the form was made for.

    Raises:
        RefusedError: it names none.
    """
    seen = _seen(given)
    if seen is None:
        raise RefusedError("Hãy mở lại trang rồi quyết định trên bản mới nhất.")
    return seen


def must_close(desk: Desk, given: FormInput) -> datetime:
    """Return the close of the day that the form names.

    Raises:
        RefusedError: it names none, or there is no such day.
    """
    day = read_day(given)
    if day is None:
        raise RefusedError("Hãy chọn ngày.")
    return desk.calendar.close_of(day)


def _seen(given: FormInput) -> int | None:
    text = given.one(SEEN)
    return int(text) if text.isdecimal() and len(text) < 6 else None  # noqa: PLR2004 - a version


def _reason(given: FormInput) -> str:
    return paragraphs(given.one(REASON))[:LONGEST]
