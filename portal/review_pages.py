"""What the page of a product under review shows, and the words it says after an act."""

from datetime import date, timedelta
from urllib.parse import quote

from models.accounts import Role
from models.answer_differences import answer_changes
from models.answer_forms import DOCUMENT_FIELD, FILES_FIELD, narrative_titles
from models.obligations import ObligationState
from models.plans import RequirementKind
from models.submissions import Channel
from models.validation import NIL_FIELD
from models.vietnamese import sentence_case
from portal.csrf import CSRF_FIELD
from portal.officers import Officer
from portal.posted import FormInput
from services.desk import Desk
from services.notices import CHECK_WORKING_DAYS
from services.review_items import ReviewItem
from services.reviews import WAITING, ReviewVerdict

DONE = {
    "chap-nhan": "Đã chấp nhận; đơn vị được báo qua thư.",
    "chap-nhan-nhieu": "Đã chấp nhận các bản đã chọn; các đơn vị được báo qua thư.",
    "tra-lai": "Đã trả lại; đơn vị được báo các mục cần bổ sung và hạn gửi lại.",
    "hoi": "Đã gửi câu hỏi; bản đã gửi vẫn chờ thẩm định.",
    "mien": "Đã miễn việc này cho đơn vị.",
    "gia-han": "Đã gia hạn; đơn vị được báo qua thư.",
    "khong-gia-han": "Đã trả lời không gia hạn; đơn vị được báo qua thư.",
    "goi-dien": "Đã ghi nhận cuộc gọi; tạm dừng nhắc đến ngày đã hẹn.",
    "tam-dung": "Đã tạm dừng nhắc.",
    "nhap-thay": "Đã nhập thay đơn vị; người nhập không tự duyệt bản này.",
    "ra-soat": "Đã ký phiếu rà soát; đơn vị được báo kết quả.",
}
VERDICTS = {
    ReviewVerdict.ACCEPTED: "Chấp nhận",
    ReviewVerdict.RETURNED: "Trả lại để bổ sung",
    ReviewVerdict.WAIVED: "Miễn",
}
CHANNELS = {Channel.PORTAL: "trang web", Channel.MAIL: "thư", Channel.ENTERED: "nhập thay"}
PAUSE_DAYS = 3


def item_path(obligation_id: str, page: str = "viec") -> str:
    """Return the path of a page about an obligation."""
    return f"/tham-dinh/{page}/{quote(obligation_id)}"


def field_names(item: ReviewItem) -> dict[str, str]:
    """Return what the fields of the product are called, in the form's order."""
    kind = item.task.requirement.kind
    asked = {one.id: f"{one.id} - {one.name}" for one in item.task.asked}
    return (
        {NIL_FIELD: "Không phát sinh", DOCUMENT_FIELD: "Số, ngày văn bản"}
        | asked
        | narrative_titles(kind)
        | {FILES_FIELD: "Tệp kèm theo"}
    )


def item_context(
    desk: Desk,
    officer: Officer,
    item: ReviewItem,
    *,
    compared: int = 0,
    typed: FormInput | None = None,
    error: str = "",
) -> dict[str, object]:
    """Return what the page shows: the latest version beside the one it is compared with."""
    latest = item.latest
    before = item.version(compared or latest.version - 1) if latest else None
    names, today = field_names(item), desk.calendar.day_of(desk.now)
    changes = answer_changes(before.answer if before else None, latest.answer, names=names) if (
        latest
    ) else ()  # fmt: skip
    return {
        "item": item,
        "names": names,
        "latest": latest,
        "before": before,
        "changes": changes,
        "waits": item.task.obligation.state in WAITING,
        "is_open": item.task.obligation.is_open,
        "may_waive": item.task.obligation.state is not ObligationState.ACCEPTED
        and item.task.obligation.state is not ObligationState.WAIVED,
        "is_plan": item.task.requirement.kind is RequirementKind.DETAILED_PLAN,
        "by_form": bool(narrative_titles(item.task.requirement.kind)),
        "asked_extension": next((e for e in item.extensions if e.is_open), None),
        "may_act": officer.may(Role.OFFICE),
        "may_decide": officer.may(Role.OFFICE, Role.LEADER),
        "csrf_field": CSRF_FIELD,
        "csrf": officer.csrf,
        "typed": typed or FormInput(),
        "error": error,
        "message": "",
        "verdicts": VERDICTS,
        "channels": CHANNELS,
        "item_path": item_path,
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "return_by": return_day(desk, today),
        "pause_until": desk.calendar.add_working_days(today, PAUSE_DAYS),
        "actor": _actors(item, officer),
        "sentence_case": sentence_case,
        "now": desk.now,
    }


def return_day(desk: Desk, today: date) -> date:
    """Return the day proposed for sending a returned product again."""
    return desk.calendar.add_working_days(today, CHECK_WORKING_DAYS)


def _actors(item: ReviewItem, officer: Officer) -> dict[str, str]:
    """Return who is meant by the ids of contacts and by one's own account."""
    people = {
        contact.id: f"{contact.full_name or contact.title}, {item.unit.name}"
        for contact in item.unit.contacts
    }
    return people | {officer.account_id: officer.name}
