"""Letters: one row of the outbox, its kinds, states and policies."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.values import Value


class LetterKind(StrEnum):
    """E01-E19 of domain.md 4.3, E20 to the administrator, and what came after."""

    ASSIGNMENT = "E01"
    REMIND_EARLY = "E02"
    REMIND_SOON = "E03"
    REMIND_TOMORROW = "E04"
    REMIND_TODAY = "E05"
    OVERDUE_FIRST = "E06"
    OVERDUE_AGAIN = "E07"
    HEAD_INFORMED = "E08"
    LEADER_INFORMED = "E09"
    RECEIPT = "E10"
    RESEND = "E11"
    RETURNED = "E12"
    ACCEPTED = "E13"
    BULLETIN = "E14"
    FOR_DECISION = "E15"
    DECISION = "E16"
    DISPATCH = "E17"
    EXTENSION = "E18"
    CLOSING = "E19"
    ALARM = "E20"
    LINK = "E21"
    ASK_SENDER = "E22"
    UNCLEAR_REPLY = "E23"
    QUESTION = "E24"
    COMPLIANCE_OVERDUE = "E25"


REMINDER_KINDS = frozenset(
    {
        LetterKind.REMIND_EARLY,
        LetterKind.REMIND_SOON,
        LetterKind.REMIND_TOMORROW,
        LetterKind.REMIND_TODAY,
        LetterKind.OVERDUE_FIRST,
        LetterKind.OVERDUE_AGAIN,
        LetterKind.HEAD_INFORMED,
        LetterKind.LEADER_INFORMED,
    }
)
# Answers to a message: they carry the null sender, so that two machines never answer each other.
ANSWERS = frozenset(
    {
        LetterKind.RECEIPT,
        LetterKind.RESEND,
        LetterKind.ASK_SENDER,
        LetterKind.UNCLEAR_REPLY,
    }
)
# No hold, brake, breaker or send window stops what tells a person that something is wrong.
UNSTOPPABLE = frozenset({LetterKind.ALARM})


class LetterState(StrEnum):
    """The state machine of reliability.md 2.4."""

    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    POISONED = "poisoned"
    NEEDS_HUMAN = "needs_human"
    BOUNCED = "bounced"


class Verdict(StrEnum):
    """What one attempt to send told us."""

    ACCEPTED = "accepted"
    REFUSED_TEMPORARILY = "refused_temporarily"
    REFUSED_PERMANENTLY = "refused_permanently"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class Part(Value):
    """One attachment of a letter."""

    name: str
    media_type: str
    content: bytes


class Composed(Value):
    """A letter's words, before headers; addresses are checked elsewhere."""

    subject: str
    text: str
    html: str
    parts: tuple[Part, ...] = ()


class Printed(NamedTuple):
    """A letter's words as they travel: its two bodies in UTF-8 with CRLF."""

    subject: str
    text: bytes
    html: bytes


class Attempt(Value):
    """The result of one attempt, with the relay's last words."""

    verdict: Verdict
    code: int | None = None
    text: str = ""
    phase: str = ""
    at: datetime
