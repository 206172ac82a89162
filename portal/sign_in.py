"""Signing in and out: by name and password, by a one-time link, and one's own password."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.install_key import read_install_key
from adapters.keyed_hashes import keyed_digest
from models.accounts import ROLE_NAMES, SHORTEST_PASSWORD, LinkPurpose
from models.errors import RefusedError, TooManyTriesError
from portal.csrf import CSRF_FIELD, csrf_token
from portal.desk import DeskOf
from portal.officers import (
    NEXT,
    SIGN_IN,
    AnyForm,
    OfficerOf,
    cookie_name,
    drop_cookie,
    keep_cookie,
)
from portal.posted import FormInput
from portal.strangers import StrangerForm
from portal.visitors import READ
from services.desk import Desk
from services.sign_in_links import read_sign_in_link, use_sign_in_link
from services.sign_ins import Credentials, change_password, sign_in
from services.web_sessions import close_session

NAME, PASSWORD, NEW, AGAIN = "ten", "mat_khau", "mat_khau_moi", "nhap_lai"
DIFFERENT = "Hai lần nhập mật khẩu mới chưa giống nhau."
CHANGED = "Đã đổi mật khẩu; các nơi đăng nhập khác đã đăng xuất."
UNAUTHORIZED, CONFLICT = 401, 409


def sign_in_routes(templates: Jinja2Templates) -> APIRouter:
    """Return ``/dang-nhap``, ``/dang-xuat``, ``/vao/{token}`` and ``/tai-khoan``."""
    router = APIRouter(default_response_class=HTMLResponse)
    _add_password(router, templates)
    _add_link(router, templates)
    _add_account(router, templates)
    return router


def _add_password(router: APIRouter, templates: Jinja2Templates) -> None:
    def page(request: Request, desk: Desk, *, given: FormInput, error: str = "") -> Response:
        context = _form(desk, SIGN_IN) | {
            "error": error, "name": given.one(NAME), "next": local_path(given.one(NEXT)),
        }  # fmt: skip
        status = UNAUTHORIZED if error else 200
        return templates.TemplateResponse(
            request, "portal/sign_in.html.j2", context, status_code=status
        )

    @router.api_route(SIGN_IN, methods=READ)
    def show_sign_in(request: Request, desk: DeskOf, tiep: str = "/") -> Response:
        return page(request, desk, given=FormInput(fields={NEXT: (tiep,)}))

    @router.post(SIGN_IN)
    def take_sign_in(request: Request, desk: DeskOf, given: StrangerForm) -> Response:
        try:
            token = sign_in(
                desk.engine, _credentials(request, desk, given, given.one(NAME)),
                commune=desk.commune, now=desk.now, instead_of=_present(request, desk),
            )  # fmt: skip
        except TooManyTriesError:
            raise
        except RefusedError as error:
            return page(request, desk, given=given, error=str(error))
        return _signed_in(desk, token, local_path(given.one(NEXT)))


def _add_link(router: APIRouter, templates: Jinja2Templates) -> None:
    def page(request: Request, desk: Desk, token: str, error: str = "") -> Response:
        link = read_sign_in_link(desk.engine, token, commune=desk.commune, now=desk.now)
        context = _form(desk, "/vao") | {
            "link": link, "sets": link.purpose is LinkPurpose.SET_PASSWORD, "error": error,
            "shortest": SHORTEST_PASSWORD, "token": token,
        }  # fmt: skip
        status = CONFLICT if error else 200
        return templates.TemplateResponse(
            request, "portal/sign_in_link.html.j2", context, status_code=status
        )

    @router.api_route("/vao/{token}", methods=READ)
    def show_link(request: Request, token: str, desk: DeskOf) -> Response:
        return page(request, desk, token)

    @router.post("/vao/{token}")
    def take_link(request: Request, token: str, desk: DeskOf, given: StrangerForm) -> Response:
        if given.one(NEW) != given.one(AGAIN):
            return page(request, desk, token, DIFFERENT)
        try:
            session = use_sign_in_link(
                desk.engine, token, commune=desk.commune, now=desk.now, password=given.one(NEW),
                instead_of=_present(request, desk),
            )  # fmt: skip
        except RefusedError as error:
            return page(request, desk, token, str(error))
        return _signed_in(desk, session, "/")


def _add_account(router: APIRouter, templates: Jinja2Templates) -> None:
    def page(request: Request, status: int = 200, *, error: str = "", done: str = "") -> Response:
        context = {
            "error": error, "done": done, "role_names": ROLE_NAMES, "shortest": SHORTEST_PASSWORD,
            "csrf_field": CSRF_FIELD,
        }  # fmt: skip
        return templates.TemplateResponse(
            request, "portal/account.html.j2", context, status_code=status
        )

    @router.get("/tai-khoan")
    def show_account(request: Request, _: OfficerOf, da: str = "") -> Response:
        return page(request, done=CHANGED if da else "")

    @router.post("/tai-khoan")
    def take_password(request: Request, desk: DeskOf, form: AnyForm) -> Response:
        given = form.input
        if given.one(NEW) != given.one(AGAIN):
            return page(request, CONFLICT, error=DIFFERENT)
        try:
            token = change_password(
                desk.engine, _credentials(request, desk, given, form.officer.account_id),
                given.one(NEW), commune=desk.commune, now=desk.now,
            )  # fmt: skip
        except TooManyTriesError:
            raise
        except RefusedError as error:
            return page(request, CONFLICT, error=str(error))
        return keep_cookie(RedirectResponse("/tai-khoan?da=doi", 303), desk.settings, token)

    @router.post("/dang-xuat")
    def take_sign_out(desk: DeskOf, form: AnyForm) -> Response:
        close_session(desk.engine, form.officer.session.digest)
        return drop_cookie(RedirectResponse(SIGN_IN, 303), desk.settings)


def local_path(text: str) -> str:
    """Return a path of ours to go on to; anything that names another place becomes the first."""
    # Browsers read a backslash as a slash, and drop tabs and line ends.
    is_plain = text.isprintable() and "\\" not in text and not text.startswith("//")
    parts = urlsplit(text) if is_plain and text.startswith("/") else None
    if parts is None or parts.netloc or parts.scheme or parts.path == SIGN_IN:
        return "/"
    return text


def _credentials(request: Request, desk: Desk, given: FormInput, name: str) -> Credentials:
    address = request.client.host if request.client else ""
    # The address itself is nobody's business here: enough to tell one from another.
    origin = keyed_digest(read_install_key(desk.settings.home), address.encode()).hex()
    return Credentials(
        name=name.strip().lower()[:80], password=given.one(PASSWORD)[:1000], origin=origin
    )


def _present(request: Request, desk: Desk) -> str | None:
    return request.cookies.get(cookie_name(desk.settings))


def _signed_in(desk: Desk, token: str, path: str) -> Response:
    return keep_cookie(RedirectResponse(path, 303), desk.settings, token)


def _form(desk: Desk, link: str) -> dict[str, object]:
    token = csrf_token(read_install_key(desk.settings.home), link)
    return {"csrf_field": CSRF_FIELD, "csrf": token, "nav": ()}
