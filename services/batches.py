"""Batches: what many letters that are written together are written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from adapters.ledger import RegisteredContact
from adapters.letter_patterns import Pattern
from adapters.mime import Stationery
from models.letters import REMINDER_KINDS, LetterKind, Part
from services.digests import DigestFacts, Digests
from services.outbox_rows import OutboxRow
from services.plan_shelf import ShelvedPlan

# Reminders that tell of the reader's own obligations and of nobody else.
ALIKE = REMINDER_KINDS - {LetterKind.HEAD_INFORMED, LetterKind.LEADER_INFORMED}


class Facts(NamedTuple):
    """What the letters of one batch are written from, as the database has it."""

    contacts: Sequence[tuple[object, ...]]
    digests: DigestFacts
    plans: Mapping[str, tuple[object, ...]]
    now: datetime  # in the calendar's zone


@dataclass(frozen=True)
class Batch:
    """What the letters of one batch are written from."""

    opened: Connection | None
    plans: Mapping[str, ShelvedPlan]
    readers: Mapping[str, RegisteredContact]
    of_unit: Mapping[str, tuple[RegisteredContact, ...]]
    digests: Digests
    now: datetime  # in the calendar's zone
    # What many letters of the batch share, made at the first of them.
    patterns: dict[tuple[object, ...], Pattern] = field(default_factory=dict)
    stationery: dict[tuple[LetterKind, str], Stationery] = field(default_factory=dict)
    forms: dict[str, tuple[Part, ...]] = field(default_factory=dict)  # by obligation

    @property
    def connection(self) -> Connection:
        """Where a letter reads what is its own.

        Raises:
            LookupError: it is written without the database.
        """
        if self.opened is None:
            raise LookupError("no database")
        return self.opened


def is_plain(row: OutboxRow) -> bool:
    """Whether the letter brings nothing of its own: no words, no files."""
    return row.context is None and not row.parts


def is_alike(row: OutboxRow) -> bool:
    """Whether the letter is not written yet, and needs no more for it than its batch's facts."""
    return row.kind in ALIKE and row.frozen is None and is_plain(row)
