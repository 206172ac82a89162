"""Links that confirm a mail: signed, for one mail and one contact, expiring; nothing is stored."""

from datetime import UTC, datetime
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

from adapters.links import EXPIRED, WRONG
from models.errors import RefusedError
from models.values import Value

SALT = "dondoc.mail-confirmation"


class MailScope(Value):
    """Which mail a link confirms, and whose word that is."""

    commune: str
    mail_id: int
    contact_id: str
    expires_at: datetime


def make_mail_token(key: bytes, scope: MailScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    content = [scope.commune, scope.mail_id, scope.contact_id, int(scope.expires_at.timestamp())]
    token = _serializer(key).dumps(content)
    return token if isinstance(token, str) else token.decode("ascii")


def read_mail_token(key: bytes, token: str, *, now: datetime) -> MailScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    try:
        commune, mail_id, contact_id, instant = _serializer(key).loads(token)
        scope = MailScope(
            commune=commune, mail_id=mail_id, contact_id=contact_id,
            expires_at=datetime.fromtimestamp(instant, UTC),
        )  # fmt: skip
    except (BadData, ValueError, TypeError) as error:
        raise RefusedError(WRONG) from error
    if scope.expires_at < now:
        raise RefusedError(EXPIRED)
    return scope


@lru_cache(maxsize=16)
def _serializer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)
