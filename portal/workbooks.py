"""The form of a product as a spreadsheet: fetched, and taken back filled in to be looked over."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from models.answer_workbooks import WorkbookAnswer
from models.errors import WorkbookUnreadableError
from models.submissions import Finding
from models.validation import ANSWER_FIELD
from models.vietnamese import format_number
from portal.answers import MAX_ROWS, write_form
from portal.desk import DeskOf
from portal.downloads import download
from portal.form_pages import FormState, faults_by_field, fresh_state
from portal.forms import Sheet, form_context, sheet_of
from portal.posted import FormInput, Posted, PostedOf
from portal.visitors import PAGE, READ, VisitorOf
from services.answer_workbooks import build_answer_workbook, read_answer_workbook

MAX_WORKBOOK_BYTES = 5 * 1024 * 1024
MOST_WARNINGS = 10
NO_FILE = "Chưa chọn tệp; đề nghị chọn tệp biểu mẫu .xlsx đã điền rồi bấm lại."
TOO_LARGE = "Tệp lớn hơn 5 MB; đề nghị điền vào biểu mẫu đã tải, không chèn ảnh vào tệp."
OTHER = "Tệp là biểu mẫu của một nội dung khác; đề nghị mở đúng nội dung trên trang của đơn vị."
READ_IN = (
    "Đã đọc biểu mẫu vào các ô dưới đây nhưng chưa gửi; đề nghị kiểm tra lại rồi bấm Gửi ở cuối "
    "trang."
)
TOO_MANY_ROWS = (
    "Danh sách có {count} dòng, trang này nhận tối đa {most} dòng; đề nghị trả lời thư kèm tệp "
    "biểu mẫu này thay vì tải lên."
)


def workbook_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/dv/{who}/bieu-mau/{obligation_id}``; fetching changes nothing."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(PAGE + "/bieu-mau/{obligation_id:path}", methods=READ)
    def fetch_workbook(obligation_id: str, desk: DeskOf, visitor: VisitorOf) -> Response:
        file = build_answer_workbook(
            desk.engine, obligation_id, unit_id=visitor.unit_id, key=visitor.key,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        return download(file.content, name=file.name, media_type=file.media_type)

    @router.post(PAGE + "/bieu-mau/{obligation_id:path}")
    def take_workbook(
        *, posted: PostedOf, request: Request, obligation_id: str, desk: DeskOf, visitor: VisitorOf
    ) -> Response:
        sheet = sheet_of(desk, visitor, obligation_id)
        try:
            state = _filled(sheet, _read(sheet, posted))
        except WorkbookUnreadableError as error:
            state = _refused(sheet, str(error))
        return templates.TemplateResponse(
            request, "portal/answer_form.html.j2", form_context(sheet, state),
            status_code=422 if state.faults else 200,
        )  # fmt: skip

    return router


def _read(sheet: Sheet, posted: Posted) -> WorkbookAnswer:
    if not posted.files:
        raise WorkbookUnreadableError(NO_FILE)
    octets = posted.files[0].file.read(MAX_WORKBOOK_BYTES + 1)
    if len(octets) > MAX_WORKBOOK_BYTES:
        raise WorkbookUnreadableError(TOO_LARGE)
    desk, visitor = sheet.desk, sheet.visitor
    read = read_answer_workbook(
        desk.engine, octets, unit_id=visitor.unit_id, key=visitor.key,
        calendar=desk.calendar, now=desk.now,
    )  # fmt: skip
    if read.obligation_id != sheet.task.obligation.id:
        raise WorkbookUnreadableError(OTHER)
    return read


def _filled(sheet: Sheet, read: WorkbookAnswer) -> FormState:
    """Return the form with what was read in it, unreadable texts as they were typed."""
    fields = write_form(read.answer).fields
    typed = {f"v.{code}": (text,) for code, text in read.unread.items()}
    warnings = [one.message for one in read.findings if not one.is_error][:MOST_WARNINGS]
    faults = faults_by_field((*read.errors, *_long_lists(read)), sheet.task.asked)
    return fresh_state(sheet.task).model_copy(
        update={
            "given": FormInput(fields=fields | typed),
            "started_from": read.started_from,
            "attachments": read.answer.attachments,
            "faults": faults,
            "notice": " ".join([READ_IN, *warnings]),
        }
    )


def _long_lists(read: WorkbookAnswer) -> list[Finding]:
    """Return a remark for each list that has more rows than the page."""
    counts = {id_: len(v) for id_, v in read.answer.values.items() if isinstance(v, tuple)}
    return [
        Finding(
            field=id_,
            message=TOO_MANY_ROWS.format(count=format_number(count), most=MAX_ROWS),
            is_error=True,
        )
        for id_, count in counts.items()
        if count > MAX_ROWS
    ]


def _refused(sheet: Sheet, why: str) -> FormState:
    return fresh_state(sheet.task).model_copy(update={"faults": {ANSWER_FIELD: (why,)}})
