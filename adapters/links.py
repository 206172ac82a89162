"""Links in letters: signed, scoped to one contact or file, expiring; nothing of them is stored."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from adapters.keyed_hashes import keyed_digest
from models.errors import RefusedError

SALT = "dondoc.personal-link"
FILE_SALT = "dondoc.file-link"
WRONG = "Liên kết không đúng; hãy mở lại từ thư mới nhất đã nhận."
EXPIRED = "Liên kết đã hết hạn; hãy mở liên kết trong thư gần nhất."


class LinkScope(NamedTuple):
    """Whose page a link opens."""

    commune: str
    unit_id: str
    contact_id: str
    expires_at: datetime


class FileScope(NamedTuple):
    """Which file a link fetches, and under which name."""

    sha256: str
    name: str
    media_type: str
    expires_at: datetime


def make_link_token(key: bytes, scope: LinkScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    instant = int(scope.expires_at.timestamp())
    return _make(key, SALT, (scope.commune, scope.unit_id, scope.contact_id), instant)


def read_link_token(key: bytes, token: str, *, now: datetime) -> LinkScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    commune, unit_id, contact_id, expires_at = _read(key, SALT, token, now=now)
    return LinkScope(commune=commune, unit_id=unit_id, contact_id=contact_id, expires_at=expires_at)


def make_file_token(key: bytes, scope: FileScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    instant = int(scope.expires_at.timestamp())
    return _make(key, FILE_SALT, (scope.sha256, scope.name, scope.media_type), instant)


def read_file_token(key: bytes, token: str, *, now: datetime) -> FileScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    sha256, name, media_type, expires_at = _read(key, FILE_SALT, token, now=now)
    return FileScope(sha256=sha256, name=name, media_type=media_type, expires_at=expires_at)


def _make(key: bytes, salt: str, scope: Sequence[str], instant: int) -> str:
    # The library's own token, but it would derive its key and try to compress for every letter.
    words = ",".join([encode_basestring_ascii(word) for word in scope])
    payload = _base64(f"[{words},{instant}]".encode("ascii"))
    signature = _base64(keyed_digest(_derived_key(key, salt), payload, "sha1"))
    return (payload + b"." + signature).decode("ascii")


def _base64(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")


@lru_cache(maxsize=16)
def _derived_key(key: bytes, salt: str) -> bytes:
    return _serializer(key, salt).make_signer(salt).derive_key()


def _read(key: bytes, salt: str, token: str, *, now: datetime) -> tuple[str, str, str, datetime]:
    try:
        first, second, third, instant = _serializer(key, salt).loads(token)
        expires_at = datetime.fromtimestamp(instant, UTC)
    except (BadData, ValueError, TypeError) as error:
        raise RefusedError(WRONG) from error
    if expires_at < now:
        raise RefusedError(EXPIRED)
    return str(first), str(second), str(third), expires_at


@lru_cache(maxsize=16)
def _serializer(key: bytes, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=salt)
