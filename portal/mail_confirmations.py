"""The page by which a unit says whether a mail in its name is its own."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.install_key import read_install_key
from adapters.links import EXPIRED
from adapters.mail_links import MailScope, read_mail_token
from models.errors import RefusedError
from portal.csrf import CSRF_FIELD, csrf_token
from portal.desk import DeskOf
from portal.strangers import StrangerForm
from portal.visitors import READ
from services.inbox_decisions import confirm_by_unit, deny_by_unit
from services.inbox_desk import read_detail
from services.mail_letters import confirmation_path

ACT = "viec"
MOST_SHOWN = 2_000


def mail_scope(token: str, desk: DeskOf) -> MailScope:
    """Return which mail the link is about.

    Raises:
        HTTPException: 404, the link is not ours; 410, it expired.
    """
    try:
        scope = read_mail_token(read_install_key(desk.settings.home), token, now=desk.now)
    except RefusedError as error:
        raise HTTPException(410 if str(error) == EXPIRED else 404) from error
    if scope.commune != desk.commune:
        raise HTTPException(404)
    return scope


ScopeOf = Annotated[MailScope, Depends(mail_scope)]


def mail_confirmation_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes ``/xac-nhan-thu/{token}``: looking changes nothing."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(confirmation_path("{token}"), methods=READ)
    def show_mail(request: Request, token: str, desk: DeskOf, scope: ScopeOf) -> Response:
        path = confirmation_path(token)
        detail = read_detail(desk.clerk, scope.mail_id)
        context: dict[str, object] = {
            "detail": detail,
            "line": detail.line,
            "text": detail.text[:MOST_SHOWN],
            "path": path,
            "is_open": detail.line.is_decided_by_people
            and not (detail.is_confirmed or detail.is_denied),
            "csrf_field": CSRF_FIELD,
            "csrf": csrf_token(read_install_key(desk.settings.home), path),
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/mail_confirmation.html.j2", context)

    @router.post(confirmation_path("{token}"))
    def take_word(token: str, desk: DeskOf, scope: ScopeOf, given: StrangerForm) -> Response:
        match given.one(ACT):
            case "dung":
                confirm_by_unit(desk.clerk, scope)
            case "khong-phai":
                deny_by_unit(desk.clerk, scope)
            case _:
                raise HTTPException(422, "Hãy chọn một trong hai nút của trang.")
        return RedirectResponse(confirmation_path(token), 303)

    return router
