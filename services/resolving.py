"""Resolving: letters whose sender died, and letters nobody knows the fate of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    delete,
    func,
    select,
    update,
)

from adapters import tables
from adapters.database import transaction
from adapters.ledger import insert_new
from adapters.letter_tables import is_unsettled
from models.alarms import AlarmKind
from models.clocks import MonotonicReading
from models.letter_policies import (
    MOST_CRASHES,
    Aftermath,
    Doubt,
    Reliability,
    after_unknown,
    reliability_of,
)
from models.letters import LetterKind, LetterState
from models.oracles import Oracle
from services.brakes import note_accepted
from services.claims import DOT, SENDER
from services.journal import note, record
from services.letter_alarms import LetterAlarm, raise_alarms

_c, _w = tables.outbox.c, tables.unknown_watches.c
_MUST_ARRIVE = [k for k in LetterKind if reliability_of(k) is Reliability.MUST_ARRIVE]
_MOVE = (
    update(tables.outbox)
    .where(
        _c.id == bindparam("of_id"),
        _c.state == bindparam("was_state"),
        func.coalesce(_c.owner, "") == bindparam("was_owner"),
        # Its owner may have marked it after it was read, and died before it was asked for.
        func.coalesce(_c.phase, "") == bindparam("was_phase"),
    )
    .values(
        state=bindparam("to_state"), owner=bindparam("to_owner"), phase=None,
        settled_at=bindparam("at"), crashes=bindparam("to_crashes"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """What it takes to settle letters in doubt: who lives, what arrived, what time it is."""

    engine: Engine
    commune: str
    is_alive: Callable[[str], bool]
    oracle: Oracle
    quiet: timedelta
    monotonic: MonotonicReading
    now: datetime
    # Whether the relay has yet to read what senders left that are dead, as far as can be known.
    is_reading: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class _Move:
    row: Row[tuple[object, ...]]
    state: LetterState
    action: str
    owner: str | None = None
    crashes: int = 0


def resolve(resolver: Resolver) -> int:
    """Settle what can be settled; returns how many letters moved.

    Letters of a dead sender go back when their dot was not written, else they are in doubt. A
    letter in doubt leaves it when the oracle has seen it, or, after it was watched for the quiet
    period, as its kind was promised (reliability.md 2.7).
    """
    return _take_up(resolver) + _settle_doubts(resolver)


def _take_up(resolver: Resolver) -> int:
    with transaction(resolver.engine) as connection:
        found = connection.execute(_unsettled(resolver, _c.state == LetterState.SENDING)).all()
        alive = {owner: resolver.is_alive(owner) for owner in {row.owner or "" for row in found}}
        stranded = [row for row in found if not alive[row.owner or ""]]
        moves = [_taken_up(row) for row in stranded]
        moved = _move(connection, moves, resolver)
        alarms = [alarm for move in moved if (alarm := _alarm_of(move)) is not None]
        raise_alarms(connection, alarms, now=resolver.now)
    return len(moved)


def _taken_up(row: Row[tuple[object, ...]]) -> _Move:
    if row.phase == DOT:
        # The owner stays named, as a letter's whose sender read no verdict.
        return _Move(row, LetterState.UNKNOWN, "letter.unknown", row.owner, row.crashes)
    # It was alone in the hands of a sender that died, so often that it must be the cause.
    if row.crashes >= MOST_CRASHES:
        return _Move(row, LetterState.POISONED, "letter.poisoned", None, row.crashes + 1)
    return _Move(row, LetterState.READY, "letter.resolved", None, row.crashes + 1)


def _alarm_of(move: _Move) -> LetterAlarm | None:
    if move.state is LetterState.POISONED:
        why = f"tiến trình gửi dừng đột ngột {move.crashes} lần khi soạn hoặc gửi thư này"
        return LetterAlarm(AlarmKind.LETTER_POISONED, move.row, why)
    if move.state is LetterState.NEEDS_HUMAN:
        why = "không rõ đã đến nơi nhận hay chưa; cần hỏi nơi nhận"
        return LetterAlarm(AlarmKind.LETTER_NEEDS_HUMAN, move.row, why)
    if move.state is LetterState.UNKNOWN and move.row.kind in _MUST_ARRIVE:
        why = "không rõ đã đến nơi nhận hay chưa"
        return LetterAlarm(AlarmKind.LETTER_UNKNOWN, move.row, why)
    return None


def _settle_doubts(resolver: Resolver) -> int:
    watched_seconds = _watch(resolver)
    if not watched_seconds:
        return 0
    # Asked first: only of what was read to its end is a no of the oracle a no.
    if resolver.is_reading():
        watched_seconds = dict.fromkeys(watched_seconds)
    # The oracle may be far away: nothing is locked while it is asked.
    answers = {row.id: resolver.oracle(row.message_id) for row in watched_seconds}
    moves = [
        move
        for row, seconds in watched_seconds.items()
        if (move := _settled(row, resolver, answer=answers[row.id], seconds=seconds)) is not None
    ]
    with transaction(resolver.engine) as connection:
        moved = _move(connection, moves, resolver)
        raise_alarms(
            connection, [a for m in moved if (a := _alarm_of(m)) is not None], now=resolver.now
        )
        arrived = [m.row.id for m in moved if m.state is LetterState.ACCEPTED]
        note_accepted(connection, commune=resolver.commune, count=len(arrived))
        closed = [m.row.id for m in moved if m.state is not LetterState.NEEDS_HUMAN]
        connection.execute(delete(tables.unknown_watches).where(_w.outbox_id.in_(closed)))
    return len(moved)


def _watch(resolver: Resolver) -> dict[Row[tuple[object, ...]], float | None]:
    """The letters in doubt, and for how many seconds each was watched; None: not watched yet.

    The watch begins when the owner is dead, on a clock that never jumps, anew after each boot.
    """
    doubtful = (_c.state == LetterState.UNKNOWN) | (
        # Somebody was told and may still be acting; near the end it is sent once more.
        (_c.state == LetterState.NEEDS_HUMAN) & (_c.copies > 0) & _c.kind.in_(_MUST_ARRIVE)
    )
    boot, seconds = resolver.monotonic.boot_id, resolver.monotonic.seconds
    with transaction(resolver.engine) as connection:
        # Whoever settles a letter now forgets its watch: it must not be begun behind his back.
        chosen = _unsettled(resolver, doubtful).with_for_update(of=tables.outbox, skip_locked=True)
        rows = connection.execute(chosen).all()
        watched = [row for row in rows if not row.owner or not resolver.is_alive(row.owner)]
        fresh = [{"outbox_id": r.id, "boot_id": boot, "since_seconds": seconds} for r in watched]
        insert_new(connection, tables.unknown_watches, fresh)
        of_boot = select(_w.outbox_id, _w.since_seconds).where(
            _w.boot_id == boot, _w.outbox_id.in_([row.id for row in watched])
        )
        since = {row.outbox_id: row.since_seconds for row in connection.execute(of_boot)}
    return {row: seconds - since[row.id] if row.id in since else None for row in rows}


def _settled(
    row: Row[tuple[object, ...]],
    resolver: Resolver,
    *,
    answer: bool | None,
    seconds: float | None,
) -> _Move | None:
    doubt = Doubt(
        reliability=reliability_of(LetterKind(row.kind)),
        copies=row.copies,
        not_after=row.not_after,
        answer=answer,
        is_quiet=seconds is not None and seconds >= resolver.quiet.total_seconds(),
    )
    match after_unknown(doubt, now=resolver.now):
        case Aftermath.ARRIVED:
            return _Move(row, LetterState.ACCEPTED, "letter.confirmed", None, row.crashes)
        case Aftermath.PRESUMED:
            return _Move(row, LetterState.ACCEPTED, "letter.presumed", None, row.crashes)
        case Aftermath.RESEND:
            return _Move(row, LetterState.READY, "letter.resent", None, row.crashes)
        case Aftermath.ASK if row.state != LetterState.NEEDS_HUMAN:
            return _Move(row, LetterState.NEEDS_HUMAN, "letter.needs_human", None, row.crashes)
        case _:
            return None


def _unsettled(resolver: Resolver, which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    columns = (
        _c.id, _c.commune, _c.kind, _c.unit_id, _c.dedupe_key, _c.state, _c.phase, _c.owner,
        _c.copies, _c.crashes, _c.not_after, tables.frozen_letters.c.message_id,
    )  # fmt: skip
    chosen = (
        select(*columns)
        .select_from(tables.letters)
        .where(_c.commune == resolver.commune, is_unsettled, which)
    )
    return chosen.order_by(_c.id)


def _move(connection: Connection, moves: Sequence[_Move], resolver: Resolver) -> list[_Move]:
    """Move the letters that still stand as they were read; returns those."""
    moved = []
    for move in moves:
        row = move.row
        is_over = move.state is not LetterState.READY
        values = {
            "of_id": row.id, "was_state": row.state, "was_owner": row.owner or "",
            "was_phase": row.phase or "", "to_state": move.state, "to_owner": move.owner,
            "to_crashes": move.crashes,
            "at": resolver.now if is_over else None,
        }  # fmt: skip
        if connection.execute(_MOVE, values).rowcount == 1:
            moved.append(move)
    notes = [note(m.action, m.row.dedupe_key, was=m.row.state, phase=m.row.phase) for m in moved]
    record(connection, notes, commune=resolver.commune, actor=SENDER, at=resolver.now)
    return moved
