"""Patterns: the words that all letters of one shape share, printed once and then only filled."""

import re
from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from markupsafe import escape

from models import vietnamese
from models.letter_frames import LetterContext
from models.letter_slots import CLOSES, OPENS, Reader, formatted_slot, is_slot
from models.letters import Composed, Printed

SUBJECT_LIMIT = 120  # characters, domain.md 4.2
SUBJECT_PATH = "subject"  # the slot of the finished subject in the HTML form

_ELLIPSIS = "…"
_SLOT = re.compile(f"{OPENS}([a-z_0-9.]*)[|]([a-z_]*){CLOSES}")
_FORMS: dict[str, Callable[..., str]] = {
    "day": vietnamese.format_day,
    "hour": vietnamese.format_hour,
    "instant": vietnamese.format_instant,
    "long_day": vietnamese.format_long_day,
    "short_instant": vietnamese.format_short_instant,
}
Read = Callable[[LetterContext | Reader], object]
_SPECIAL = re.compile(r"[&<>'\"]")  # what HTML escapes; few words hold any


class Strip(NamedTuple):
    """Fixed texts as octets and, at every second place, room for the word that goes there."""

    pieces: tuple[bytes, ...]
    places: tuple[int, ...]  # of the words, in the order of their rooms

    def fill(self, words: Sequence[bytes]) -> bytes:
        """The texts with the words between them."""
        # What is fixed was encoded once; joining is six times as fast as formatting.
        pieces = list(self.pieces)
        pieces[1::2] = [words[place] for place in self.places]
        return b"".join(pieces)


class Pattern(NamedTuple):
    """The three forms of a letter; the subject is the last of the HTML's words."""

    subject: Strip
    text: Strip
    html: Strip
    words: tuple[tuple[Read, Callable[..., str]], ...]

    def fill(self, context: LetterContext | Reader) -> Printed:
        """Write one letter of the pattern's shape; a reminder needs no more than its reader."""
        words = [form(read(context)) for read, form in self.words]
        octets = [word.encode() for word in words]
        subject = shorten_subject(self.subject.fill(octets).decode())
        escaped = [
            str(escape(word)).encode() if _SPECIAL.search(word) else plain
            for word, plain in zip(words, octets, strict=True)
        ]
        escaped.append(str(escape(subject)).encode())
        return Printed(subject, self.text.fill(octets), self.html.fill(escaped))


def compose(printed: Printed) -> Composed:
    """The printed letter as texts with plain line ends."""
    text, html = (octets.decode().replace("\r\n", "\n") for octets in printed[1:])
    return Composed(subject=printed.subject, text=text, html=html)


def read_pattern(*, subject: str, text: str, html: str) -> Pattern:
    """Turn the printed forms of a shape into a pattern."""
    marks = {m.groups() for printed in (subject, text, html) for m in _SLOT.finditer(printed)}
    # Sorted, so that the same shape gives the same pattern in every process.
    places = {mark: place for place, mark in enumerate(sorted(marks - {(SUBJECT_PATH, "")}))}
    words = tuple((_reader(path), _FORMS.get(form, str)) for path, form in places)
    places[SUBJECT_PATH, ""] = len(words)
    return Pattern(
        subject=_strip(subject, places),
        text=_strip(text.replace("\n", "\r\n"), places),
        html=_strip(html.replace("\n", "\r\n"), places),
        words=words,
    )


def put_off(name: str) -> Callable[..., str]:
    """The template filter of that form, which marks a slot with the form instead of printing it."""
    form = _FORMS[name]

    def act(value: object) -> str:
        return formatted_slot(str(value), name) if is_slot(value) else form(value)

    return act


FORM_FILTERS = {name: put_off(name) for name in _FORMS}


def shorten_subject(printed: str, limit: int = SUBJECT_LIMIT) -> str:
    """Make one line of a subject printed as head, middle and tail on three lines.

    Only the middle is shortened, at a word, so that tags, type, unit and deadline stay.
    """
    lines = [" ".join(line.split()) for line in printed.split("\n")]
    head, middle, tail = (*lines, "", "")[:3]
    whole = _join(head, middle, tail)
    if len(whole) <= limit:
        return whole
    room = limit - len(_join(head, tail)) - 1
    return _cut(_join(head, _cut(middle, room), tail), limit)


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    kept = text[: max(room, 0)].rpartition(" ")[0]
    return kept.rstrip(" ,;:-") + _ELLIPSIS


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _strip(printed: str, places: dict[tuple[str, ...], int]) -> Strip:
    pieces: list[bytes] = []
    ends = 0
    for mark in _SLOT.finditer(printed):
        pieces += (printed[ends : mark.start()].encode(), b"")
        ends = mark.end()
    return Strip(
        pieces=(*pieces, printed[ends:].encode()),
        places=tuple(places[mark.groups()] for mark in _SLOT.finditer(printed)),
    )


def _reader(path: str) -> Read:
    """A function that reads the value at a dotted path; a number at its end counts in a tuple."""
    field, _, last = path.rpartition(".")
    if not last.isdigit():
        return attrgetter(path)
    whole, item = attrgetter(field), itemgetter(int(last))
    return lambda context: item(whole(context))
