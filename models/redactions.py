"""Redactions: what stands in place of personal data, and how its traces in texts are found."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self

from models.letters import LetterState
from models.values import Value

REDACTED = "[đã xóa]"
REDACTED_ADDRESS = "da-xoa@dau-moi.invalid"  # no such domain will ever exist (RFC 2606)
REDACTED_MAIL = "Đã xóa nội dung theo quy định bảo vệ dữ liệu cá nhân."
REDACTED_CONTACT = "Đã xóa dữ liệu cá nhân theo yêu cầu; không gửi thư đến đầu mối này."
# Letters that may still leave, or that a person has yet to settle: they need their address.
UNDER_WAY = (
    LetterState.READY, LetterState.SENDING, LetterState.UNKNOWN, LetterState.NEEDS_HUMAN,
    LetterState.POISONED,
)  # fmt: skip
_SHORTEST_PHONE = 8  # digits; fewer are found in dates and sums
# Bounded as in RFC 5321 4.5.3.1: on a text without end each start would read to its end.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}")
_DIGITS_APART = r"[\s.\-()]*"


class RedactionOrder(Value):
    """Who has personal data of a commune redacted, when, and why."""

    commune: str
    reason: str
    by: str
    now: datetime


class Redacted(Value):
    """How much was redacted; ``left`` are letters and mails that were not settled yet."""

    contacts: int = 0
    letters: int = 0
    mentions: int = 0  # letters to others that named the person
    attempts: int = 0
    mails: int = 0
    changes: int = 0
    drafts: int = 0
    uploads: int = 0
    accounts: int = 0
    words: int = 0  # alarms and other texts that named the person
    letters_sha256: str | None = None  # of the lines "dedupe key, SHA-256" of the letters' bytes
    left: int = 0
    files: int = 0  # removed or emptied after the commit

    @property
    def counts(self) -> dict[str, int]:
        """What the journal tells in numbers."""
        apart = {"letters_sha256", "left", "files"}
        return {name: count for name, count in self.model_dump(exclude=apart).items() if count}


class Traces(Value):
    """By what a person is found in texts: addresses in lower case, full names, telephones."""

    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        addresses: Iterable[str | None],
        names: Iterable[str | None],
        phones: Iterable[str | None],
    ) -> Self:
        """The traces worth looking for: a single word is no full name, few digits no telephone."""
        return cls(
            addresses=frozenset(a.lower() for a in addresses if a) - {REDACTED_ADDRESS},
            names=frozenset(n for n in names if n and " " in n.strip()),
            phones=frozenset(p for p in phones if p and _is_telephone(p)),
        )

    def mask(self, text: str) -> str:
        """The text without the person's addresses, names and telephones, however these are set."""
        found = text
        for pattern in self._patterns():
            found = re.sub(pattern, REDACTED, found, flags=re.IGNORECASE)
        return found

    def are_in(self, text: str) -> bool:
        """Whether the text names the person."""
        return self.mask(text) != text

    def mask_all(self, value: object) -> object:
        """The JSON value with every text in it masked; keys stay."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, Mapping):
            return {key: self.mask_all(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.mask_all(inner) for inner in value]
        return value

    def _patterns(self) -> Iterable[str]:
        words = sorted(self.addresses | self.names, key=len, reverse=True)
        yield from (r"\s+".join(map(re.escape, word.split())) for word in words)
        for phone in self.phones:
            yield _DIGITS_APART.join(c for c in phone if c.isdigit())


def is_name(text: str) -> bool:
    """Whether it is written as a full name is: "Lò Thị Ngần", and not "Trưởng thôn"."""
    words = text.split()
    return len(words) > 1 and all(word.isalpha() and word.istitle() for word in words)


def without_addresses(text: str) -> str:
    """The text with every mail address in it masked."""
    return _ADDRESS.sub(REDACTED, text) if "@" in text else text


def retired_digest(commune: str, contact_id: str, address: str) -> str:
    """By what an address of a redacted holder of the post is known again; slow to guess."""
    salt = f"{commune}/{contact_id}".encode()
    return hashlib.scrypt(address.strip().lower().encode(), salt=salt, n=2**14, r=8, p=1).hex()


def _is_telephone(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= _SHORTEST_PHONE
