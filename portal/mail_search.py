"""What a reader of the mailbox looks for: words, a unit, a kind; and what is found."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from adapters.mail_store import StoredLetter, fold
from models.values import Value
from portal.mail_reading import kind_label
from services.threads import Conversation

Word = Annotated[str, Query(max_length=200)]


class Sought(Value):
    """The words, the unit and the kind of the letters wanted; what is empty is not asked for."""

    words: str = ""
    unit: str = ""
    kind: str = ""

    @property
    def is_anything(self) -> bool:
        """Whether something is looked for at all."""
        return bool(self.words or self.unit or self.kind)

    def query(self, **more: object) -> str:
        """The end of an address that keeps what is looked for; empty when nothing is."""
        asked = {"q": self.words, "don_vi": self.unit, "loai": self.kind} | more
        given = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(given)}" if given else ""


class Choices(Value):
    """What can be chosen from: the units and kinds that letters at hand have, in order."""

    units: tuple[str, ...]
    kinds: tuple[str, ...]


def read_sought(q: Word = "", don_vi: Word = "", loai: Word = "") -> Sought:
    """Return what the address of the page asks for."""
    return Sought(words=q, unit=don_vi, kind=loai)


SoughtOf = Annotated[Sought, Depends(read_sought)]


def find_letters(
    letters: Sequence[StoredLetter],
    sought: Sought,
    *,
    conversations: Mapping[str, Conversation],
) -> tuple[StoredLetter, ...]:
    """Return the letters that have the unit, the kind and every word, without diacritics."""
    words = fold(sought.words).split()
    return tuple(
        letter
        for letter in letters
        if (not sought.kind or kind_label(letter.kind)[0] == sought.kind)
        and (not sought.unit or _unit(letter, conversations) == sought.unit)
        and _has(letter, words, conversations)
    )


def choices_of(
    letters: Sequence[StoredLetter], conversations: Mapping[str, Conversation]
) -> Choices:
    """Return what the letters can be narrowed by."""
    units = {_unit(letter, conversations) for letter in letters} - {""}
    kinds = {kind_label(letter.kind)[0] for letter in letters}
    return Choices(units=tuple(sorted(units, key=fold)), kinds=tuple(sorted(kinds, key=fold)))


def _unit(letter: StoredLetter, conversations: Mapping[str, Conversation]) -> str:
    found = conversations.get(letter.thread)
    return found.unit if found else ""


def _has(
    letter: StoredLetter, words: Sequence[str], conversations: Mapping[str, Conversation]
) -> bool:
    text = f"{letter.words}\n{fold(_unit(letter, conversations))}"
    return all(word in text for word in words)
