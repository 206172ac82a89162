"""Every sample letter rendered once, and what its reader sees."""

import re
from html import unescape

import pytest

from adapters.letter_templates import LetterRenderer
from models.letter_frames import LetterContext
from models.letters import Composed, LetterKind
from tests.letter_catalogue import (
    LETTERS,
)
from tests.letter_samples import (
    COORDINATOR,
    OFFICE,
    POLICE,
    REMINDERS,
    UNION,
    VILLAGE,
    digest_of,
    reminder_of,
)

RENDERER = LetterRenderer()


def render(kind: LetterKind) -> Composed:
    return RENDERER.render(kind, LETTERS[kind])


def visible(html: str) -> str:
    """What a reader of the HTML sees, as one line."""
    body = html.split("<body", 1)[1].split(">", 1)[1]
    inline = re.sub(r"</?(strong|a|span)\b[^>]*>", "", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", inline)).split())


def one_line(text: str) -> str:
    return " ".join(text.split())


def every_letter() -> list[tuple[str, LetterKind, LetterContext]]:
    plain = [(kind.value, kind, context) for kind, context in LETTERS.items()]
    digests = [(f"{kind.value}-digest", kind, digest_of(kind)) for kind in REMINDERS]
    people = {"union": UNION, "police": POLICE, "village": VILLAGE, "office": OFFICE}
    reminders = [
        (f"{kind.value}-{name}", kind, reminder_of(kind, to=to))
        for kind in REMINDERS
        for name, to in (people | {"own": COORDINATOR}).items()
    ]
    return plain + digests + reminders


EVERY_LETTER = pytest.mark.parametrize(
    ("kind", "context"), [pytest.param(k, c, id=name) for name, k, c in every_letter()]
)
