"""Mail addresses: one strict mailbox, or a refusal; never silently shortened."""

import re
import unicodedata

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
    if not at or any(not char.isprintable() or char.isspace() for char in text):
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
    labels = [_ascii_label(label, text) for label in domain.split(".")]
    if len(labels) < 2 or labels[-1].isdigit():  # noqa: PLR2004 - a host and a top level domain
        raise _refusal(text)
    return ".".join(labels)


def _ascii_label(label: str, text: str) -> str:
    lowered = unicodedata.normalize("NFC", label).lower()
    if not lowered.isascii():
        lowered = _a_label(lowered, text)
    if not _LABEL.fullmatch(lowered):
        raise _refusal(text)
    return lowered


def _a_label(label: str, text: str) -> str:
    letters = (char for char in label if char != "-" and not char.isascii())
    if any(c in _DEVIATIONS or unicodedata.category(c) not in _IDN_CATEGORIES for c in letters):
        raise _refusal(text)
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _refusal(text) from error


def _refusal(text: str) -> PermanentError:
    return PermanentError(
        f"E-ADR-01: {text!r} không phải là một địa chỉ thư hợp lệ. "
        "Đề nghị ghi đúng một địa chỉ dạng ten@tenmien.vn, không kèm tên hay ký tự khác."
    )
