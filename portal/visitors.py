"""The visitor of a personal page: who it is, checked anew at every request."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request

from adapters.install_key import read_install_key
from adapters.link_sessions import LinkSession, read_session
from config.settings import Settings
from models.addressees import Addressee
from models.errors import RefusedError
from models.units import ContactRole
from portal.csrf import csrf_token
from portal.desk import DeskOf, settings_of
from services.personal_links import Resident, find_resident

READ = ["GET", "HEAD"]  # scanners of mail ask for HEAD, and must change nothing either
PAGE = "/dv/{who}"
SESSION_LIFE = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Whose page was opened, with the key of the installation."""

    session: LinkSession
    key: bytes
    resident: Resident

    @property
    def unit_id(self) -> str:
        """The unit the link is scoped to."""
        return self.resident.unit.id

    @property
    def contact_id(self) -> str:
        """The contact the link was made for."""
        return self.resident.contact.id

    @property
    def plan_id(self) -> str:
        """The plan whose letter the link came with."""
        return self.resident.plan_id

    @property
    def link(self) -> str:
        """What forms of this page are bound to: the contact and the set of its links."""
        return form_owner(self.session)

    @cached_property
    def csrf(self) -> str:
        """The token that forms of this page carry."""
        return csrf_token(self.key, self.link)

    @property
    def page(self) -> str:
        """The path of the personal page; nothing in it opens anything by itself."""
        return page_path(self.contact_id)

    @property
    def is_head(self) -> bool:
        """Whether the contact is the head of the unit."""
        return self.resident.contact.role is ContactRole.HEAD

    @property
    def name(self) -> str:
        """The person's name, else the title."""
        return self.resident.contact.full_name or self.resident.contact.title

    @property
    def greeting(self) -> str:
        """How the page greets the visitor."""
        return Addressee.of(self.resident.unit, self.resident.contact).greeting


def page_path(contact_id: str) -> str:
    """Return the path of a contact's page."""
    return f"/dv/{quote(contact_id, safe='')}"


def form_owner(session: LinkSession) -> str:
    """Return what the forms of a session are bound to; opening the link again keeps it."""
    scope = session.scope
    return f"{scope.commune}/{scope.unit_id}/{scope.contact_id}/{scope.serial}"


def is_secure(settings: Settings) -> bool:
    """Whether the portal's public address is https."""
    return settings.portal_url.startswith("https://")


def cookie_name(settings: Settings, who: str) -> str:
    """Return the name of the cookie of one contact, so that several units share a browser.

    Over https the prefix keeps other hosts of the domain from planting it (RFC 6265bis 4.1.3.2).
    """
    prefix = "__Host-" if is_secure(settings) else ""
    return f"{prefix}dv-{hashlib.sha256(who.encode()).hexdigest()[:16]}"


async def own_session(request: Request, who: str) -> LinkSession:
    """Return the session of that page; nothing is looked up for those who have none.

    It waits for nothing but the file of the key, so it takes no thread.

    Raises:
        HTTPException: 404, the browser has no session of that contact.
    """
    settings = settings_of(request)
    sealed = request.cookies.get(cookie_name(settings, who))
    if sealed is None:
        raise HTTPException(404)
    try:
        session = read_session(read_install_key(settings.home), sealed)
    except RefusedError as error:
        raise HTTPException(404) from error
    if session.scope.commune != settings.commune:
        raise HTTPException(404)
    request.state.session_contact = session.scope.contact_id  # who is put down for a page not found
    if session.scope.contact_id != who:
        raise HTTPException(404)
    request.state.ended_contact = session.scope.contact_id  # whom a page of an ended link is for
    return session


def read_visitor(desk: DeskOf, session: Annotated[LinkSession, Depends(own_session)]) -> Visitor:
    """Return whose page it is.

    Raises:
        HTTPException: 410, the session or its link has ended, or the contact is gone.
    """
    resident = find_resident(desk.engine, session.scope)
    if resident is None or min(session.ends_at, session.scope.expires_at) < desk.now:
        raise HTTPException(410)
    return Visitor(session=session, key=read_install_key(desk.settings.home), resident=resident)


SessionOf = Annotated[LinkSession, Depends(own_session)]
VisitorOf = Annotated[Visitor, Depends(read_visitor)]
