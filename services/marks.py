"""Marks: the last question before the dot: is the letter ours, owed, in time and not held?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Table,
    bindparam,
    func,
    or_,
    select,
    update,
)

from adapters import tables
from adapters.among import is_among
from adapters.direct import Direct
from models.letters import UNSTOPPABLE, LetterState
from models.obligations import OPEN_STATES
from services.brakes import held_reason
from services.claims import DOT, PRE, Claimed, drop, release
from services.composing import Draft


def _is_one_of(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """As IN says it, but compiled once: the driver takes the text as it is each time."""
    return or_(*[column == value for value in sorted(values)])


def _count(table: Table, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


LOST = Draft(state=LetterState.SUPERSEDED, reason="Không còn việc phải nhắc.")
LATE = Draft(state=LetterState.EXPIRED, reason="Đã qua thời điểm gửi của thư.")
_c = tables.outbox.c
_h = tables.holds.c
_i = tables.outbox_items.c
_o = tables.obligations.c
# Counts, one within the other: a join would be planned over all obligations there are.
_IS_OPEN = _count(tables.obligations, _o.id == _i.obligation_id, _is_one_of(_o.state, OPEN_STATES))
_OPEN_ITEMS = _count(tables.outbox_items, _i.outbox_id == _c.id, _IS_OPEN > 0)
_HOLDS = _count(tables.holds, _h.commune == bindparam("of_commune"), _h.released_at.is_(None))
_IS_OWED = or_(_c.day.is_(None), _OPEN_ITEMS > 0)
MARKING = (
    update(tables.outbox)
    .where(
        is_among(_c.id, "ids"),
        _c.owner == bindparam("of_owner"),
        # By its id alone: the index of what is being sent leads over all that ever was.
        func.coalesce(_c.state, "") == LetterState.SENDING,
        _c.phase == PRE,
        or_(_c.not_after.is_(None), _c.not_after >= bindparam("at", type_=_c.not_after.type)),
        _IS_OWED,
        or_(_HOLDS == 0, _is_one_of(_c.kind, UNSTOPPABLE)),
    )
    .values(phase=DOT, copies=_c.copies + 1)
    .returning(_c.id)
)
_MARK = Direct(MARKING, "ids", "of_owner", "of_commune", "at")


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

    One statement asks whether they are ours, owed, in time and not held, and marks them. The others
    are put where they belong.
    """
    if not letters:
        return Marked()
    asked = [letter.id for letter in letters]
    rows = _MARK.read(connection, asked, of.owner, of.commune, of.now)
    return turn_back(connection, letters, frozenset([row[0] for row in rows]), of=of)


def turn_back(
    connection: Connection, letters: Sequence[Claimed], marked: frozenset[int], *, of: Sending
) -> Marked:
    """Put the letters that were not ``marked`` where they belong."""
    if len(marked) == len(letters):
        return Marked(marked)
    held = held_reason(connection, commune=of.commune) is not None
    _turn_back(connection, [x.id for x in letters if x.id not in marked], held=held, of=of)
    return Marked(marked, held)


def _turn_back(connection: Connection, letters: Sequence[int], *, held: bool, of: Sending) -> None:
    mine = (_c.owner == of.owner, _c.state == LetterState.SENDING, _c.phase == PRE)
    chosen = select(tables.outbox, _IS_OWED.label("is_owed")).where(_c.id.in_(letters), *mine)
    ours = connection.execute(chosen).all()  # the others are somebody else's by now
    if held:
        release(connection, owner=of.owner, letters=[row.id for row in ours])
        return
    drop(connection, [(row, LATE if row.is_owed else LOST) for row in ours], now=of.now)
