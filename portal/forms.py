"""The form of a product: shown, read, checked, and sent exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.outlines import read_outline
from models.answer_forms import FILES_FIELD, carry_over, is_sent_by_form, narrative_titles
from models.drafts import Draft
from models.errors import SubmissionInvalidError
from models.file_kinds import FileCode
from models.obligations import DONE_STATES
from models.submissions import Answer, Attachment, Channel, Finding
from portal.answers import read_answer
from portal.conflicts import differences
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.form_pages import (
    FormShape,
    FormState,
    drafted_state,
    faults_by_field,
    field_titles,
    fresh_state,
    shape_of,
)
from portal.posted import DISCARD, FILES, MORE, SAVE, FormInput, Posted, PostedOf
from portal.receipts import receipt_path
from portal.uploads import Kept, keep_uploads, read_attachments, sign_attachment
from portal.visitors import PAGE, READ, Visitor, VisitorOf
from services.desk import Desk
from services.drafts import find_draft, save_draft, throw_away
from services.held_uploads import hold_files
from services.portal_views import Task, find_by_nonce, find_findings, read_task
from services.submissions import submit

NONCE, STARTED_FROM = "ma_gui", "ban_goc"
KEPT = ("v.", "n.", "t.", "so_dong.", "so_van_ban", "ngay_van_ban", "khong_phat_sinh", "ly_do")
CHANGED = (
    "Trong lúc đang nhập, đơn vị đã có bản gửi mới (lần {version}). Nội dung vừa nhập được giữ "
    "nguyên dưới đây; đề nghị đối chiếu rồi bấm Gửi lần nữa nếu vẫn muốn thay bằng nội dung này."
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The form of one task in the hands of one visitor."""

    desk: Desk
    visitor: Visitor
    task: Task
    shape: FormShape


def form_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/dv/{who}/nop/{obligation_id}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    def page(request: Request, sheet: Sheet, state: FormState, status: int = 200) -> Response:
        context = form_context(sheet, state)
        return templates.TemplateResponse(
            request, "portal/answer_form.html.j2", context, status_code=status
        )

    @router.api_route(PAGE + "/nop/{obligation_id:path}", methods=READ)
    def show_form(
        request: Request, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        sheet = sheet_of(desk, visitor, obligation_id)
        if sheet.task.obligation.state in DONE_STATES:
            return RedirectResponse(_receipt(sheet, sheet.task.obligation.version), 303)
        return page(request, sheet, opening_state(sheet))

    @router.post(PAGE + "/nop/{obligation_id:path}")
    def take_form(
        *, posted: PostedOf, request: Request, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        sheet = sheet_of(desk, visitor, obligation_id)
        if DISCARD in posted.input.fields:
            throw_away(desk.engine, obligation_id, visitor.contact_id)
            return RedirectResponse(f"{visitor.page}/nop/{quote(obligation_id)}", 303)
        state, answer = _read(request, sheet, posted)
        status, shown = _refusal(sheet, state, answer)
        if shown is not None:
            return page(request, sheet, _saved(sheet, shown), status)
        try:
            version = _send(sheet, answer, state)
        except SubmissionInvalidError as error:
            shown = _saved(sheet, _marked(sheet, state, error.findings))
            return page(request, sheet, shown, 422)
        return RedirectResponse(_receipt(sheet, version), 303)

    return router


def sheet_of(desk: Desk, visitor: Visitor, obligation_id: str) -> Sheet:
    """Return the form of a task of the visitor's own unit.

    Raises:
        HTTPException: 404, the task has no form.
        UsageError: the unit has no such task.
    """
    task = read_task(
        desk.engine, obligation_id, unit_id=visitor.unit_id, calendar=desk.calendar, now=desk.now
    )
    if not is_sent_by_form(task.requirement.kind):
        raise HTTPException(404, "Việc này không gửi bằng biểu mẫu.")
    return Sheet(desk=desk, visitor=visitor, task=task, shape=shape_of(task))


def opening_state(sheet: Sheet) -> FormState:
    """Return the form as it opens: as the visitor's draft left it, else as it was last sent."""
    task = sheet.task
    draft = find_draft(sheet.desk.engine, task.obligation.id, sheet.visitor.contact_id)
    return drafted_state(task, draft) if draft else fresh_state(task)


def _refusal(sheet: Sheet, state: FormState, answer: Answer) -> tuple[int, FormState | None]:
    """Return the status and the form to show again; None when the answer is to be sent."""
    pressed = state.given.fields
    if MORE in pressed or SAVE in pressed:
        lost = {FILES_FIELD: state.faults_of(FILES_FIELD)} if state.faults_of(FILES_FIELD) else {}
        return (_fault_status(lost) if lost else 200), state.model_copy(update={"faults": lost})
    if find_by_nonce(sheet.desk.engine, _nonce(sheet, state)) is not None:
        return 200, None  # sent before: the same receipt, or a conflict, is the answer
    if state.faults:
        return _fault_status(state.faults), state
    if state.started_from < sheet.task.obligation.version:
        return 409, _warned(sheet, state, answer)
    return 200, None


def _fault_status(faults: Mapping[str, tuple[str, ...]]) -> int:
    """Return 415 when nothing but the kind of a file is wrong, else 422."""
    only_files = faults.keys() <= {FILES_FIELD}
    return 415 if only_files and all(FileCode.KIND in one for one in faults[FILES_FIELD]) else 422


def _saved(sheet: Sheet, state: FormState) -> FormState:
    """Keep what was typed as the visitor's draft; it counts for nothing before it is sent."""
    fields = {n: t for n, t in state.given.fields.items() if n.startswith(KEPT) and any(t)}
    draft = Draft(
        obligation_id=sheet.task.obligation.id, contact_id=sheet.visitor.contact_id, fields=fields,
        attachments=state.attachments, started_from=state.started_from, nonce=state.nonce,
        saved_at=sheet.desk.now,
    )  # fmt: skip
    save_draft(sheet.desk.engine, draft)
    return state.model_copy(update={"saved_at": draft.saved_at})


def form_context(sheet: Sheet, state: FormState) -> dict[str, object]:
    """Return what the page of a form shows."""
    outline = read_outline(sheet.task.catalogue.id)
    key, id_ = sheet.visitor.key, sheet.task.obligation.id
    return {
        "visitor": sheet.visitor,
        "task": sheet.task,
        "shape": sheet.shape,
        "state": state,
        "given": state.given,
        "titles": field_titles(sheet.shape),
        "labels": outline.labels if outline else {},
        "references": [(file, sign_attachment(key, id_, file)) for file in state.attachments],
        "csrf_field": CSRF_FIELD,
        "nav": (),
    }


def _read(request: Request, sheet: Sheet, posted: Posted) -> tuple[FormState, Answer]:
    """Read the form; what is wrong with it stands in the state, beside what was typed."""
    task, given = sheet.task, posted.input
    id_, key = task.obligation.id, sheet.visitor.key
    kept = read_attachments(key, id_, given.every(FILES))
    files = _keep(request, sheet, posted, kept)
    faults = files.faults
    answer, misread = _answer(sheet, given, files.attachments)
    faults = (*faults, *misread)
    wrong = {fault.field for fault in faults}
    checked = [
        one for one in find_findings(task, answer) if one.is_error and one.field not in wrong
    ]
    started = given.one(STARTED_FROM)
    state = FormState(
        given=given,
        nonce=given.one(NONCE)[:64],
        started_from=int(started) if started.isdecimal() and len(started) < 6 else 0,  # noqa: PLR2004 - a version
        attachments=files.attachments,
    )
    return _marked(sheet, state, (*faults, *checked)), answer


def _keep(request: Request, sheet: Sheet, posted: Posted, kept: tuple[Attachment, ...]) -> Kept:
    """Store the files; those in doubt are put before a person."""
    files = keep_uploads(posted.files, sheet.desk.blobs, kept=kept)
    id_, key = sheet.task.obligation.id, sheet.visitor.key
    # Should the ledger be out from here on, the page that keeps the typed text names them.
    request.state.stored = [sign_attachment(key, id_, file) for file in files.attachments]
    hold_files(
        sheet.desk.engine, files.held, commune=sheet.desk.commune, unit_id=sheet.visitor.unit_id,
        obligation_id=id_, contact_id=sheet.visitor.contact_id, now=sheet.desk.now,
    )  # fmt: skip
    return files


def _answer(
    sheet: Sheet, given: FormInput, files: tuple[Attachment, ...]
) -> tuple[Answer, tuple[Finding, ...]]:
    task, opened = sheet.task, sheet.shape.opened
    reading = read_answer(
        given,
        asked=[one for one in task.asked if one.id in opened],
        narratives=[key for key in narrative_titles(task.requirement.kind) if key in opened],
        attachments=files,
    )
    if task.previous is None or not sheet.shape.is_return:
        return reading.answer, reading.faults
    return carry_over(reading.answer, task.previous.answer, opened=opened), reading.faults


def _marked(sheet: Sheet, state: FormState, findings: tuple[Finding, ...]) -> FormState:
    return state.model_copy(update={"faults": faults_by_field(findings, sheet.task.asked)})


def _warned(sheet: Sheet, state: FormState, answer: Answer) -> FormState:
    version, theirs = sheet.task.obligation.version, sheet.task.previous
    found = differences(answer, theirs.answer) if theirs else ()
    return state.model_copy(
        update={
            "started_from": version,
            "notice": CHANGED.format(version=version),
            "differences": found,
        }
    )


def _send(sheet: Sheet, answer: Answer, state: FormState) -> int:
    receipt = submit(
        sheet.desk.engine,
        sheet.task.obligation.id,
        answer,
        channel=Channel.PORTAL,
        sent_by=sheet.visitor.contact_id,
        nonce=_nonce(sheet, state),
        calendar=sheet.desk.calendar,
        now=sheet.desk.now,
    )
    return receipt.submission.version


def _nonce(sheet: Sheet, state: FormState) -> str:
    # With the obligation in it, a nonce carried to another form finds no foreign receipt.
    return f"{sheet.task.obligation.id}#{state.nonce}"


def _receipt(sheet: Sheet, version: int) -> str:
    return receipt_path(sheet.visitor, sheet.task.obligation.id, version)
