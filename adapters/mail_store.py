"""The folder of the mail catcher, listed: one line for each letter, whatever a letter holds."""

import re
import unicodedata
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses
from functools import lru_cache
from pathlib import Path

from adapters.incoming_mail_headers import Fields, decoded, ids_in, raw_fields
from adapters.incoming_mail_parts import content_of, leaves, text_of
from adapters.incoming_mail_scan import fault_of
from adapters.mail_catcher import LETTER_FILE, letter_files
from models.errors import UsageError
from models.values import Value

UNREADABLE = "(thư không đọc được)"
EMPTIED = "(nội dung thư đã được xóa)"
MOST_HEAD_READ = 64 * 1024
_CACHED_LETTERS = 20_000
_SEARCHED = 20_000  # characters of a letter's text that a search looks in
_TEXTS = frozenset({"text/plain", "text/html"})
_ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")
# What the parser of the standard library is known to raise on hostile messages (cpython #117849).
PARSE_FAULTS = (
    *(ValueError, LookupError, TypeError, AttributeError),
    *(AssertionError, RecursionError),
)


class StoredLetter(Value):
    """One line of the mailbox; ``words`` is what a search looks in, folded by ``fold``.

    ``thread`` is the Message-ID that the letters of one conversation have in common.
    """

    id: str
    number: int
    received_at: datetime
    sender: str = ""
    recipient: str = ""
    address: str = ""
    subject: str = UNREADABLE
    kind: str = ""
    thread: str = ""
    file_count: int = 0
    words: str = ""
    is_readable: bool = False


def fold(text: str) -> str:
    """Return the text without case and diacritics, so that "bao cao" finds "Báo cáo"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def list_letters(folder: Path) -> tuple[StoredLetter, ...]:
    """Return all letters of the folder, newest first; a broken file is listed as unreadable."""
    names = (path for path in letter_files(folder) if LETTER_FILE.fullmatch(path.name))
    letters = (letter_at(path) for path in names)
    return tuple(sorted(letters, key=lambda letter: letter.number, reverse=True))


def letter_at(path: Path) -> StoredLetter:
    """Return the line of the letter in that file, read once as long as the file stays the same."""
    status = path.stat()
    return _cached_letter(path, status.st_size, status.st_mtime_ns)


def path_of(folder: Path, letter_id: str) -> Path:
    """Return the letter's file; an id is a file name of our own form, so never a way out.

    Raises:
        UsageError: no letter has that id.
    """
    name = f"{letter_id}.eml"
    found = letter_files(folder, name) if LETTER_FILE.fullmatch(name) else iter(())
    path = next(found, None)
    if path is None:
        raise UsageError(f"Không có thư nào mang mã {letter_id!r} trong hộp thư.")
    return path


def parse(octets: bytes) -> Message:
    """Return the message; of one too deep, too long or too odd to parse only the headers."""
    if fault_of(octets) is None:
        try:
            return BytesParser(policy=policy.compat32).parsebytes(octets)
        except PARSE_FAULTS:
            pass
    return BytesHeaderParser(policy=policy.compat32).parsebytes(octets[:MOST_HEAD_READ])


def texts_and_files(message: Message) -> tuple[list[Message], list[Message]]:
    """Return the parts that are read as the letter itself, and those that came along with it."""
    texts: list[Message] = []
    files: list[Message] = []
    for part in leaves(message):
        is_file = part.get_content_disposition() == "attachment" or part.get_filename() is not None
        is_text = part.get_content_type() in _TEXTS and not is_file
        (texts if is_text else files).append(part)
    return texts, [part for part in files if part is not message or content_of(part)]


def words_of(octets: bytes) -> str:
    """Everything that is written in the letter: its headers, and each part that is a text."""
    message = parse(octets)
    headers = [decoded(text) for texts in raw_fields(message).values() for text in texts]
    parts = [text_of(part) for part in leaves(message) if part.get_content_maintype() == "text"]
    return "\n".join((*headers, *parts))


def readers_of(octets: bytes) -> tuple[str, ...]:
    """The names beside the addresses that the letter is written to."""
    message = BytesHeaderParser(policy=policy.compat32).parsebytes(octets[:MOST_HEAD_READ])
    named = (decoded(name) for name, _ in getaddresses(raw_fields(message).get("to", [])))
    return tuple(name for name in named if name)


@lru_cache(maxsize=_CACHED_LETTERS)
def _cached_letter(path: Path, size_octets: int, changed_ns: int) -> StoredLetter:
    match = LETTER_FILE.fullmatch(path.name)
    changed = datetime.fromtimestamp(changed_ns / 1e9, UTC)
    blank = StoredLetter(id=path.stem, number=int(match[1]) if match else 0, received_at=changed)
    try:
        if not size_octets:
            return blank.model_copy(update={"subject": EMPTIED})
        return _read_letter(path, blank)
    except PARSE_FAULTS:
        return blank


def _read_letter(path: Path, blank: StoredLetter) -> StoredLetter:
    message = parse(path.read_bytes())
    fields = raw_fields(message)
    received = datetime.fromisoformat(_first(fields, "x-received-at")).astimezone(UTC)
    texts, files = texts_and_files(message)
    subject, sender = _words(fields, "subject"), _words(fields, "from")
    envelope = _first(fields, "x-envelope-to")
    recipient = _words(fields, "to") or envelope
    written = "\n".join(text_of(part) for part in texts if part.get_content_subtype() == "plain")
    words = "\n".join((subject, sender, recipient, envelope, written[:_SEARCHED]))
    address = _ADDRESS.search(envelope or recipient)
    return blank.model_copy(
        update={
            "received_at": received, "sender": sender, "recipient": recipient,
            "address": address[0] if address else "", "subject": subject,
            "kind": _first(fields, "x-dondoc-kind"), "thread": _thread(fields),
            "file_count": len(files), "words": fold(words), "is_readable": True,
        }
    )  # fmt: skip


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _words(fields: Fields, name: str) -> str:
    return decoded(_first(fields, name))


def _thread(fields: Fields) -> str:
    """The start of the conversation, as RFC 5322 3.6.4 lets a reply name it."""
    named = (ids_in(fields.get(name, [])) for name in ("references", "in-reply-to", "message-id"))
    return next((ids[0] for ids in named if ids), "")
