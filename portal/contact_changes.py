"""Change of contact: proposed on the unit's page, agreed to by the holder of the old address."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from adapters.install_key import read_install_key
from adapters.link_sessions import LinkSession
from adapters.links import LinkScope, read_change_token
from models.contact_changes import ChangeState, ContactChange, Reach
from models.errors import RefusedError
from models.vietnamese import paragraphs
from portal.csrf import CSRF_FIELD, csrf_token, refuse_forged
from portal.desk import DeskOf
from portal.entrances import BEFORE_ALL, with_session
from portal.limits import limits_of
from portal.posted import FormInput, Posted, PostedOf, read_posted
from portal.rate_limits import refuse_often
from portal.visitors import PAGE, READ, VisitorOf, form_owner, own_session
from services.contact_changes import OLD_ADDRESS, decide_change, propose_change, read_change
from services.desk import Desk

NAME, ADDRESS, PHONE, REASON = "ho_ten", "dia_chi", "dien_thoai", "ly_do"
AGREED, REFUSED = "dong_y", "khong"
DECIDE = "/doi-dau-moi/{number}"


def contact_change_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the routes of proposing a change and of deciding on it by the letter's link."""
    router = APIRouter(default_response_class=HTMLResponse)
    _add_proposing(router, templates)
    _add_entering(router)
    _add_deciding(router, templates)
    return router


def _add_proposing(router: APIRouter, templates: Jinja2Templates) -> None:
    def page(request: Request, visitor: VisitorOf, given: FormInput, fault: str) -> Response:
        context = {
            "visitor": visitor, "given": given, "fault": fault, "csrf_field": CSRF_FIELD,
            "shown_address": masked(visitor.resident.contact.email), "nav": (),
        }  # fmt: skip
        return templates.TemplateResponse(
            request, "portal/contact_change.html.j2", context, status_code=422 if fault else 200
        )

    @router.api_route(PAGE + "/dau-moi", methods=READ)
    def show_form(request: Request, visitor: VisitorOf) -> Response:
        contact = visitor.resident.contact
        known = {NAME: contact.full_name or "", PHONE: contact.phone or ""}
        return page(request, visitor, FormInput(fields={k: (t,) for k, t in known.items()}), "")

    @router.post(PAGE + "/dau-moi")
    def take_form(posted: PostedOf, request: Request, desk: DeskOf, visitor: VisitorOf) -> Response:
        given, contact = posted.input, visitor.resident.contact
        wanted = Reach(
            given.one(NAME) or None, given.one(ADDRESS).strip() or contact.email,
            given.one(PHONE) or None,
        )  # fmt: skip
        try:
            propose_change(
                desk.engine, contact, wanted, plan_id=visitor.plan_id,
                reason=paragraphs(given.one(REASON)), by=visitor.contact_id, now=desk.now,
            )  # fmt: skip
        except RefusedError as error:
            return page(request, visitor, given, str(error))
        return RedirectResponse(f"{visitor.page}?da=doi-dau-moi", 303)


def _add_entering(router: APIRouter) -> None:
    @router.api_route("/dau-moi/{token}", methods=READ)
    def enter(request: Request, token: str, desk: DeskOf) -> Response:
        try:
            scope = read_change_token(read_install_key(desk.settings.home), token, now=BEFORE_ALL)
        except RefusedError as error:
            refuse_often(request, limits_of(request).wrong_links)
            raise HTTPException(404) from error
        if scope.expires_at < desk.now:
            raise HTTPException(
                410, "Đã quá thời hạn trả lời; đầu mối đang đăng ký được giữ nguyên."
            )
        decider = LinkScope(desk.commune, "", decider_of(scope.number), scope.expires_at)
        return with_session(RedirectResponse(f"/doi-dau-moi/{scope.number}", 303), desk, decider)


def _add_deciding(router: APIRouter, templates: Jinja2Templates) -> None:
    @router.api_route(DECIDE, methods=READ)
    def show_change(request: Request, session: DeciderOf, number: int, desk: DeskOf) -> Response:
        key = read_install_key(desk.settings.home)
        context = {
            "change": _open_change(desk, session, number), "states": ChangeState,
            "csrf_field": CSRF_FIELD, "csrf": csrf_token(key, form_owner(session)), "nav": (),
        }  # fmt: skip
        return templates.TemplateResponse(request, "portal/contact_decision.html.j2", context)

    @router.post(DECIDE)
    def take_decision(
        *,
        request: Request,
        session: DeciderOf,
        posted: Annotated[Posted, Depends(read_posted)],
        number: int,
        desk: DeskOf,
    ) -> Response:
        key = read_install_key(desk.settings.home)
        given = posted.input
        refuse_forged(request, key=key, link=form_owner(session), given=given.one(CSRF_FIELD))
        _open_change(desk, session, number)
        if given.one("tra_loi") not in {AGREED, REFUSED}:
            raise RefusedError("Hãy chọn Đồng ý hoặc Không đồng ý.")
        decide_change(
            desk.engine, number, commune=desk.commune, agreed=given.one("tra_loi") == AGREED,
            by=OLD_ADDRESS, now=desk.now,
        )  # fmt: skip
        return RedirectResponse(f"/doi-dau-moi/{number}", 303)


def decider_of(number: int) -> str:
    """Return under which name a browser holds the session of one change."""
    return f"change:{number}"


async def own_decision(request: Request, number: int) -> LinkSession:
    """Return the session of that change.

    Raises:
        HTTPException: 404, the browser did not open the letter's link.
    """
    return await own_session(request, decider_of(number))


DeciderOf = Annotated[LinkSession, Depends(own_decision)]


def _open_change(desk: Desk, session: LinkSession, number: int) -> ContactChange:
    if min(session.ends_at, session.scope.expires_at) < desk.now:
        raise HTTPException(410)
    return read_change(desk.engine, number)


def masked(address: str) -> str:
    """Return an address as its owner knows it again and nobody else learns it."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
