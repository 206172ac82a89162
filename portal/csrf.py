"""Forms are ours: a signed token bound to the personal link, and a check of their origin."""

import hashlib
import hmac
from functools import lru_cache
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from itsdangerous import BadData, URLSafeSerializer

SALT = "dondoc.form"
CSRF_FIELD = "ma_bieu_mau"
OWN_SITES = frozenset({"same-origin", "none"})


def csrf_token(key: bytes, link: str) -> str:
    """Sign the link, so that a form made for one link works with no other."""
    return _sign(key).dumps(_digest(link))


def refuse_forged(request: Request, *, key: bytes, link: str, given: str) -> None:
    """Let a form pass that our page made for this link.

    Raises:
        HTTPException: 403, the form comes from elsewhere or was made for another link.
    """
    if not _is_own_site(request) or not _is_own_token(key, link, given):
        raise HTTPException(403)


def _is_own_site(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get("origin", "null")
    # Under Referrer-Policy no-referrer browsers send "null" even to ourselves.
    return origin == "null" or urlsplit(origin).netloc == request.headers.get("host")


def _is_own_token(key: bytes, link: str, given: str) -> bool:
    try:
        found = _sign(key).loads(given)
    except BadData:
        return False
    return isinstance(found, str) and hmac.compare_digest(found, _digest(link))


@lru_cache(maxsize=16)
def _sign(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)


def _digest(link: str) -> str:
    return hashlib.sha256(link.encode()).hexdigest()
