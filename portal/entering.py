"""Entering on behalf: the unit's own form in the officer's hand, recorded as entered."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.errors import RefusedError, SubmissionInvalidError
from models.obligations import DONE_STATES
from models.submissions import Answer, Channel
from portal.answers import write_form
from portal.desk import DeskOf
from portal.form_pages import FormState, fresh_state, shape_of
from portal.form_readings import OpenForm, form_words, marked, read_form, refuse_formless
from portal.officers import Officer, OfficerForm, ReviewerOf, ReviewForm
from portal.posted import MORE
from portal.review_pages import item_path
from services.desk import Desk
from services.mail_entries import MailEntry, enter_mail, read_mail_entry
from services.portal_views import find_by_nonce
from services.review_items import ReviewItem, read_review_item
from services.submissions import submit

PATH = "/tham-dinh/nhap-thay/{obligation_id:path}"
WAYS = {"dien-thoai": "điện thoại", "ban-giay": "bản giấy", "khac": "cách khác"}
WAY = "qua"
CHANGED = (
    "Trong lúc nhập, đơn vị đã có bản {version}; nội dung vừa nhập giữ nguyên dưới đây. Hãy đối "
    "chiếu rồi ghi nhận lần nữa nếu vẫn muốn thay bằng nội dung này."
)
MailNumber = Annotated[int | None, Query(alias="thu")]


@dataclass(frozen=True, kw_only=True)
class EnteredSheet(OpenForm):
    """The form of one product in the hands of one officer, beside the mail it came by if any."""

    officer: Officer
    item: ReviewItem
    mail: MailEntry | None

    @property
    def path(self) -> str:
        """Where the form is sent to."""
        return entering_path(self.task.obligation.id, self.mail.id if self.mail else None)


def entering_path(obligation_id: str, mail_id: int | None = None) -> str:
    """Return the path of the form of an obligation, to be filled in from that mail."""
    path = f"/tham-dinh/nhap-thay/{quote(obligation_id)}"
    return path if mail_id is None else f"{path}?thu={mail_id}"


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
        *, request: Request, obligation_id: str, desk: DeskOf, officer: ReviewerOf,
        mail_id: MailNumber = None,
    ) -> Response:  # fmt: skip
        sheet = _sheet(desk, officer, obligation_id, mail_id)
        return page(request, sheet, _opening_state(sheet))

    @router.post(PATH)
    def take_form(
        *, request: Request, obligation_id: str, desk: DeskOf, form: ReviewForm,
        mail_id: MailNumber = None,
    ) -> Response:  # fmt: skip
        sheet = _sheet(desk, form.officer, obligation_id, mail_id)
        state, answer = read_form(sheet, form.input, form.files, request=request)
        status, shown = _refusal(sheet, state)
        if shown is not None:
            return page(request, sheet, shown, status)
        try:
            _send(sheet, answer, form, state)
        except SubmissionInvalidError as error:
            return page(request, sheet, marked(sheet, state, error.findings), 422)
        return RedirectResponse(f"{item_path(obligation_id)}?da=nhap-thay", 303)

    return router


def _sheet(desk: Desk, officer: Officer, obligation_id: str, mail_id: int | None) -> EnteredSheet:
    item = read_review_item(
        desk.engine, obligation_id, commune=desk.commune, calendar=desk.calendar, now=desk.now
    )
    refuse_formless(item.task)
    if item.task.obligation.state in DONE_STATES:
        raise RefusedError("Việc này đã kết thúc nên không nhập thay được nữa.")
    mail = None if mail_id is None else read_mail_entry(
        desk.clerk, mail_id, obligation_id=obligation_id, unit_id=item.unit.id
    )  # fmt: skip
    return EnteredSheet(
        desk=desk, task=item.task, shape=shape_of(item.task), key=officer.key,
        holder=officer.account_id, officer=officer, item=item, mail=mail,
    )  # fmt: skip


def _opening_state(sheet: EnteredSheet) -> FormState:
    """Return the form as it opens: with what the mail brought, where it came by one."""
    state, mail = fresh_state(sheet.task), sheet.mail
    if mail is None:
        return state
    files = tuple(dict.fromkeys((*state.attachments, *mail.files)))
    given = write_form(mail.filled) if mail.filled else state.given
    return state.model_copy(update={"attachments": files, "given": given})


def _refusal(sheet: EnteredSheet, state: FormState) -> tuple[int, FormState | None]:
    """Return the status and the form to show again; None when the answer is to be stored."""
    if MORE in state.given.fields:
        return 200, state.model_copy(update={"faults": {}})
    if find_by_nonce(sheet.desk.engine, _nonce(sheet, state)) is not None:
        return 200, None  # stored before: the same receipt, or a conflict, is the answer
    version = sheet.task.obligation.version
    if state.started_from != version:
        notice = CHANGED.format(version=version)
        return 409, state.model_copy(update={"started_from": version, "notice": notice})
    return (422, state) if state.faults else (200, None)


def _send(sheet: EnteredSheet, answer: Answer, form: OfficerForm, state: FormState) -> None:
    id_, by, nonce = sheet.task.obligation.id, sheet.officer.account_id, _nonce(sheet, state)
    if sheet.mail is not None:
        enter_mail(sheet.desk.clerk, sheet.mail, answer, obligation_id=id_, by=by, nonce=nonce)
        return
    way = WAYS.get(form.input.one(WAY), WAYS["khac"])
    submit(
        sheet.desk.engine, id_, answer, channel=Channel.ENTERED,
        sent_by=f"{sheet.item.unit.name} (qua {way})", entered_by=by, nonce=nonce,
        calendar=sheet.desk.calendar, now=sheet.desk.now,
    )  # fmt: skip


def _nonce(sheet: EnteredSheet, state: FormState) -> str:
    return f"entered/{sheet.task.obligation.id}/{sheet.officer.account_id}/{state.nonce}"


def _context(sheet: EnteredSheet, state: FormState) -> dict[str, object]:
    return form_words(sheet, state) | {
        "item": sheet.item,
        "path": sheet.path,
        "mail": sheet.mail,
        "ways": WAYS,
        "csrf": sheet.officer.csrf,
        "item_path": item_path,
    }
