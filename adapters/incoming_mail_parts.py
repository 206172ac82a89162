"""The parts of a message: what was written, and the files that came with it."""

import html
import re
from collections.abc import Callable, Iterator
from email.message import Message

import nh3

from adapters.incoming_mail_headers import decoded, mend_octets
from models.file_kinds import HEAD_BYTES, clean_name
from models.incoming import IncomingAttachment

MOST_TEXT = 200_000
MOST_FILES = 100
MOST_NAME = 120
MOST_DECORATION = 60 * 1024
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]{0,200}>")
_QUOTED = re.compile(r"(?i)<(?:blockquote|div[^>]{0,200}\bgmail_quote)\b")
_PICTURE = re.compile(r"""(?i)\bcid:([^\s"'<>]{1,250})""")
_NO_TEXT = frozenset({"script", "style", "title", "head"})


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; a nested message is one part."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(nested_messages(part)))
        else:
            yield part


def nested_messages(part: Message) -> list[Message]:
    """The messages within a part; empty for a part that is a text or a file."""
    # Asked for a text, ``get_payload`` decodes it by a charset that may be nonsense.
    payload = part.get_payload() if part.is_multipart() else []
    return [inner for inner in payload if isinstance(inner, Message)]


def written_text(message: Message) -> str:
    """What was written: the plain parts, or else the HTML ones as plain text."""
    texts = [part for part in leaves(message) if _is_text(part)]
    plain = [text_of(part) for part in texts if part.get_content_type() == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)[:MOST_TEXT]
    marked = [text_of(part) for part in texts if part.get_content_type() == "text/html"]
    return "\n".join(_without_marks(text) for text in marked)[:MOST_TEXT]


def text_of(part: Message) -> str:
    """The text of a part in its charset; wrong octets are shown as such, never refused."""
    octets = content_of(part)
    try:
        text = octets.decode(str(part.get_content_charset("utf-8")), "replace")
    except (LookupError, ValueError):
        text = octets.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\x00", "")


def files_of(message: Message, *, keep: Callable[[bytes], str]) -> tuple[IncomingAttachment, ...]:
    """The files that came with the message, each given to ``keep``, which returns its SHA-256."""
    parts = list(leaves(message))
    marked = [text_of(part) for part in parts if part.get_content_type() == "text/html"]
    shown = frozenset(found for text in marked for found in _PICTURE.findall(text[:MOST_TEXT]))
    found = [part for part in parts if not _is_text(part)]
    return tuple(_kept(part, keep, shown=shown) for part in found[:MOST_FILES])


def content_of(part: Message) -> bytes:
    """The octets of a part; of a nested message, the message."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return next((inner.as_bytes() for inner in nested_messages(part)), b"")


def _kept(
    part: Message, keep: Callable[[bytes], str], *, shown: frozenset[str]
) -> IncomingAttachment:
    content = content_of(part)
    # A photographed report may stand in the body, too; no logo is as large.
    is_small = part.get_content_maintype() == "image" and len(content) <= MOST_DECORATION
    return IncomingAttachment(
        name=clean_name(_name_of(part))[-MOST_NAME:],
        media_type=part.get_content_type()[:100],
        sha256=keep(content),
        size=len(content),
        head=content[:HEAD_BYTES],
        is_decoration=is_small and _content_id(part) in shown,
    )


def _content_id(part: Message) -> str:
    return str(part.get("Content-ID", "")).strip().strip("<>")


def _name_of(part: Message) -> str:
    try:
        mend_octets(part)
        return decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _is_text(part: Message) -> bool:
    is_shown = part.get_content_disposition() != "attachment" and not _name_of(part)
    return is_shown and part.get_content_type() in {"text/plain", "text/html"}


def _without_marks(text: str) -> str:
    # Where a quotation starts, a line starts that ends the writer's own words.
    quoted = _QUOTED.sub(lambda found: f"\n-----Original Message-----\n{found[0]}", text, count=1)
    broken = _BREAKS.sub(lambda found: f"{found[0]}\n", quoted)
    bare = nh3.clean(broken, tags=set(), clean_content_tags=set(_NO_TEXT))
    return "\n".join(line.strip() for line in html.unescape(bare).split("\n"))
