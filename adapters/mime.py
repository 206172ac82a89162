"""Letters as the exact bytes that travel: built once, the same bytes at every retry."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from adapters.mime_headers import (
    CRLF,
    content_type_line,
    disposition_lines,
    extra_line,
    mailbox_line,
    structured_line,
    text_line,
)
from models.addresses import Mailbox
from models.errors import PermanentError
from models.letters import Composed, Part

_MESSAGE_ID = re.compile(r"<[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+>", re.ASCII)
_MAX_MESSAGE_ID = 250
_NO_HEADERS: Mapping[str, str] = {}
_OWN_FIELDS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id"}
    | {"in-reply-to", "references", "auto-submitted", "mime-version", "return-path"}
)


def message_id_for(install_key: bytes, dedupe_key: str, kind: str, domain: str) -> str:
    """Return the Message-ID of a letter: always the same for a reason, and unguessable."""
    digest = hmac.digest(install_key, dedupe_key.encode(), hashlib.sha256)
    stem = base64.b32encode(digest).decode("ascii")[:26].lower()
    return _checked_id(f"<{stem}.{kind}@{domain}>")


def build_message(
    *,
    composed: Composed,
    sender: Mailbox,
    recipient: Mailbox,
    reply_to: str,
    message_id: str,
    date: datetime,
    in_reply_to: str | None = None,
    references: tuple[str, ...] = (),
    auto_submitted: str = "auto-generated",
    headers: Mapping[str, str] = _NO_HEADERS,
) -> bytes:
    """Return the whole message with CRLF lines; equal arguments give equal bytes.

    ``headers`` are additional fields such as List-Id or X-Dondoc-Kind.

    Raises:
        PermanentError: an address, a header or a text cannot stand in a message.
    """
    lines = [
        mailbox_line("From", sender),
        mailbox_line("To", recipient),
        mailbox_line("Reply-To", Mailbox(address=reply_to)),
        text_line("Subject", composed.subject),
        structured_line("Date", format_datetime(_aware(date))),
        structured_line("Message-ID", _checked_id(message_id)),
        *_thread_lines(in_reply_to, references),
        structured_line("Auto-Submitted", auto_submitted),
        b"X-Auto-Response-Suppress: All\r\n",
        *(extra_line(field, text) for field, text in _free_fields(headers)),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(lines) + _body(composed, message_id)


def _free_fields(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    for field in headers:
        if field.lower() in _OWN_FIELDS or field.lower().startswith("content-"):
            raise PermanentError(f"E-TXT-03: Trường thư {field!r} do chương trình tự ghi.")
    return list(headers.items())


def _thread_lines(in_reply_to: str | None, references: tuple[str, ...]) -> list[bytes]:
    lines = []
    if in_reply_to is not None:
        lines.append(structured_line("In-Reply-To", _checked_id(in_reply_to)))
    if references:
        lines.append(structured_line("References", " ".join(map(_checked_id, references))))
    return lines


def _checked_id(message_id: str) -> str:
    if len(message_id) > _MAX_MESSAGE_ID or not _MESSAGE_ID.fullmatch(message_id):
        raise PermanentError(f"E-TXT-06: Mã thư (Message-ID) {message_id!r} không hợp lệ.")
    return message_id


def _aware(date: datetime) -> datetime:
    if date.tzinfo is None:
        raise PermanentError(f"E-TXT-07: Ngày giờ của thư {date.isoformat()} thiếu múi giờ.")
    return date


def _body(composed: Composed, message_id: str) -> bytes:
    stem = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    texts = (_text_part("plain", composed.text), _text_part("html", composed.html))
    alternative = _multipart("alternative", f"=_a{stem}", texts)
    if not composed.parts:
        return alternative
    return _multipart("mixed", f"=_m{stem}", (alternative, *map(_attachment, composed.parts)))


def _multipart(subtype: str, boundary: str, parts: tuple[bytes, ...]) -> bytes:
    """Return a multipart entity; "=_" in the boundary never occurs in base64 or a header."""
    mark = b"--" + boundary.encode()
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(mark + CRLF + part + CRLF for part in parts) + mark + b"--" + CRLF


def _text_part(subtype: str, text: str) -> bytes:
    try:
        octets = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()
    except UnicodeEncodeError as error:
        raise PermanentError(
            f"E-TXT-08: Nội dung thư có ký tự hỏng ở vị trí {error.start}; đề nghị sửa nội dung."
        ) from error
    return f"Content-Type: text/{subtype}; charset=utf-8\r\n".encode() + _base64(octets)


def _attachment(part: Part) -> bytes:
    return content_type_line(part.media_type) + disposition_lines(part.name) + _base64(part.content)


def _base64(octets: bytes) -> bytes:
    encoded = base64.encodebytes(octets).replace(b"\n", CRLF)
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded
