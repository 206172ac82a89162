"""Files as downloads that no browser opens in our place, whatever they hold."""

from urllib.parse import quote

from fastapi import Response

from models.vietnamese import clean_text

OCTETS = "application/octet-stream"
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def download_headers(name: str) -> dict[str, str]:
    """Return the headers of a download under that name, in any script (RFC 5987)."""
    shown = quote(clean_text(name) or "tep", safe="")
    return HEADERS | {"Content-Disposition": f"attachment; filename*=UTF-8''{shown}"}


def download(content: bytes, *, name: str, media_type: str = OCTETS) -> Response:
    """Return the content as a download under that name."""
    return Response(content, media_type=media_type, headers=download_headers(name))
