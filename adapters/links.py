"""Personal links: signed, scoped to one contact, expiring; nothing about them is stored."""

from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from models.errors import RefusedError
from models.values import Value

SALT = "dondoc.personal-link"


class LinkScope(Value):
    """Whose page a link opens."""

    commune: str
    unit_id: str
    contact_id: str
    expires_at: datetime


def make_link_token(key: bytes, scope: LinkScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    instant = int(scope.expires_at.timestamp())
    return URLSafeSerializer(key, salt=SALT).dumps(
        [scope.commune, scope.unit_id, scope.contact_id, instant]
    )


def read_link_token(key: bytes, token: str, *, now: datetime) -> LinkScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    try:
        commune, unit_id, contact_id, instant = URLSafeSerializer(key, salt=SALT).loads(token)
        scope = LinkScope(
            commune=commune, unit_id=unit_id, contact_id=contact_id,
            expires_at=datetime.fromtimestamp(instant, UTC),
        )  # fmt: skip
    except (BadData, ValueError, TypeError) as error:
        raise RefusedError("Liên kết không đúng; hãy mở lại từ thư mới nhất đã nhận.") from error
    if scope.expires_at < now:
        raise RefusedError("Liên kết đã hết hạn; hãy mở liên kết trong thư gần nhất.")
    return scope
