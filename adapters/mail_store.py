"""The folder of the mail catcher, read: a list of letters, one letter, one of its parts."""

import unicodedata
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path

from adapters.mail_catcher import LETTER_FILE
from models.errors import UsageError
from models.letters import Part
from models.values import Value

UNREADABLE = "(thư không đọc được)"
_CACHED_LETTERS = 20_000
_PARSE_FAULTS = (ValueError, LookupError, TypeError, AttributeError, IndexError)


class StoredLetter(Value):
    """One line of the mailbox; ``words`` is what a search looks in, folded by ``fold``."""

    id: str
    number: int
    received_at: datetime
    sender: str = ""
    recipient: str = ""
    subject: str = UNREADABLE
    kind: str = ""
    words: str = ""
    is_readable: bool = False


class StoredPart(Value):
    """One attachment of a stored letter, counted from 0."""

    number: int
    name: str
    media_type: str
    size: int


class StoredLetterDetail(Value):
    """One letter, whole; a missing body is an empty text."""

    letter: StoredLetter
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    parts: tuple[StoredPart, ...]
    source: str


def fold(text: str) -> str:
    """Return the text without case and diacritics, so that "bao cao" finds "Báo cáo"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def list_letters(folder: Path) -> tuple[StoredLetter, ...]:
    """Return all letters of the folder, newest first; a broken file is listed as unreadable."""
    names = (path for path in folder.glob("*.eml") if LETTER_FILE.fullmatch(path.name))
    letters = (_summary(path) for path in names)
    return tuple(sorted(letters, key=lambda letter: letter.number, reverse=True))


def read_letter(folder: Path, letter_id: str) -> StoredLetterDetail:
    """Return one letter with its bodies and the names of its attachments.

    Raises:
        UsageError: no letter has that id.
    """
    path = _path(folder, letter_id)
    message = _parsed(path)
    return StoredLetterDetail(
        letter=_summary(path),
        headers=tuple((field, _decoded(str(text))) for field, text in message.raw_items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        parts=tuple(
            StoredPart(number=n, name=p.name, media_type=p.media_type, size=len(p.content))
            for n, p in enumerate(_attachments(message))
        ),
        source=path.read_bytes().decode("utf-8", "replace"),
    )


def read_part(folder: Path, letter_id: str, number: int) -> Part:
    """Return one attachment with its content.

    Raises:
        UsageError: no letter has that id, or it has no such attachment.
    """
    parts = _attachments(_parsed(_path(folder, letter_id)))
    if not 0 <= number < len(parts):
        raise UsageError(f"Thư {letter_id} không có tệp đính kèm số {number}.")
    return parts[number]


def _path(folder: Path, letter_id: str) -> Path:
    """Return the letter's file; an id is a file name of our own form, so never a way out."""
    path = folder / f"{letter_id}.eml"
    if not LETTER_FILE.fullmatch(f"{letter_id}.eml") or not path.is_file():
        raise UsageError(f"Không có thư nào mang mã {letter_id!r} trong hộp thư.")
    return path


def _parsed(path: Path) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(message, EmailMessage)
    return message


def _summary(path: Path) -> StoredLetter:
    status = path.stat()
    return _cached_summary(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=_CACHED_LETTERS)
def _cached_summary(path: Path, size_octets: int, changed_ns: int) -> StoredLetter:
    match = LETTER_FILE.fullmatch(path.name)
    changed = datetime.fromtimestamp(changed_ns / 1e9, UTC)
    blank = StoredLetter(id=path.stem, number=int(match[1]) if match else 0, received_at=changed)
    try:
        return _read_summary(path, blank) if size_octets else blank
    except _PARSE_FAULTS:
        return blank


def _read_summary(path: Path, blank: StoredLetter) -> StoredLetter:
    # The old policy reads headers ten times faster than the new one; a list needs no more.
    message = BytesParser(policy=policy.compat32).parsebytes(path.read_bytes())
    received = datetime.fromisoformat(str(message["X-Received-At"])).astimezone(UTC)
    subject = _decoded(str(message["Subject"] or ""))
    people = [_decoded(str(message[field] or "")) for field in ("From", "To")]
    words = [subject, *people, str(message["X-Envelope-To"] or ""), _plain_text(message)]
    return blank.model_copy(
        update={
            "received_at": received,
            "sender": people[0],
            "recipient": people[1] or str(message["X-Envelope-To"] or ""),
            "subject": subject,
            "kind": str(message["X-Dondoc-Kind"] or ""),
            "words": fold("\n".join(words)),
            "is_readable": True,
        }
    )


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except _PARSE_FAULTS:
        return text


def _plain_text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_filename() is None:
            payload = part.get_payload(decode=True)
            return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return ""


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else _text_of(part)


def _text_of(part: Message) -> str:
    """Return the text, whatever its declared charset: a page must show even a wrong letter."""
    octets = part.get_payload(decode=True)
    content = octets if isinstance(octets, bytes) else b""
    try:
        text = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _attachments(message: EmailMessage) -> list[Part]:
    return [_part(part, number) for number, part in enumerate(message.iter_attachments())]


def _part(part: Message, number: int) -> Part:
    content = part.get_payload(decode=True)
    return Part(
        name=part.get_filename() or f"tep-{number + 1}",
        media_type=part.get_content_type(),
        content=content if isinstance(content, bytes) else b"",
    )
