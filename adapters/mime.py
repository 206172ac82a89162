"""Letters as the exact bytes that travel: built once, the same bytes at every retry."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from adapters.keyed_hashes import keyed_digest
from adapters.mime_headers import (
    CRLF,
    FOLD_OCTETS,
    address_line,
    content_type_line,
    disposition_lines,
    extra_line,
    mailbox_line,
    structured_line,
    text_line,
)
from models.addresses import Mailbox
from models.errors import PermanentError
from models.letters import Composed, Part, Printed

_TEXT_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n"
_TEXT_HTML = b"Content-Type: text/html; charset=utf-8\r\n"
_MESSAGE_ID = re.compile(r"<[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+>", re.ASCII)
_MAX_MESSAGE_ID = 250
_BASE64_LINE = 76  # RFC 2045 6.8
_LARGE = 64 * 1024
_NO_HEADERS: Mapping[str, str] = {}
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # of base32
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
_ID_BITS, _PAIR_BITS = 130, 10
_PAIR_PLACES = range(_ID_BITS - _PAIR_BITS, -1, -_PAIR_BITS)
_STEM_LENGTH = 26
_OWN_FIELDS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id"}
    | {"in-reply-to", "references", "auto-submitted", "mime-version", "return-path"}
)


def message_id_for(install_key: bytes, dedupe_key: str, kind: str, domain: str) -> str:
    """Return the Message-ID of a letter: always the same for a reason, and unguessable."""
    digest = keyed_digest(install_key, dedupe_key.encode())
    # The base32 of the first 130 bits, two letters at a time: the library's is written in Python.
    bits = int.from_bytes(digest[:17], "big") >> (17 * 8 - _ID_BITS)
    stem = "".join([_PAIRS[bits >> place & 0x3FF] for place in _PAIR_PLACES])
    return f"<{stem}{_id_end(kind, domain)}"


@lru_cache(maxsize=256)  # one domain, a few kinds
def _id_end(kind: str, domain: str) -> str:
    end = f".{kind}@{domain}>"
    _checked_id(f"<{_LETTERS[:_STEM_LENGTH]}{end}")
    return end


class Stationery(NamedTuple):
    """The header lines that all letters of one sender, instant and kind share."""

    sender: bytes
    date: bytes
    rest: bytes

    def write(
        self,
        printed: Printed,
        *,
        recipient: Mailbox,
        reply_to: str,
        message_id: str,
        in_reply_to: str | None = None,
        references: tuple[str, ...] = (),
        parts: tuple[Part, ...] = (),
    ) -> bytes:
        """Return one whole message with CRLF lines.

        Raises:
            PermanentError: an address, a header or a text cannot stand in a message.
        """
        lines = (
            self.sender,
            mailbox_line("To", recipient),
            address_line("Reply-To", reply_to),
            text_line("Subject", printed.subject),
            self.date,
            _id_line("Message-ID", message_id),
            *_thread_lines(in_reply_to, references),
            self.rest,
            _body(printed, parts, message_id),
        )
        return b"".join(lines)


def print_stationery(
    *,
    sender: Mailbox,
    date: datetime,
    auto_submitted: str = "auto-generated",
    headers: Mapping[str, str] = _NO_HEADERS,
) -> Stationery:
    """Return what letters share; ``headers`` are free fields such as List-Id or X-Dondoc-Kind.

    Raises:
        PermanentError: a header cannot stand in a message.
    """
    rest = (
        structured_line("Auto-Submitted", auto_submitted),
        b"X-Auto-Response-Suppress: All\r\n",
        *(extra_line(field, text) for field, text in _free_fields(headers)),
        b"MIME-Version: 1.0\r\n",
    )
    return Stationery(_sender_line(sender), _date_line(_aware(date)), b"".join(rest))


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
    stationery = print_stationery(
        sender=sender, date=date, auto_submitted=auto_submitted, headers=headers
    )
    return stationery.write(
        Printed(composed.subject, _octets(composed.text), _octets(composed.html)),
        recipient=recipient,
        reply_to=reply_to,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        parts=composed.parts,
    )


# A batch of letters has one sender, one instant and the same few fields and kinds of files.
@lru_cache(maxsize=16)
def _sender_line(sender: Mailbox) -> bytes:
    return mailbox_line("From", sender)


@lru_cache(maxsize=16)
def _date_line(date: datetime) -> bytes:
    return structured_line("Date", format_datetime(date))


def _free_fields(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    for field in headers:
        if field.lower() in _OWN_FIELDS or field.lower().startswith("content-"):
            raise PermanentError(f"E-TXT-03: Trường thư {field!r} do chương trình tự ghi.")
    return list(headers.items())


def _thread_lines(in_reply_to: str | None, references: tuple[str, ...]) -> list[bytes]:
    lines = []
    if in_reply_to is not None:
        lines.append(_id_line("In-Reply-To", in_reply_to))
    if len(references) == 1:
        lines.append(_id_line("References", references[0]))
    elif references:
        lines.append(structured_line("References", " ".join(map(_checked_id, references))))
    return lines


def _id_line(field: str, message_id: str) -> bytes:
    line = f"{field}: {_checked_id(message_id)}"
    short = len(line) <= FOLD_OCTETS  # as nearly always
    return line.encode("ascii") + CRLF if short else structured_line(field, message_id)


def _checked_id(message_id: str) -> str:
    if len(message_id) > _MAX_MESSAGE_ID or not _MESSAGE_ID.fullmatch(message_id):
        raise PermanentError(f"E-TXT-06: Mã thư (Message-ID) {message_id!r} không hợp lệ.")
    return message_id


def _aware(date: datetime) -> datetime:
    if date.tzinfo is None:
        raise PermanentError(f"E-TXT-07: Ngày giờ của thư {date.isoformat()} thiếu múi giờ.")
    return date


def _body(printed: Printed, parts: tuple[Part, ...], message_id: str) -> bytes:
    stem = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    texts = (_TEXT_PLAIN + _base64(printed.text), _TEXT_HTML + _base64(printed.html))
    alternative = _multipart("alternative", f"=_a{stem}", texts)
    if not parts:
        return alternative
    return _multipart("mixed", f"=_m{stem}", (alternative, *map(_attachment, parts)))


def _multipart(subtype: str, boundary: str, parts: tuple[bytes, ...]) -> bytes:
    """Return a multipart entity; "=_" in the boundary never occurs in base64 or a header."""
    mark = b"--" + boundary.encode()
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(mark + CRLF + part + CRLF for part in parts) + mark + b"--" + CRLF


def _octets(text: str) -> bytes:
    unix = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    try:
        return unix.replace("\n", "\r\n").encode()
    except UnicodeEncodeError as error:
        raise PermanentError(
            f"E-TXT-08: Nội dung thư có ký tự hỏng ở vị trí {error.start}; đề nghị sửa nội dung."
        ) from error


def _attachment(part: Part) -> bytes:
    return content_type_line(part.media_type) + disposition_lines(part.name) + _base64(part.content)


def _base64(octets: bytes) -> bytes:
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + _base64_lines(octets)


def _base64_lines(octets: bytes) -> bytes:
    if len(octets) > _LARGE:
        return base64.encodebytes(octets).replace(b"\n", CRLF)
    # Encoding the whole and cutting it in one step is half the time of a line after the other.
    whole = binascii.b2a_base64(octets, newline=False)
    lines = _cutter(len(whole)).unpack(whole)
    return CRLF.join((*lines, b"")) if whole else b""


@lru_cache(maxsize=1024)
def _cutter(length: int) -> Struct:
    full, rest = divmod(length, _BASE64_LINE)
    return Struct(f"{_BASE64_LINE}s" * full + (f"{rest}s" if rest else ""))
