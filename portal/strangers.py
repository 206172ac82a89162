"""Forms of those who have not signed in yet: small, and from our own page."""

from typing import Annotated

from fastapi import Depends, Request

from adapters.install_key import read_install_key
from portal.csrf import CSRF_FIELD, refuse_forged
from portal.desk import DeskOf
from portal.posted import FormInput, Posted, read_posted


def stranger_form(
    request: Request, desk: DeskOf, posted: Annotated[Posted, Depends(read_posted)]
) -> FormInput:
    """Return the form when a page of ours made it for this address.

    Raises:
        HTTPException: 403, it comes from elsewhere.
    """
    # The page of a one-time link is signed for what all of them share: the link is not repeated.
    link = "/vao" if request.url.path.startswith("/vao/") else request.url.path
    key, given = read_install_key(desk.settings.home), posted.input.one(CSRF_FIELD)
    refuse_forged(request, key=key, link=link, given=given)
    return posted.input


StrangerForm = Annotated[FormInput, Depends(stranger_form)]
