"""The visitor of a personal link: who it is, checked anew at every request."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException

from adapters.install_key import read_install_key
from adapters.links import read_link_token
from models.addressees import Addressee
from models.errors import RefusedError
from models.units import ContactRole
from portal.csrf import csrf_token
from portal.desk import DeskOf
from services.portal_views import Resident, find_resident

READ = ["GET", "HEAD"]  # scanners of mail ask for HEAD, and must change nothing either
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Whose link was opened, with the desk of the request."""

    link: str
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
    def csrf(self) -> str:
        """The token that forms of this link carry."""
        return csrf_token(self.key, self.link)

    @property
    def page(self) -> str:
        """The path of the personal page."""
        return f"/d/{self.link}"

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


def read_visitor(link: str, desk: DeskOf) -> Visitor:
    """Return whose link it is.

    Raises:
        HTTPException: 404, the link is not ours; 410, it expired or its contact is gone.
    """
    key = read_install_key(desk.settings.home)
    try:
        scope = read_link_token(key, link, now=_BEFORE_ALL)
    except RefusedError as error:
        raise HTTPException(404) from error
    if scope.commune != desk.commune:
        raise HTTPException(404)
    resident = find_resident(
        desk.engine, commune=desk.commune, unit_id=scope.unit_id, contact_id=scope.contact_id
    )
    if scope.expires_at < desk.now or resident is None:
        raise HTTPException(410)
    return Visitor(link=link, key=key, resident=resident)


VisitorOf = Annotated[Visitor, Depends(read_visitor)]
