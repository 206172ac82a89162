"""The desk of one request: opened for it, at its own instant, and closed after it."""

from collections.abc import Iterator
from typing import Annotated, cast

from fastapi import Depends, Request

from config.clock import read_now
from config.settings import Settings
from services.desk import Desk, open_desk


def settings_of(request: Request) -> Settings:
    """Return the settings the application was made with."""
    return cast("Settings", request.app.state.settings)


def request_desk(request: Request) -> Iterator[Desk]:
    """Open the desk for one request."""
    settings = settings_of(request)
    with open_desk(settings, now=read_now(settings)) as desk:
        yield desk


DeskOf = Annotated[Desk, Depends(request_desk)]
