"""Links in letters: signed, scoped to a contact of a plan or a file, expiring; none is stored."""

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
CHANGE_SALT = "dondoc.contact-change"
WRONG = "Liên kết không đúng; hãy mở lại từ thư mới nhất đã nhận."
EXPIRED = "Liên kết đã hết hạn; hãy mở liên kết trong thư gần nhất."


class LinkScope(NamedTuple):
    """Whose page a link opens, by letters of which plan.

    The link is of the contact's ``serial``-th set: a higher number in the ledger ends it. Links of
    the first version name no plan.
    """

    commune: str
    unit_id: str
    contact_id: str
    expires_at: datetime
    plan_id: str = ""
    serial: int = 0


class ChangeScope(NamedTuple):
    """Which change of a contact a link decides on."""

    commune: str
    contact_id: str
    number: int
    expires_at: datetime


class FileScope(NamedTuple):
    """Which file a link fetches, and under which name."""

    sha256: str
    name: str
    media_type: str
    expires_at: datetime


def make_link_token(key: bytes, scope: LinkScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    words = (scope.commune, scope.unit_id, scope.contact_id, scope.plan_id)
    return _make(key, SALT, words, scope.serial, int(scope.expires_at.timestamp()))


def read_link_token(key: bytes, token: str, *, now: datetime) -> LinkScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    match _read(key, SALT, token, now=now):
        case (str(commune), str(unit), str(contact), str(plan), int(serial)), expires_at:
            return LinkScope(commune, unit, contact, expires_at, plan, serial)
        case (str(commune), str(unit), str(contact)), expires_at:  # sent by the first version
            return LinkScope(commune, unit, contact, expires_at)
    raise RefusedError(WRONG)


def make_change_token(key: bytes, scope: ChangeScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    words = (scope.commune, scope.contact_id)
    return _make(key, CHANGE_SALT, words, scope.number, int(scope.expires_at.timestamp()))


def read_change_token(key: bytes, token: str, *, now: datetime) -> ChangeScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    match _read(key, CHANGE_SALT, token, now=now):
        case (str(commune), str(contact), int(number)), expires_at:
            return ChangeScope(commune, contact, number, expires_at)
    raise RefusedError(WRONG)


def make_file_token(key: bytes, scope: FileScope) -> str:
    """Sign the scope; the same scope gives the same token."""
    words = (scope.sha256, scope.name, scope.media_type)
    return _make(key, FILE_SALT, words, int(scope.expires_at.timestamp()))


def read_file_token(key: bytes, token: str, *, now: datetime) -> FileScope:
    """Check the signature and the expiry and return the scope.

    Raises:
        RefusedError: the link is not ours, was altered, or has expired.
    """
    match _read(key, FILE_SALT, token, now=now):
        case (str(sha256), str(name), str(media_type)), expires_at:
            return FileScope(sha256, name, media_type, expires_at)
    raise RefusedError(WRONG)


def _make(key: bytes, salt: str, words: Sequence[str], *numbers: int) -> str:
    # The library's own token, but it would derive its key and try to compress for every letter.
    content = ",".join([*map(encode_basestring_ascii, words), *map(str, numbers)])
    payload = _base64(f"[{content}]".encode("ascii"))
    signature = _base64(keyed_digest(_derived_key(key, salt), payload, "sha1"))
    return (payload + b"." + signature).decode("ascii")


def _base64(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")


@lru_cache(maxsize=16)
def _derived_key(key: bytes, salt: str) -> bytes:
    return _serializer(key, salt).make_signer(salt).derive_key()


def _read(
    key: bytes, salt: str, token: str, *, now: datetime
) -> tuple[tuple[object, ...], datetime]:
    """Return what was signed but for its last number, the expiry, which comes apart."""
    try:
        *content, instant = _serializer(key, salt).loads(token)
        expires_at = datetime.fromtimestamp(instant, UTC)
    except (BadData, ValueError, TypeError, OverflowError) as error:
        raise RefusedError(WRONG) from error
    if expires_at < now:
        raise RefusedError(EXPIRED)
    return tuple(content), expires_at


@lru_cache(maxsize=16)
def _serializer(key: bytes, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=salt)
