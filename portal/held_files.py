"""Held files before the office: listed, fetched as downloads nothing opens, settled by a person."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from models.accounts import Role
from models.vietnamese import paragraphs
from portal.csrf import CSRF_FIELD
from portal.desk import DeskOf
from portal.downloads import OCTETS, download_headers
from portal.officers import OfficerOf, ReviewerOf, ReviewForm
from portal.review_pages import item_path
from services.held_uploads import find_held, read_held, settle_held
from services.plans import unit_names

PREFIX = "/tep-giu-lai"
FINDING = "ket_qua"
DONE = {
    "xong": "Đã ghi nhận kết quả kiểm tra; tệp vẫn được lưu.",
    "truoc": "Tệp này đã có người kiểm tra trước đó.",
}


def held_file_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/tep-giu-lai``."""
    router = APIRouter(prefix=PREFIX, default_response_class=HTMLResponse)

    @router.get("")
    def show_files(request: Request, desk: DeskOf, officer: OfficerOf, da: str = "") -> Response:
        context = {
            "files": find_held(desk.engine, commune=desk.commune),
            "unit_names": unit_names(desk.engine, commune=desk.commune),
            "item_path": item_path,
            "message": DONE.get(da, ""),
            "may_act": officer.may(Role.OFFICE),
            "csrf_field": CSRF_FIELD,
            "csrf": officer.csrf,
            "now": desk.now,
        }
        return templates.TemplateResponse(request, "portal/held_files.html.j2", context)

    @router.get("/{number}/tep")
    def fetch_file(number: int, desk: DeskOf, _: ReviewerOf) -> Response:
        file = read_held(desk.engine, number, commune=desk.commune)
        return FileResponse(
            desk.blobs.checked(file.sha256), media_type=OCTETS, headers=download_headers(file.name)
        )

    @router.post("/{number}")
    def settle(number: int, desk: DeskOf, form: ReviewForm) -> Response:
        finding = paragraphs(form.input.one(FINDING))
        if not finding:
            raise HTTPException(422, "Hãy ghi kết quả kiểm tra, ví dụ: đã quét, không có mã độc.")
        is_new = settle_held(
            desk.engine, number, commune=desk.commune, by=form.officer.account_id, now=desk.now,
            finding=finding,
        )  # fmt: skip
        return RedirectResponse(f"{PREFIX}?da={'xong' if is_new else 'truoc'}", 303)

    return router
