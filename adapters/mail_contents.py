"""One letter of the mail catcher's folder, whole: its words, its parts, its source."""

from email.message import Message
from pathlib import Path

from adapters.incoming_mail_headers import decoded, mend_octets, raw_fields
from adapters.incoming_mail_parts import content_of, text_of
from adapters.mail_store import PARSE_FAULTS, StoredLetter, letter_at, parse, path_of
from adapters.mail_store import texts_and_files as parts_in
from models.errors import UsageError
from models.file_kinds import clean_name
from models.letters import Part
from models.values import Value

# A page shows so many characters; whoever wants more takes the letter as a file.
MOST_SHOWN = 300_000
MOST_FILES = 100


class StoredPart(Value):
    """One attachment of a stored letter, counted from 0."""

    number: int
    name: str
    media_type: str
    size: int


class StoredLetterDetail(Value):
    """One letter; a missing body is an empty text, ``is_cut`` says that something is left out."""

    letter: StoredLetter
    reply_to: str
    text: str
    html: str
    parts: tuple[StoredPart, ...]
    source: str
    is_cut: bool


def read_letter(folder: Path, letter_id: str) -> StoredLetterDetail:
    """Return one letter with its bodies and the names of its attachments.

    Raises:
        UsageError: no letter has that id.
    """
    path = path_of(folder, letter_id)
    octets = path.read_bytes()
    message = parse(octets)
    texts, files = _contents(message)
    text, html = (_joined(texts, subtype) for subtype in ("plain", "html"))
    source = octets.decode("utf-8", "replace")
    return StoredLetterDetail(
        letter=letter_at(path),
        reply_to=decoded(raw_fields(message).get("reply-to", [""])[0]),
        text=text[:MOST_SHOWN],
        html=html[:MOST_SHOWN],
        parts=tuple(_stored(part, number) for number, part in enumerate(files[:MOST_FILES])),
        source=source[:MOST_SHOWN],
        is_cut=max(map(len, (text, html, source))) > MOST_SHOWN or len(files) > MOST_FILES,
    )


def read_part(folder: Path, letter_id: str, number: int) -> Part:
    """Return one attachment with its content.

    Raises:
        UsageError: no letter has that id, or it has no such attachment.
    """
    files = _contents(parse(path_of(folder, letter_id).read_bytes()))[1]
    if not 0 <= number < len(files):
        raise UsageError(f"Thư {letter_id} không có tệp đính kèm số {number}.")
    part = files[number]
    return Part(name=_name(part, number), media_type=_type(part), content=content_of(part))


def read_source(folder: Path, letter_id: str) -> bytes:
    """Return the letter as it was kept.

    Raises:
        UsageError: no letter has that id.
    """
    return path_of(folder, letter_id).read_bytes()


def _contents(message: Message) -> tuple[list[Message], list[Message]]:
    try:
        return parts_in(message)
    except PARSE_FAULTS:
        return [], []


def _joined(texts: list[Message], subtype: str) -> str:
    return "\n".join(text_of(part) for part in texts if part.get_content_subtype() == subtype)


def _stored(part: Message, number: int) -> StoredPart:
    size = len(content_of(part))
    return StoredPart(number=number, name=_name(part, number), media_type=_type(part), size=size)


def _type(part: Message) -> str:
    return part.get_content_type()[:100]


def _name(part: Message, number: int) -> str:
    try:
        mend_octets(part)
        given = decoded(part.get_filename() or "")
    except PARSE_FAULTS:
        given = ""
    return clean_name(given) if given else f"tep-{number + 1}"
