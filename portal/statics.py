"""What all pages look like: one sheet of styles and an icon, kept by browsers until they change."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "portal"
SHEETS = ("style.css", "pages.css")
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
    return f"/tinh/{_named('css', _styles())}"


def icon_path() -> str:
    """Return where the icon of all pages is."""
    return f"/tinh/{_named('svg', (FOLDER / ICON).read_bytes())}"


@cache
def _contents() -> dict[str, tuple[bytes, str]]:
    styles, icon = _styles(), (FOLDER / ICON).read_bytes()
    return {
        _named("css", styles): (styles, "text/css; charset=utf-8"),
        _named("svg", icon): (icon, "image/svg+xml"),
    }


@cache
def _styles() -> bytes:
    return b"".join((FOLDER / name).read_bytes() for name in SHEETS)


def _named(ending: str, content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
