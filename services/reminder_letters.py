"""Letters of a round: one for each recipient, its items, and the steps that were overtaken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    cast,
    delete,
    func,
    literal,
    null,
    or_,
    select,
)

from adapters import tables
from adapters.bulk_insert import bytewise, insert_found
from adapters.round_tables import round_calls, round_steps
from adapters.schema import Instant
from models.letters import LetterKind, LetterState
from services.reminder_calls import consumed
from services.reminder_classes import Round


def write_letters(
    morning: Round, instants: Sequence[datetime], *, now: datetime
) -> tuple[int, int]:
    """Write what the round's calls say; returns how many letters, and steps overtaken."""
    steps = round_steps.c
    if _is_any_step(morning, steps.kind == LetterKind.LEADER_INFORMED):
        _keep_reports_apart(morning)
    superseded = 0
    # Before the items: a step told now does not hide what it overtakes.
    if _is_any_step(morning, steps.place > 0):
        superseded += insert_found(morning.connection, tables.outbox_items, _overtaken(now))
    if _is_any_step(morning, or_(steps.turn > 1, and_(steps.turn == 1, steps.width > 1))):
        superseded += insert_found(morning.connection, tables.outbox_items, _overtaken_turns(now))
    letters = 0
    for turn, send_at in enumerate(instants):
        new = _letters(morning, turn, send_at, now=now)
        letters += insert_found(morning.connection, tables.outbox, new)
        insert_found(
            morning.connection, tables.outbox_items, _items(morning, turn, send_at, now=now)
        )
    return letters, superseded


def _is_any_step(morning: Round, condition: ColumnElement[bool]) -> bool:
    found = select(round_steps.c.class_id).where(condition).limit(1)
    return morning.connection.execute(found).first() is not None


def _keep_reports_apart(morning: Round) -> None:
    """Let requests wait where the recipient gets a report: the two never share a letter."""
    c = round_calls.c
    reported = select(c.contact_id).where(c.kind == LetterKind.LEADER_INFORMED)
    requests = and_(c.kind != LetterKind.LEADER_INFORMED, c.contact_id.in_(reported))
    morning.connection.execute(delete(round_calls).where(requests))


def _letters(
    morning: Round, turn: int, send_at: datetime, *, now: datetime
) -> Select[tuple[object, ...]]:
    """A letter for each call, the most urgent first: only the first of a recipient is new."""
    calendar, commune = morning.timetable.calendar, morning.commune
    day = calendar.day_of(send_at)
    c, who = round_calls.c, tables.contacts.c
    columns = {
        # Contact ids are unique within a commune only.
        "dedupe_key": literal(f"reminder/{commune}/") + c.contact_id + f"/{day.isoformat()}",
        "commune": literal(commune),
        "plan_id": c.plan_id,
        "kind": c.kind,
        "unit_id": who.unit_id,
        "contact_id": c.contact_id,
        "day": literal(day, Date),
        "address": who.email,
        "not_before": literal(send_at, Instant),
        "not_after": literal(calendar.close_of(day), Instant),
        "state": literal(LetterState.READY.value),
        "attempt": literal(0),
        "created_at": literal(now, Instant),
    }
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .where(c.turn == turn, who.commune == commune, who.id == c.contact_id)
        .order_by(c.rank, bytewise(morning.connection, c.obligation_id))
    )


def _items(
    morning: Round, turn: int, send_at: datetime, *, now: datetime
) -> Select[tuple[object, ...]]:
    c, s, letter = round_calls.c, round_steps.c, tables.outbox.c
    return _item_rows(letter.id, now).where(
        c.turn == turn,
        s.class_id == c.class_id,
        s.place == c.place,
        letter.contact_id == c.contact_id,
        letter.day == morning.timetable.calendar.day_of(send_at),
        letter.commune == morning.commune,
    )


def _overtaken(now: datetime) -> Select[tuple[object, ...]]:
    """Earlier steps of the same recipient that nobody was told, of rungs that come once."""
    return _earlier(now).where(round_steps.c.turn.is_(None))


def _overtaken_turns(now: datetime) -> Select[tuple[object, ...]]:
    """The same of turns of the repeating rung, as far back as a turn that everybody was told."""
    calls, s = round_calls.c, round_steps.c
    told = round_steps.alias("told")
    last = round_steps.alias("last")
    previous = round_steps.alias("previous")
    all_told = (
        select(told.c.turn)
        .where(
            told.c.class_id == calls.class_id,
            told.c.turn > s.turn,
            consumed(calls.obligation_id + told.c.suffix),
        )
        .group_by(told.c.turn, told.c.width)
        .having(func.count() == told.c.width)
        .correlate_except(told)
    )
    # Nearly always everything since the turn before was told: nothing further is looked at.
    untold = (
        select(previous.c.turn)
        .where(
            last.c.class_id == calls.class_id,
            last.c.place == calls.place,
            previous.c.class_id == calls.class_id,
            previous.c.place < calls.place,
            previous.c.turn >= last.c.turn - 1,
            ~consumed(calls.obligation_id + previous.c.suffix),
        )
        .correlate_except(last, previous)
    )
    return _earlier(now).where(s.turn.is_not(None), untold.exists(), ~all_told.exists())


def _earlier(now: datetime) -> Select[tuple[object, ...]]:
    c, s = round_calls.c, round_steps.c
    return _item_rows(cast(null(), Integer), now).where(
        s.class_id == c.class_id,
        s.place < c.place,
        s.bit.bitwise_and(c.audiences) != 0,
        ~consumed(c.obligation_id + s.suffix),
    )


def _item_rows(outbox_id: ColumnElement[int], now: datetime) -> Select[tuple[object, ...]]:
    c, s = round_calls.c, round_steps.c
    columns = {
        "dedupe_key": c.obligation_id + s.suffix,
        "outbox_id": outbox_id,
        "obligation_id": c.obligation_id,
        "rung": s.rung,
        "audience": s.audience,
        "kind": s.kind,
        "number": s.number,
        "at": literal(now, Instant),
    }
    return select(*(column.label(name) for name, column in columns.items()))
