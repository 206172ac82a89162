"""The mails that came in: lists by state, one mail as people read it, what they decide."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.accounts import Role
from models.answer_forms import is_sent_by_form
from models.incoming import InboxState, MailClass
from models.obligations import DONE_STATES
from models.plans import RequirementKind
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.downloads import download
from portal.entering import entering_path
from portal.officers import OfficerForm, OfficerOf, ReviewForm
from portal.posted import FormInput
from services.desk import Desk
from services.inbox_decisions import accept_mail, ask_unit, dismiss_mail
from services.inbox_desk import (
    MailDetail,
    count_mails,
    list_mails,
    read_detail,
    read_file,
    read_octets,
)
from services.plans import unit_names
from services.portal_views import Task, read_tasks

PREFIX = "/thu-den"
ACT, REASON, ABOUT = "viec", "ly_do", "nghia_vu"
STATES = {
    InboxState.QUARANTINED: ("Chờ quyết định", "bad"),
    InboxState.PERSON: ("Cần người đọc", "warn"),
    InboxState.ASKED: ("Chờ đơn vị", "info"),
    InboxState.KEPT: ("Chờ ghi nhận", "info"),
    InboxState.SETTLED: ("Đã xong", "ok"),
}
CLASSES = {
    MailClass.ANSWER: "thư trả lời, đúng địa chỉ đăng ký",
    MailClass.UNVERIFIED: "thư trả lời, chưa xác định được người gửi",
    MailClass.BOUNCE_PERMANENT: "giấy báo không gửi được",
    MailClass.BOUNCE_TEMPORARY: "giấy báo gửi chậm",
    MailClass.AUTO_REPLY: "thư trả lời tự động",
    MailClass.FORWARDED: "thư chuyển tiếp",
    MailClass.DUPLICATE: "thư trùng",
    MailClass.OWN: "thư của chính hệ thống",
    MailClass.SPOOFED: "thư nghi mạo danh",
    MailClass.UNREADABLE: "thư không đọc được",
    MailClass.UNMATCHED: "thư chưa rõ trả lời việc nào",
}
ENTRIES = {
    "mail.kept": "giữ lại để ghi nhận",
    "mail.settled": "ghi nhận xong",
    "mail.asked": "hỏi lại đơn vị",
    "mail.person": "chuyển người xử lý",
    "mail.confirmed": "xác nhận là thư thật",
    "mail.denied": "đơn vị báo không gửi thư này",
    "mail.dismissed": "không xử lý nữa",
    "mail.entered": "đã nhập thay",
    "mail.repeated": "thấy lại thư này",
} | {f"mail.{kind}": f"nhận, xếp loại: {words}" for kind, words in CLASSES.items()}
DONE = {
    "answered": "Đã ghi nhận thành câu trả lời của đơn vị; thư tiếp nhận đã được gửi.",
    "asked": "Đã gửi thư hỏi lại đơn vị.",
    "for_person": "Đã xác nhận là thư thật nhưng chưa tự ghi nhận được; xem lý do dưới đây.",
    "settled": "Đã ghi nhận; thư không cần xử lý thêm.",
    "bo": "Đã đóng thư này.",
    "khong": "Thư này đã được xử lý từ trước.",
}


def incoming_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes under ``/thu-den``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)
    _add_pages(router, templates)
    _add_downloads(router)
    _add_acts(router)
    return router


def _add_pages(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.get("")
    def show_list(
        request: Request, desk: DeskOf, _officer: OfficerOf,
        trang_thai: Annotated[InboxState | None, Query(alias="trang-thai")] = None,
    ) -> Response:  # fmt: skip
        counts = count_mails(desk.engine, commune=desk.commune)
        state = trang_thai or next((s for s in STATES if counts[s]), InboxState.QUARANTINED)
        context = _words(desk) | {
            "mails": list_mails(desk.engine, commune=desk.commune, state=state),
            "counts": counts,
            "state": state,
        }
        return templates.TemplateResponse(request, "portal/incoming.html.j2", context)

    @router.get("/{mail_id}")
    def show_mail(
        *, request: Request, mail_id: int, desk: DeskOf, officer: OfficerOf,
        don_vi: Annotated[str, Query(max_length=60)] = "",
        da: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:  # fmt: skip
        detail = read_detail(desk.clerk, mail_id)
        context = _words(desk) | {
            "detail": detail,
            "line": detail.line,
            "may_act": officer.may(Role.OFFICE) and detail.line.is_decided_by_people,
            "csrf": officer.csrf,
            "choices": _choices(desk, detail, don_vi),
            "chosen_unit": don_vi or detail.line.unit_id or "",
            "message": DONE.get(da, ""),
            "may_enter": detail.is_proved and don_vi in {"", detail.line.unit_id},
            "by_form": lambda task: is_sent_by_form(task.requirement.kind),
            "entering_path": entering_path,
        }
        return templates.TemplateResponse(request, "portal/incoming_mail.html.j2", context)


def _add_downloads(router: APIRouter) -> None:
    @router.get("/{mail_id}/tep/{number}")
    def download_file(mail_id: int, number: int, desk: DeskOf, _officer: OfficerOf) -> Response:
        file = read_file(desk.clerk, mail_id, number)
        return download(file.content, name=file.name)

    @router.get("/{mail_id}/thu.eml")
    def download_mail(mail_id: int, desk: DeskOf, _officer: OfficerOf) -> Response:
        return download(read_octets(desk.clerk, mail_id), name=f"thu-den-{mail_id}.eml")


def _add_acts(router: APIRouter) -> None:
    @router.post("/{mail_id}")
    def decide(mail_id: int, desk: DeskOf, form: ReviewForm) -> Response:
        done = _decide(desk, mail_id, form)
        return RedirectResponse(f"{PREFIX}/{mail_id}?da={done}", 303)


def _decide(desk: Desk, mail_id: int, form: OfficerForm) -> str:
    given, by = form.input, form.officer.account_id
    match given.one(ACT):
        case "nhan":
            fate = accept_mail(
                desk.clerk, mail_id, by=by, reason=_reason(given),
                obligation_id=given.one(ABOUT) or None,
            )  # fmt: skip
            return fate or "khong"
        case "hoi":
            about = given.one(ABOUT) or None
            is_asked = ask_unit(desk.clerk, mail_id, by=by, obligation_id=about)
            return "asked" if is_asked else "khong"
        case "bo":
            is_closed = dismiss_mail(desk.clerk, mail_id, by=by, reason=_reason(given))
            return "bo" if is_closed else "khong"
        case _:
            raise HTTPException(422, "Hãy chọn một trong các nút của trang.")


def _reason(given: FormInput) -> str:
    reason = given.one(REASON).strip()
    if not reason:
        raise HTTPException(422, "Hãy ghi lý do; lý do được lưu vào nhật ký.")
    return reason


def _choices(desk: Desk, detail: MailDetail, unit_id: str) -> tuple[Task, ...]:
    """What the mail may be an answer to: of its unit, or of the one a person looks at."""
    tasks = detail.tasks
    if unit_id and unit_id != detail.line.unit_id:
        tasks = read_tasks(
            desk.engine, commune=desk.commune, unit_id=unit_id, calendar=desk.calendar,
            now=desk.now,
        )  # fmt: skip
    return tuple(
        task
        for task in tasks
        if task.obligation.state not in DONE_STATES
        and (
            is_sent_by_form(task.requirement.kind)
            or task.requirement.kind is RequirementKind.ACKNOWLEDGEMENT
        )
    )


def _words(desk: Desk) -> dict[str, object]:
    return {
        "unit_names": unit_names(desk.engine, commune=desk.commune),
        "mail_states": STATES,
        "mail_classes": CLASSES,
        "mail_entries": ENTRIES,
        "csrf_field": CSRF_FIELD,
    }
