"""Entering on behalf: the unit's own form in the officer's hand, recorded as entered."""

import secrets
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.outlines import read_outline
from models.answer_forms import carry_over, is_sent_by_form, narrative_titles
from models.errors import RefusedError, SubmissionInvalidError
from models.obligations import DONE_STATES
from models.submissions import Answer, Channel, Finding
from portal.answers import read_answer
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.form_pages import (
    FormShape,
    FormState,
    faults_by_field,
    field_titles,
    fresh_state,
    shape_of,
)
from portal.officers import Officer, OfficerForm, ReviewerOf, ReviewForm
from portal.review_pages import item_path
from portal.uploads import keep_uploads, read_attachments, sign_attachment
from services.desk import Desk
from services.portal_views import find_findings
from services.review_items import ReviewItem, read_review_item
from services.submissions import submit

PATH = "/tham-dinh/nhap-thay/{obligation_id:path}"
WAYS = {"dien-thoai": "điện thoại", "ban-giay": "bản giấy", "khac": "cách khác"}
WAY, FILES, NONCE, MORE, STARTED_FROM = "qua", "tep_da_gui", "ma_gui", "them", "ban_goc"


@dataclass(frozen=True, kw_only=True)
class EnteredSheet:
    """The form of one product in the hands of one officer."""

    desk: Desk
    officer: Officer
    item: ReviewItem
    shape: FormShape


def entering_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/tham-dinh/nhap-thay/{obligation_id}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    def page(
        request: Request, sheet: EnteredSheet, state: FormState, status: int = 200
    ) -> Response:
        context = _context(sheet, state)
        return templates.TemplateResponse(
            request, "portal/entering.html.j2", context, status_code=status
        )

    @router.get(PATH)
    def show_form(
        request: Request, obligation_id: str, desk: DeskOf, officer: ReviewerOf
    ) -> Response:
        sheet = _sheet(desk, officer, obligation_id)
        return page(request, sheet, fresh_state(sheet.item.task))

    @router.post(PATH)
    def take_form(request: Request, obligation_id: str, desk: DeskOf, form: ReviewForm) -> Response:
        sheet = _sheet(desk, form.officer, obligation_id)
        state, answer = _read(sheet, form)
        if MORE in form.input.fields:
            return page(request, sheet, state.model_copy(update={"faults": {}}))
        version = sheet.item.task.obligation.version
        if state.started_from != version:
            notice = f"Trong lúc nhập đã có bản {version}; nội dung vừa nhập giữ nguyên dưới đây."
            changed = state.model_copy(update={"started_from": version, "notice": notice})
            return page(request, sheet, changed, 409)
        if state.faults:
            return page(request, sheet, state, 422)
        try:
            _send(sheet, answer, form, state)
        except SubmissionInvalidError as error:
            return page(request, sheet, _marked(sheet, state, error.findings), 422)
        return RedirectResponse(f"{item_path(obligation_id)}?da=nhap-thay", 303)

    return router


def _sheet(desk: Desk, officer: Officer, obligation_id: str) -> EnteredSheet:
    item = read_review_item(
        desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
    )
    if not is_sent_by_form(item.task.requirement.kind):
        raise HTTPException(404, "Việc này không gửi bằng biểu mẫu.")
    if item.task.obligation.state in DONE_STATES:
        raise RefusedError("Việc này đã kết thúc nên không nhập thay được nữa.")
    shape = shape_of(item.task)
    return EnteredSheet(desk=desk, officer=officer, item=item, shape=shape)


def _read(sheet: EnteredSheet, form: OfficerForm) -> tuple[FormState, Answer]:
    task, given, opened = sheet.item.task, form.input, sheet.shape.opened
    kept = read_attachments(sheet.officer.key, task.obligation.id, given.every(FILES))
    files = keep_uploads(form.files, sheet.desk.blobs, kept=kept)
    reading = read_answer(
        given, asked=[one for one in task.asked if one.id in opened],
        narratives=[key for key in narrative_titles(task.requirement.kind) if key in opened],
        attachments=files.attachments,
    )  # fmt: skip
    answer = reading.answer
    if task.previous is not None and sheet.shape.is_return:
        answer = carry_over(answer, task.previous.answer, opened=opened)
    found = (*files.faults, *reading.faults)
    wrong = {one.field for one in found}
    checked = [
        one for one in find_findings(task, answer) if one.is_error and one.field not in wrong
    ]
    started = given.one(STARTED_FROM)
    state = FormState(
        given=given, nonce=given.one(NONCE)[:64] or secrets.token_urlsafe(16),
        started_from=int(started) if started.isdecimal() and len(started) < 6 else 0,  # noqa: PLR2004 - a version
        attachments=files.attachments,
    )  # fmt: skip
    return _marked(sheet, state, (*found, *checked)), answer


def _marked(sheet: EnteredSheet, state: FormState, findings: tuple[Finding, ...]) -> FormState:
    faults = faults_by_field(findings, sheet.item.task.asked)
    return state.model_copy(update={"faults": faults})


def _send(sheet: EnteredSheet, answer: Answer, form: OfficerForm, state: FormState) -> None:
    way = WAYS.get(form.input.one(WAY), WAYS["khac"])
    obligation_id, by = sheet.item.task.obligation.id, sheet.officer.account_id
    submit(
        sheet.desk.engine, obligation_id, answer, channel=Channel.ENTERED,
        sent_by=f"{sheet.item.unit.name} (qua {way})", entered_by=by,
        nonce=f"entered/{obligation_id}/{by}/{state.nonce}", calendar=sheet.desk.calendar,
        now=sheet.desk.now,
    )  # fmt: skip


def _context(sheet: EnteredSheet, state: FormState) -> dict[str, object]:
    item, key = sheet.item, sheet.officer.key
    outline = read_outline(item.plan.dossier.catalogue.id)
    return {
        "item": item,
        "task": item.task,
        "shape": sheet.shape,
        "state": state,
        "given": state.given,
        "titles": field_titles(sheet.shape),
        "labels": outline.labels if outline else {},
        "references": [
            (file, sign_attachment(key, item.task.obligation.id, file))
            for file in state.attachments
        ],
        "ways": WAYS,
        "csrf_field": CSRF_FIELD,
        "csrf": sheet.officer.csrf,
        "item_path": item_path,
    }
