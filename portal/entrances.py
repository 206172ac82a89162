"""Ways in: a link becomes a clean address and a cookie; whoever follows it, nothing changes."""

import secrets
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from adapters.install_key import read_install_key
from adapters.link_sessions import LinkSession, seal_session
from adapters.links import LinkScope, read_link_token
from models.errors import RefusedError
from portal.desk import DeskOf
from portal.limits import limits_of
from portal.posted import PostedOf
from portal.rate_limits import refuse_often
from portal.visitors import PAGE, READ, SESSION_LIFE, VisitorOf, cookie_name, is_secure, page_path
from services.desk import Desk
from services.personal_links import find_resident

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
LEFT = "/lien-ket-moi?da=thoat"


def entrance_routes() -> APIRouter:
    """Return the routes ``/l/{token}`` and ``/d/{token}``, which letters carry, and the way out."""
    router = APIRouter()

    @router.api_route("/l/{token}", methods=READ)
    @router.api_route("/d/{token}", methods=READ)
    @router.api_route("/d/{token}/{rest:path}", methods=READ)
    def enter(request: Request, token: str, desk: DeskOf, rest: str = "") -> Response:
        scope = read_scope(request, desk, token)
        request.state.ended_contact = scope.contact_id
        if scope.expires_at < desk.now or find_resident(desk.engine, scope) is None:
            raise HTTPException(410)
        path = page_path(scope.contact_id) + (f"/{quote(rest)}" if rest else "")
        return with_session(RedirectResponse(path, 303), desk, scope)

    @router.post(PAGE + "/thoat")
    def leave(_: PostedOf, desk: DeskOf, visitor: VisitorOf) -> Response:
        answer = RedirectResponse(LEFT, 303)
        answer.delete_cookie(
            cookie_name(desk.settings, visitor.contact_id), path="/", httponly=True,
            secure=is_secure(desk.settings), samesite="lax",
        )  # fmt: skip
        return answer

    return router


def read_scope(request: Request, desk: Desk, token: str) -> LinkScope:
    """Return whose link it is, ended or not.

    Raises:
        HTTPException: 404, the link is not ours; 429, the tenth such in a minute.
    """
    try:
        scope = read_link_token(read_install_key(desk.settings.home), token, now=BEFORE_ALL)
    except RefusedError as error:
        refuse_often(request, limits_of(request).wrong_links)
        raise HTTPException(404) from error
    if scope.commune != desk.commune:
        raise HTTPException(404)
    return scope


def with_session(answer: Response, desk: Desk, scope: LinkScope) -> Response:
    """Give the browser a session of its own, new at every entry."""
    ends_at = min(desk.now + SESSION_LIFE, scope.expires_at)
    session = LinkSession(scope=scope, ends_at=ends_at, entry=secrets.token_urlsafe(16))
    answer.set_cookie(
        cookie_name(desk.settings, scope.contact_id),
        seal_session(read_install_key(desk.settings.home), session),
        max_age=int((ends_at - desk.now).total_seconds()), path="/", httponly=True,
        secure=is_secure(desk.settings), samesite="lax",
    )  # fmt: skip
    return answer
