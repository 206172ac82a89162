"""Headers of a hostile message as text: each read on its own, the unreadable left out."""

import re
from email.header import decode_header, make_header
from email.message import Message

from models.vietnamese import clean_text

MOST_VALUE = 8_000
MOST_HEADERS = 2_000
_ID = re.compile(r"<[^<>\s]{1,250}>")
_SENT_TO = (
    "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to",
)  # fmt: skip

Fields = dict[str, list[str]]


def raw_fields(message: Message) -> Fields:
    """The header values by lower-case name as they came, unfolded, the topmost first."""
    fields: Fields = {}
    for name, value in list(message.raw_items())[:MOST_HEADERS]:
        fields.setdefault(name.lower(), []).append(_unfolded(str(value)[:MOST_VALUE]))
    return fields


def mend_octets(part: Message) -> None:
    """Let raw octets in the headers that name a file be read as the UTF-8 they are."""
    for name, value in part.raw_items():
        if name.lower() in {"content-type", "content-disposition"} and not value.isascii():
            part.replace_header(name, _unfolded(str(value)))


def decoded(value: str) -> str:
    """The words of one header value; what cannot be decoded is shown as it came."""
    try:
        return clean_text(str(make_header(decode_header(value))))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return clean_text(value)


def ids_in(values: list[str]) -> tuple[str, ...]:
    """The Message-IDs in those values, in order, each once."""
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(value)))


def recipient_text(fields: Fields) -> str:
    """All that names a recipient: the addresses of the headers, and whom the last server served."""
    received = fields.get("received", [])[:1]
    served = [found[1] for value in received if (found := re.search(r"\bfor\s+<([^<>]+)>", value))]
    return "\n".join([value for name in _SENT_TO for value in fields.get(name, [])] + served)


def _unfolded(value: str) -> str:
    # Octets beyond ASCII come as surrogates; most of today's raw headers are UTF-8.
    octets = value.encode("utf-8", "surrogateescape")
    return " ".join(octets.decode("utf-8", "replace").replace("\x00", "").split())
