"""Mail addresses: one strict mailbox, or a refusal; never silently shortened."""

import re
import unicodedata
from functools import lru_cache

from models.errors import PermanentError
from models.values import Value

MAX_ADDRESS_LENGTH = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
MAX_LOCAL_LENGTH = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_IDN_CATEGORIES = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})
# IDNA 2003 (the standard library's codec) maps these away, IDNA 2008 keeps or forbids them: both
# readings exist, so the same address could reach two hosts.
_DEVIATIONS = frozenset("ßς\u200c\u200d")


class Mailbox(Value):
    """A display name and an address already checked; the name may be empty."""

    address: str
    name: str = ""


def check_address(text: str) -> str:
    """Return the one mailbox the text names, its domain in lower-case A-labels.

    Raises:
        PermanentError: ``E-ADR-01`` not exactly one plain mailbox, ``E-ADR-02`` local part
            outside ASCII.
    """
    local, at, domain = text.rpartition("@")
    if not at or " " in text or not text.isprintable():  # other spaces are not printable
        raise _refusal(text)
    if local and local.isprintable() and not local.isascii():
        raise PermanentError(
            f"E-ADR-02: Địa chỉ {text!r} có chữ có dấu trước dấu @; "
            "máy chủ thư không nhận. Đề nghị dùng địa chỉ không dấu."
        )
    address = f"{local}@{_ascii_domain(domain, text)}"
    if not _LOCAL.fullmatch(local) or len(local) > MAX_LOCAL_LENGTH:
        raise _refusal(text)
    if len(address) > MAX_ADDRESS_LENGTH:
        raise _refusal(text)
    return address


def _ascii_domain(domain: str, text: str) -> str:
    found = _read_domain(domain)
    if found is None:
        raise _refusal(text)
    return found


@lru_cache(maxsize=1024)  # letters go to many mailboxes of few domains
def _read_domain(domain: str) -> str | None:
    labels = [_ascii_label(label) for label in domain.split(".")]
    names = [label for label in labels if label is not None and _LABEL.fullmatch(label)]
    if len(names) < max(len(labels), 2) or names[-1].isdigit():  # a host and a top level domain
        return None
    return ".".join(names)


def _ascii_label(label: str) -> str | None:
    lowered = unicodedata.normalize("NFC", label).lower()
    return lowered if lowered.isascii() else _a_label(lowered)


def _a_label(label: str) -> str | None:
    letters = (char for char in label if char != "-" and not char.isascii())
    if any(c in _DEVIATIONS or unicodedata.category(c) not in _IDN_CATEGORIES for c in letters):
        return None
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _refusal(text: str) -> PermanentError:
    return PermanentError(
        f"E-ADR-01: {text!r} không phải là một địa chỉ thư hợp lệ. "
        "Đề nghị ghi đúng một địa chỉ dạng ten@tenmien.vn, không kèm tên hay ký tự khác."
    )
