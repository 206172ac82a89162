"""The form of a product: shown, read, checked, and sent exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.answer_forms import FILES_FIELD
from models.drafts import Draft
from models.errors import SubmissionInvalidError
from models.file_kinds import FileCode
from models.obligations import DONE_STATES
from models.submissions import Answer, Channel
from portal.conflicts import differences
from portal.desk import DeskOf
from portal.form_pages import FormState, drafted_state, fresh_state, shape_of
from portal.form_readings import OpenForm, form_words, marked, read_form, refuse_formless
from portal.posted import DISCARD, MORE, SAVE, PostedOf
from portal.rate_limits import network_of
from portal.receipts import receipt_path
from portal.visitors import PAGE, READ, Visitor, VisitorOf
from services.desk import Desk
from services.drafts import find_draft, save_draft, throw_away
from services.portal_views import find_by_nonce, read_task
from services.submissions import submit

KEPT = ("v.", "n.", "t.", "so_dong.", "so_van_ban", "ngay_van_ban", "khong_phat_sinh", "ly_do")
CHANGED = (
    "Trong lúc đang nhập, đơn vị đã có bản gửi mới (lần {version}). Nội dung vừa nhập được giữ "
    "nguyên dưới đây; đề nghị đối chiếu rồi bấm Gửi lần nữa nếu vẫn muốn thay bằng nội dung này."
)


@dataclass(frozen=True, kw_only=True)
class Sheet(OpenForm):
    """The form of one task in the hands of one visitor."""

    visitor: Visitor


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
        state, answer = read_form(sheet, posted.input, posted.files, request=request)
        status, shown = _refusal(sheet, state, answer)
        if shown is not None:
            return page(request, sheet, _saved(sheet, shown), status)
        try:
            version = _send(sheet, answer, state, network_of(request))
        except SubmissionInvalidError as error:
            shown = _saved(sheet, marked(sheet, state, error.findings))
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
    refuse_formless(task)
    return Sheet(
        desk=desk, visitor=visitor, task=task, shape=shape_of(task), key=visitor.key,
        holder=visitor.contact_id,
    )  # fmt: skip


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
    return form_words(sheet, state) | {"visitor": sheet.visitor, "nav": ()}


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


def _send(sheet: Sheet, answer: Answer, state: FormState, origin: str) -> int:
    receipt = submit(
        sheet.desk.engine,
        sheet.task.obligation.id,
        answer,
        channel=Channel.PORTAL,
        sent_by=sheet.visitor.contact_id,
        nonce=_nonce(sheet, state),
        calendar=sheet.desk.calendar,
        now=sheet.desk.now,
        origin=origin,
    )
    return receipt.submission.version


def _nonce(sheet: Sheet, state: FormState) -> str:
    # With the obligation in it, a nonce carried to another form finds no foreign receipt.
    return f"{sheet.task.obligation.id}#{state.nonce}"


def _receipt(sheet: Sheet, version: int) -> str:
    return receipt_path(sheet.visitor, sheet.task.obligation.id, version)
