"""What pages look like: sheets of styles and an icon, kept by browsers until they change."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "portal"
SHEETS = ("style.css", "pages.css")
OFFICE_SHEETS = ("office.css",)  # what units never see weighs nothing on their lines
ICON = "icon.svg"
FOR_EVER = "public, max-age=31536000, immutable"


def static_routes() -> APIRouter:
    """Return the route ``/tinh/{name}``; the name tells the content, so it never changes."""
    router = APIRouter()

    @router.api_route("/tinh/{name}", methods=["GET", "HEAD"])
    def send_static(name: str) -> Response:
        if name not in _contents():
            raise HTTPException(404)
        content, media_type = _contents()[name]
        return Response(content, media_type=media_type, headers={"Cache-Control": FOR_EVER})

    return router


def stylesheet_path() -> str:
    """Return where the styles of all pages are."""
    return f"/tinh/{_named('css', _styles(SHEETS))}"


def office_stylesheet_path() -> str:
    """Return where the styles are that only pages of the office and the leader need."""
    return f"/tinh/{_named('css', _styles(OFFICE_SHEETS))}"


def icon_path() -> str:
    """Return where the icon of all pages is."""
    return f"/tinh/{_named('svg', (FOLDER / ICON).read_bytes())}"


@cache
def _contents() -> dict[str, tuple[bytes, str]]:
    icon = (FOLDER / ICON).read_bytes()
    sheets = [_styles(names) for names in (SHEETS, OFFICE_SHEETS)]
    return {_named("css", one): (one, "text/css; charset=utf-8") for one in sheets} | {
        _named("svg", icon): (icon, "image/svg+xml")
    }


@cache
def _styles(names: tuple[str, ...]) -> bytes:
    return b"".join((FOLDER / name).read_bytes() for name in names)


def _named(ending: str, content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
