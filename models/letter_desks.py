"""The letter desk as values: what waits, what a person must settle, and the life of a letter."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.alarms import Alarm
from models.journal import JournalEntry
from models.letter_holds import Wait
from models.letter_policies import Reliability, reliability_of
from models.letters import LetterKind, LetterState
from models.submissions import Attachment
from models.values import Value

WAITING = (LetterState.READY, LetterState.SENDING)
UNSETTLED = (
    LetterState.UNKNOWN,
    LetterState.NEEDS_HUMAN,
    LetterState.POISONED,
    LetterState.REFUSED,
    LetterState.EXPIRED,  # of what the next rung does not cover
)
COVERED = frozenset(k for k in LetterKind if reliability_of(k) is Reliability.AT_MOST_ONCE)


def waits_for_person(kind: LetterKind, state: LetterState) -> bool:
    """Whether somebody must settle such a letter; an expired reminder is covered by the next."""
    return state in UNSETTLED and not (state is LetterState.EXPIRED and kind in COVERED)


def total(counts: Mapping[LetterState, int], states: Sequence[LetterState]) -> int:
    """How many letters stand in any of the states."""
    return sum(counts.get(state, 0) for state in states)


class LetterLine(Value):
    """One letter of the desk; ``wait`` only while it is ready, ``last_text`` as the relay said."""

    id: int
    kind: LetterKind
    state: LetterState
    plan_id: str
    unit_id: str
    contact_id: str
    contact_title: str
    dedupe_key: str
    subject: str | None
    attempt: int
    last_code: int | None
    last_text: str | None
    at: datetime  # settled, else made
    wait: Wait | None = None

    @property
    def waits_for_person(self) -> bool:
        """Whether somebody must settle it."""
        return waits_for_person(self.kind, self.state)


class StandingHold(Value):
    """A hold that stands: why, since when, by whom."""

    reason: str
    detail: str
    since: datetime
    by: str


class RelayState(Value):
    """How a relay behaves; ``open_until`` while nothing is tried."""

    name: str
    failures: int
    failing_since: datetime | None
    open_until: datetime | None
    last_text: str | None


class LetterDesk(Value):
    """Everything the letter page shows; the lists are bounded, the counts are of all letters."""

    hold: str | None
    holds: tuple[StandingHold, ...]
    relays: tuple[RelayState, ...]
    alarms: tuple[Alarm, ...]
    waiting: tuple[LetterLine, ...]
    unsettled: tuple[LetterLine, ...]
    counts: dict[LetterState, int]

    @property
    def waiting_count(self) -> int:
        """How many letters wait."""
        return total(self.counts, WAITING)

    @property
    def unsettled_count(self) -> int:
        """How many letters a person must settle."""
        return total(self.counts, UNSETTLED)


class Attempted(Value):
    """What one attempt to send told."""

    attempt: int
    at: datetime
    verdict: str
    phase: str
    code: int | None
    text: str | None


class LetterLife(Value):
    """A letter from its planning to its end."""

    line: LetterLine
    address: str
    message_id: str | None
    copies: int
    files: tuple[Attachment, ...] = ()
    attempts: tuple[Attempted, ...]
    journal: tuple[JournalEntry, ...]
