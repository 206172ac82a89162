"""Changes of contacts before the office: what units propose, agreed to or refused with a reason."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.accounts import Role
from models.contact_changes import ChangeState, Reach
from models.vietnamese import paragraphs
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.officers import OfficerOf, ReviewForm
from services.contact_changes import OLD_ADDRESS, decide_change, find_changes
from services.plans import unit_names

PREFIX = "/dau-moi-moi"
ACT, REASON = "viec", "ly_do"
NEWEST = 20
DONE = {
    "dong-y": "Đã đồng ý: thông tin mới có hiệu lực, liên kết cũ hết hiệu lực, liên kết mới đã "
    "được xếp gửi.",
    "tu-choi": "Đã từ chối; đầu mối đang đăng ký được giữ nguyên.",
}
NAMES = Reach("Họ và tên", "Địa chỉ thư", "Điện thoại")
NO_REASON = "Hãy ghi lý do từ chối; lý do được lưu vào nhật ký."


def contact_desk_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/dau-moi-moi``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    @router.get("")
    def show_changes(request: Request, desk: DeskOf, officer: OfficerOf, da: str = "") -> Response:
        found = find_changes(desk.engine, commune=desk.commune)
        decided = sorted((c for c in found if c.decided_at), key=lambda c: -c.id)
        context = {
            "waiting": [c for c in found if c.state is ChangeState.ASKED],
            "decided": decided[:NEWEST],
            "names": NAMES,
            "unit_names": unit_names(desk.engine, commune=desk.commune),
            "states": ChangeState,
            "old_address": OLD_ADDRESS,
            "message": DONE.get(da, ""),
            "may_act": officer.may(Role.OFFICE),
            "csrf_field": CSRF_FIELD,
            "csrf": officer.csrf,
            "now": desk.now,
        }
        return templates.TemplateResponse(request, "portal/contact_desk.html.j2", context)

    @router.post("/{number}")
    def decide(number: int, desk: DeskOf, form: ReviewForm) -> Response:
        act, reason = form.input.one(ACT), paragraphs(form.input.one(REASON))
        if act not in DONE:
            raise HTTPException(422, "Hãy chọn Đồng ý hoặc Từ chối.")
        agreed = act == "dong-y"
        if not agreed and not reason:
            raise HTTPException(422, NO_REASON)
        decide_change(
            desk.engine, number, commune=desk.commune, agreed=agreed, by=form.officer.account_id,
            now=desk.now, refusal="" if agreed else reason,
        )  # fmt: skip
        return RedirectResponse(f"{PREFIX}?da={act}", 303)

    return router
