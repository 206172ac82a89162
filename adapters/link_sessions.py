"""Sessions of personal links: the cookie that stands for a link, so that no page carries it."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from adapters.links import LinkScope
from models.errors import RefusedError

SALT = "dondoc.link-session"


class LinkSession(NamedTuple):
    """One entry by one link: its scope, until when, and what makes this entry unlike any other."""

    scope: LinkScope
    ends_at: datetime
    entry: str


def seal_session(key: bytes, session: LinkSession) -> str:
    """Sign the session; nothing of it is stored."""
    scope = session.scope
    content = [
        *(scope.commune, scope.unit_id, scope.contact_id, scope.plan_id, scope.serial),
        *(int(scope.expires_at.timestamp()), int(session.ends_at.timestamp()), session.entry),
    ]
    return str(_serializer(key).dumps(content))


def read_session(key: bytes, sealed: str) -> LinkSession:
    """Check the signature and return the session, ended or not.

    Raises:
        RefusedError: we did not seal it.
    """
    try:
        commune, unit_id, contact_id, plan_id, serial, expires, ends, entry = _serializer(
            key
        ).loads(sealed)
    except (BadData, ValueError, TypeError) as error:
        raise RefusedError("Phiên làm việc không đúng; hãy mở lại liên kết trong thư.") from error
    return LinkSession(
        scope=LinkScope(commune, unit_id, contact_id, _instant(expires), plan_id, serial),
        ends_at=_instant(ends),
        entry=entry,
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=16)
def _serializer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)
