"""“Send me a new link”: a letter to the registered address, and the same answer for everybody."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from itsdangerous import BadData, URLSafeSerializer

from adapters.install_key import read_install_key
from config.clock import read_now
from config.settings import Settings
from portal.csrf import CSRF_FIELD, csrf_token, refuse_forged
from portal.desk import settings_of
from portal.limits import limits_of
from portal.posted import Posted, read_posted
from portal.rate_limits import refuse_often
from portal.visitors import READ
from services.desk import open_desk
from services.personal_links import send_link, send_links_to

PATH = "/lien-ket-moi"
ADDRESS, ENDED = "dia_chi", "cho"
FORM = "new-link"  # what these forms are bound to: anybody may ask
SALT = "dondoc.new-link"
SENT, LEFT = "gui", "thoat"


def new_link_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/lien-ket-moi``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(PATH, methods=READ)
    def show_page(request: Request, da: Annotated[str, Query(max_length=10)] = "") -> Response:
        settings = settings_of(request)
        context = {
            "csrf_field": CSRF_FIELD,
            "csrf": csrf_token(read_install_key(settings.home), FORM),
            "is_sent": da == SENT,
            "has_left": da == LEFT,
            "settings": settings,
            "nav": (),
        }
        return templates.TemplateResponse(request, "portal/new_link.html.j2", context)

    @router.post(PATH)
    def take_request(
        request: Request, posted: Annotated[Posted, Depends(read_posted)], later: BackgroundTasks
    ) -> Response:
        settings, given = settings_of(request), posted.input
        key = read_install_key(settings.home)
        refuse_forged(request, key=key, link=FORM, given=given.one(CSRF_FIELD))
        refuse_often(request, limits_of(request).new_links)
        contact_id = _ended_contact(key, settings.commune, given.one(ENDED))
        # After the answer: nobody can tell by the time it took whether the address is known.
        later.add_task(_send, settings, contact_id, given.one(ADDRESS)[:320])
        return RedirectResponse(f"{PATH}?da={SENT}", 303)

    return router


def ask_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form that asks for a new link in place of an ended one."""
    contact_id = getattr(request.state, "ended_contact", None)
    if contact_id is None:
        return {}
    settings = settings_of(request)
    key = read_install_key(settings.home)
    reference = URLSafeSerializer(key, salt=SALT).dumps([settings.commune, contact_id])
    return {CSRF_FIELD: csrf_token(key, FORM), ENDED: str(reference)}


def _ended_contact(key: bytes, commune: str, reference: str) -> str | None:
    if not reference:
        return None
    try:
        of_commune, contact_id = URLSafeSerializer(key, salt=SALT).loads(reference)
    except (BadData, ValueError, TypeError) as error:
        raise HTTPException(403) from error
    return str(contact_id) if of_commune == commune else None


def _send(settings: Settings, contact_id: str | None, address: str) -> None:
    with open_desk(settings, now=read_now(settings)) as desk:
        if contact_id is None:
            send_links_to(desk.engine, commune=desk.commune, address=address, now=desk.now)
        else:
            send_link(desk.engine, commune=desk.commune, contact_id=contact_id, by=contact_id,
                      now=desk.now)  # fmt: skip
