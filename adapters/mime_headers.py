"""Mail header lines as bytes: checked, RFC 2047 and RFC 2231 encoded, folded."""

import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from models.addresses import Mailbox, check_address
from models.errors import PermanentError

CRLF = b"\r\n"
MAX_LINE_OCTETS = 998  # RFC 5322 2.1.1, without CRLF
ENCODED_WORD_OCTETS = 75  # RFC 2047 2
ENCODED_LINE_OCTETS = 76  # RFC 2047 2: a line that holds an encoded word
FOLD_OCTETS = 78  # RFC 5322 2.1.1, wanted
NAMELESS_FILE = "tep-dinh-kem"
_WORD_FRAME = len("=?utf-8?B??=")
_CONTINUES, _CONTINUATION = (
    0b1100_0000,
    0b1000_0000,
)  # the octets of a UTF-8 character but the first
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}")
_MEDIA_TYPE = re.compile(
    r"(?!multipart/|message/)[a-z0-9][\w.+-]*/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*",
    re.ASCII | re.IGNORECASE,
)
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9][\w.() -]{0,60}", re.ASCII)
_MAX_PARAMETER_OCTETS = 60


def check_header_text(field: str, text: str) -> str:
    """Return the text if no character of it could end or corrupt a header line.

    Raises:
        PermanentError: ``E-TXT-01``: a line break, a control, a surrogate or a noncharacter.
    """
    if text.isprintable() or not any(_is_forbidden(char) for char in text):
        return text
    raise PermanentError(
        f"E-TXT-01: Nội dung chứa ký tự xuống dòng không hợp lệ hoặc ký tự điều khiển "
        f"ở trường {field} của thư: {text[:60]!r}. Đề nghị sửa nội dung rồi tạo lại thư."
    )


def text_line(field: str, text: str) -> bytes:
    """Return an unstructured header such as Subject, ending in CRLF."""
    checked = check_header_text(field, text)
    if _is_plain(checked):
        return _fold(field, checked)
    return field.encode() + b": " + _encoded_words(checked, len(field) + 2) + CRLF


def structured_line(field: str, text: str) -> bytes:
    """Return a structured ASCII header; it is folded at spaces, and words are never encoded.

    Raises:
        PermanentError: the text is not ASCII, or a word is longer than a line may be.
    """
    checked = check_header_text(field, text)
    if not checked.isascii():
        raise PermanentError(f"E-TXT-02: Trường {field} của thư chỉ nhận ký tự ASCII: {text!r}.")
    return _fold(field, " ".join(checked.split()))


def mailbox_line(field: str, mailbox: Mailbox) -> bytes:
    """Return a header holding one mailbox: From, To or Reply-To."""
    name = check_header_text(field, mailbox.name).strip()
    if not name:
        return address_line(field, mailbox.address)
    address = f"<{check_address(mailbox.address)}>"
    if _is_plain(name):
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return _fold(field, f'"{quoted}" {address}')
    # The name starts a line of its own so that it fits one word if it can: Python's own reader
    # puts a space between the words of a display name.
    words = _encoded_words(name, 1)
    return field.encode() + b":\r\n " + words + b"\r\n " + address.encode() + CRLF


def address_line(field: str, address: str) -> bytes:
    """Return a header holding one address without a name."""
    return _fold(field, check_address(address))  # a checked address is ASCII without a space


@lru_cache(maxsize=256)  # the same few fields stand in every letter
def extra_line(field: str, text: str) -> bytes:
    """Return a header of a free name; text outside ASCII becomes encoded words.

    Raises:
        PermanentError: the name is not a header field's name.
    """
    if not _FIELD_NAME.fullmatch(field):
        raise PermanentError(f"E-TXT-03: Tên trường thư {field!r} không hợp lệ.")
    return structured_line(field, text) if text.isascii() else text_line(field, text)


@lru_cache(maxsize=64)  # the same few kinds of files
def content_type_line(media_type: str) -> bytes:
    """Return Content-Type of an attachment.

    Raises:
        PermanentError: not a media type, or one that base64 may not carry (RFC 2045 6.4).
    """
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise PermanentError(f"E-TXT-04: Kiểu tệp {media_type!r} không đính kèm thư được.")
    charset = "; charset=utf-8" if media_type.lower() == "text/calendar" else ""
    return structured_line("Content-Type", media_type + charset)


@lru_cache(maxsize=256)  # calendar entries and annexes have one name for many units
def disposition_lines(file_name: str) -> bytes:
    """Return Content-Disposition: attachment with the name, RFC 2231 encoded where needed."""
    name = check_header_text("Content-Disposition", file_name).strip() or NAMELESS_FILE
    if _PLAIN_FILE_NAME.fullmatch(name):
        return b'Content-Disposition: attachment; filename="' + name.encode() + b'"' + CRLF
    pieces = [piece.encode() for piece in _percent_pieces(name)]
    if len(pieces) == 1:
        tail = b";\r\n filename*=UTF-8''" + pieces[0]
    else:
        tail = b"".join(
            b";\r\n filename*%d*=%s%s" % (number, b"" if number else b"UTF-8''", piece)
            for number, piece in enumerate(pieces)
        )
    return b"Content-Disposition: attachment" + tail + CRLF


def _is_forbidden(char: str) -> bool:
    if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}:
        return True
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF  # noqa: PLR2004 - noncharacters


def _is_plain(text: str) -> bool:
    """Whether the text survives unencoded: readers may drop outer or repeated spaces."""
    words = text.split(" ")
    return text.isascii() and all(words) and "=?" not in text and max(map(len, words)) < FOLD_OCTETS


def _fold(field: str, text: str) -> bytes:
    whole = f"{field}: {text}"
    if len(whole) <= FOLD_OCTETS:
        return whole.encode("ascii") + CRLF
    lines = [f"{field}:"]
    for word in text.split(" "):
        if len(lines[-1]) + 1 + len(word) > FOLD_OCTETS and lines[-1] != f"{field}:":
            lines.append("")
        lines[-1] += f" {word}"
    if any(len(line) > MAX_LINE_OCTETS for line in lines):
        raise PermanentError(
            f"E-TXT-05: Trường {field} của thư có một từ dài hơn {MAX_LINE_OCTETS} ký tự."
        )
    return "\r\n".join(lines).encode("ascii") + CRLF


def _encoded_words(text: str, used_octets: int) -> bytes:
    if not text:
        return b""
    words = [b2a_base64(chunk, newline=False) for chunk in _chunks(text, used_octets)]
    return b"=?utf-8?B?" + b"?=\r\n =?utf-8?B?".join(words) + b"?="


def _chunks(text: str, used_octets: int) -> Iterator[bytes]:
    """Yield the text in whole characters, each piece fitting one encoded word, cut at spaces."""
    room = _chunk_octets(min(ENCODED_LINE_OCTETS - used_octets, ENCODED_WORD_OCTETS))
    rest = text.encode()
    while len(rest) > room:
        # Before a space or, in a word that is longer than a line, before a whole character.
        end = rest.rfind(b" ", 0, room) + 1 or room
        while rest[end] & _CONTINUES == _CONTINUATION:
            end -= 1
        yield rest[:end]
        rest, room = rest[end:], _FULL_CHUNK
    if rest:
        yield rest


def _chunk_octets(word_octets: int) -> int:
    return max((word_octets - _WORD_FRAME) // 4 * 3, 4)


_FULL_CHUNK = _chunk_octets(ENCODED_WORD_OCTETS)


def _percent_pieces(name: str) -> Iterator[str]:
    piece = ""
    for char in name:
        escaped = quote(char, safe="")
        if len(piece) + len(escaped) > _MAX_PARAMETER_OCTETS:
            yield piece
            piece = ""
        piece += escaped
    yield piece
