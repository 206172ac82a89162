"""The desk of one request, at its own instant, over the one engine of the application."""

from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy import Engine

from config.clock import read_now
from config.settings import Settings
from services.desk import Desk


def settings_of(request: Request) -> Settings:
    """Return the settings the application was made with."""
    return cast("Settings", request.app.state.settings)


def desk_of(request: Request) -> Desk:
    """Return the desk of one request.

    All requests share an engine: with one for each, statements would be compiled anew every time,
    and on SQLite the last connection to close, and the next to open, lock all others out.
    """
    settings = settings_of(request)
    return Desk(settings, cast("Engine", request.app.state.engine), now=read_now(settings))


async def request_desk(request: Request) -> Desk:
    """Return the desk of one request; nothing in it waits, so it takes no thread."""
    return desk_of(request)


DeskOf = Annotated[Desk, Depends(request_desk)]
