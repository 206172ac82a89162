"""Error pages: what happened and what to do, never a trace and never a token."""

from collections.abc import Mapping
from contextlib import suppress

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from models.errors import (
    DondocError,
    RefusedError,
    TooManyTriesError,
    TransientError,
    UsageError,
)
from portal.desk import desk_of, settings_of
from portal.new_links import ask_fields
from portal.officers import SignInNeededError, sign_in_path
from portal.pages import headers_of
from portal.posted import typed_fields
from portal.visitors import READ
from services.strays import note_stray

RETRY_SECONDS = "30"
NOT_FOUND, GONE, BUSY = 404, 410, 503
OFFERED_LINK = frozenset({NOT_FOUND, GONE})
ERRORS: dict[int, tuple[str, str]] = {
    400: ("Yêu cầu không hợp lệ", "Hãy tải lại trang rồi gửi lại."),
    401: ("Chưa đăng nhập", "Phiên làm việc đã hết; hãy đăng nhập lại tại /dang-nhap rồi gửi lại."),
    403: (
        "Không được thực hiện",
        "Biểu mẫu không được gửi từ trang của hệ thống; hãy mở lại trang rồi gửi lại.",
    ),
    404: ("Không tìm thấy trang", "Hãy mở lại đường dẫn trong thư gần nhất đã nhận."),
    405: ("Không thực hiện được yêu cầu này", "Hãy mở lại đường dẫn trong thư gần nhất đã nhận."),
    409: ("Chưa thực hiện được", "Nội dung đã thay đổi; hãy mở lại trang để xem trạng thái mới."),
    410: (
        "Đường dẫn đã hết hạn",
        "Đường dẫn này không còn hiệu lực. Có thể nhận đường dẫn mới qua địa chỉ thư đã đăng ký.",
    ),
    408: ("Kết nối quá chậm", "Nội dung chưa được ghi nhận; hãy thử lại khi kết nối tốt hơn."),
    413: ("Nội dung gửi quá lớn", "Mỗi tệp tối đa 25 MB, mỗi lần gửi tối đa 60 MB."),
    422: ("Thông tin chưa đúng", "Hãy kiểm tra lại ngày, bộ lọc hoặc nội dung đã nhập."),
    429: ("Đã thử quá nhiều lần", "Hãy thử lại sau ít phút."),
    500: ("Hệ thống gặp lỗi", "Nội dung chưa được ghi nhận; hãy thử lại sau ít phút."),
    503: ("Hệ thống đang bận", "Nội dung chưa được ghi nhận; hãy thử lại sau ít phút."),
}


def add_error_pages(app: FastAPI, templates: Jinja2Templates) -> None:
    """Answer every failure of the application with a clear page."""

    def page(
        request: Request, status: int, message: str = "", more: Mapping[str, str] | None = None
    ) -> Response:
        if status == NOT_FOUND:
            _note_stray(request)
        context = _context(request, status, message)
        headers = headers_of(settings_of(request)) | dict(more or {})
        if status == BUSY:
            headers["Retry-After"] = RETRY_SECONDS
        return templates.TemplateResponse(
            request, "portal/error.html.j2", context, status_code=status, headers=headers
        )

    def show_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        # Starlette's own words are English; ours come as a sentence with a full stop.
        own = error.detail if error.detail.endswith((".", "./.")) else ""
        return page(request, error.status_code, own, error.headers)

    def show_fault(request: Request, error: Exception) -> Response:
        return page(request, _status_of(error), str(error), _wait(error))

    def ask_to_sign_in(request: Request, _: Exception) -> Response:
        if request.method not in READ:
            return page(request, 401)
        query = f"?{request.url.query}" if request.url.query else ""
        path = sign_in_path(f"{request.url.path}{query}")
        return RedirectResponse(path, 303)

    app.add_exception_handler(HTTPException, show_http)
    app.add_exception_handler(SignInNeededError, ask_to_sign_in)
    app.add_exception_handler(RequestValidationError, lambda request, _: page(request, 422))
    app.add_exception_handler(DondocError, show_fault)
    app.add_exception_handler(Exception, lambda request, _: page(request, 500))


def _note_stray(request: Request) -> None:
    """Put down who asked; the page is the same for all, and comes even when the ledger does not."""
    contact_id = getattr(request.state, "session_contact", None)
    if contact_id is None:
        return
    desk = desk_of(request)
    with suppress(TransientError):
        note_stray(
            desk.engine, commune=desk.commune, contact_id=contact_id, path=request.url.path,
            now=desk.now,
        )  # fmt: skip


def _context(request: Request, status: int, message: str) -> dict[str, object]:
    title, advice = ERRORS.get(status, ERRORS[500 if status >= 500 else 400])  # noqa: PLR2004 - HTTP
    return {
        "title": title, "message": message or advice, "status": status, "nav": (),
        "offers_link": status in OFFERED_LINK,
        "ask_fields": ask_fields(request) if status == GONE else {},
        "typed": typed_fields(request) if status == BUSY else (),
    }  # fmt: skip


def _wait(error: Exception) -> Mapping[str, str]:
    if isinstance(error, TooManyTriesError):
        return {"Retry-After": str(error.wait_seconds)}
    return {}


def _status_of(error: Exception) -> int:
    if isinstance(error, TooManyTriesError):
        return 429
    if isinstance(error, UsageError):
        return 404
    if isinstance(error, RefusedError):
        return 409
    return 503 if isinstance(error, TransientError) else 500
