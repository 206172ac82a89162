"""What changed between two texts, word by word, for people to read."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

from models.values import Value

_WORDS = re.compile(r"\s+|\S+")
_MOST_WORDS = 4_000  # of texts longer than that whole lines are compared


class Change(StrEnum):
    """What happened to a stretch of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


class Stretch(Value):
    """Words in a row that were kept, removed or added together."""

    change: Change
    text: str


def word_difference(before: str, after: str) -> tuple[Stretch, ...]:
    """Return the words of both texts in reading order; kept and added ones make up ``after``."""
    was, now = _WORDS.findall(before), _WORDS.findall(after)
    if len(was) + len(now) > _MOST_WORDS:
        was, now = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return tuple(_stretches(was, now))


def _stretches(was: list[str], now: list[str]) -> Iterator[Stretch]:
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield Stretch(change=Change.KEPT, text="".join(now[new_start:new_end]))
            continue
        if start < end:
            yield Stretch(change=Change.REMOVED, text="".join(was[start:end]))
        if new_start < new_end:
            yield Stretch(change=Change.ADDED, text="".join(now[new_start:new_end]))
