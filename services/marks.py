"""Marks: the last question before the dot: is the letter ours, owed, in time and not held?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from adapters import tables
from models.letters import UNSTOPPABLE, LetterState
from models.obligations import OPEN_STATES
from services.brakes import held_reason
from services.claims import DOT, PRE, Claimed, drop, release
from services.composing import Draft

LOST = Draft(state=LetterState.SUPERSEDED, reason="Không còn việc phải nhắc.")
LATE = Draft(state=LetterState.EXPIRED, reason="Đã qua thời điểm gửi của thư.")
_c = tables.outbox.c
_MARK = (
    update(tables.outbox)
    .where(
        _c.id.in_(bindparam("ids", expanding=True)),
        _c.owner == bindparam("of_owner"),
        _c.state == LetterState.SENDING,
        _c.phase == PRE,
        or_(_c.not_after.is_(None), _c.not_after >= bindparam("at", type_=_c.not_after.type)),
    )
    .values(phase=DOT, copies=_c.copies + 1)
    .returning(_c.id)
)
_STILL_OWED = (
    select(tables.outbox_items.c.outbox_id)
    .join_from(
        tables.outbox_items,
        tables.obligations,
        tables.obligations.c.id == tables.outbox_items.c.obligation_id,
    )
    .where(
        tables.outbox_items.c.outbox_id.in_(bindparam("ids", expanding=True)),
        tables.obligations.c.state.in_(sorted(OPEN_STATES)),
    )
)


@dataclass(frozen=True, slots=True)
class Sending:
    """Whose letters they are: the scope of every statement here."""

    commune: str
    owner: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Marked:
    """The letters whose last dot may be written, and whether a hold keeps the others back."""

    ids: frozenset[int] = frozenset()
    is_held: bool = False


def mark(connection: Connection, letters: Sequence[Claimed], *, of: Sending) -> Marked:
    """Say of each letter that its last dot is about to be written; returns those that may go.

    The others are no longer ours, held, or have lost their reason; they are put where they belong.
    """
    if not letters:
        return Marked()
    held = held_reason(connection, commune=of.commune) is not None
    free = [x for x in letters if not held or x.kind in UNSTOPPABLE]
    owed = _still_owed(connection, free)
    wanted = [x.id for x in free if not x.is_reminder or x.id in owed]
    marked = set()
    if wanted:
        asked = {"ids": wanted, "of_owner": of.owner, "at": of.now}
        marked = set(connection.execute(_MARK, asked).scalars().all())
    if len(marked) < len(letters):
        _turn_back(connection, [x for x in letters if x.id not in marked], owed, held=held, of=of)
    return Marked(frozenset(marked), held)


def _still_owed(connection: Connection, letters: Sequence[Claimed]) -> set[int]:
    reminders = [letter.id for letter in letters if letter.is_reminder]
    if not reminders:
        return set()
    return set(connection.execute(_STILL_OWED, {"ids": reminders}).scalars().all())


def _turn_back(
    connection: Connection, letters: Sequence[Claimed], owed: set[int], *, held: bool, of: Sending
) -> None:
    mine = (_c.owner == of.owner, _c.state == LetterState.SENDING, _c.phase == PRE)
    chosen = select(tables.outbox).where(_c.id.in_([x.id for x in letters]), *mine)
    ours = connection.execute(chosen).all()  # the others are somebody else's by now
    if held:
        release(connection, owner=of.owner, letters=[row.id for row in ours])
        return
    reminders = {letter.id for letter in letters if letter.is_reminder}
    lost = [row for row in ours if row.id in reminders - owed]
    late = [row for row in ours if row not in lost]
    drop(connection, [*((row, LOST) for row in lost), *((row, LATE) for row in late)], now=of.now)
