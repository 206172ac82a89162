"""Outcomes: verdicts on many letters as a few statements, and what follows from each."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from adapters import tables
from adapters.bulk import Bulk
from adapters.smtp_verdicts import Fault, attempt_of, is_relay_fault
from models.alarms import AlarmKind
from models.letter_policies import (
    Level,
    Reliability,
    back_off,
    gives_up_at,
    level_of,
    reliability_of,
)
from models.letters import Attempt, LetterState, Verdict
from services.bounces import redirect_refused, release_items
from services.brakes import note_accepted
from services.claims import DOT, SENDER, Claimed, release
from services.journal import Note, note, record
from services.letter_alarms import LetterAlarm, raise_alarms
from services.marks import Sending
from services.outbox import set_state

_c = tables.outbox.c
# A yes is final, even when it comes after somebody gave its sender up for dead.
DOUBTED = (LetterState.UNKNOWN, LetterState.READY, LetterState.NEEDS_HUMAN)
ACCEPTING = (
    update(tables.outbox)
    .where(
        _c.id == bindparam("outbox_id"),
        or_(_c.owner == bindparam("of_owner"), *(_c.state == state for state in DOUBTED)),
    )
    .values(
        state=LetterState.ACCEPTED, owner=None, phase=None, settled_at=bindparam("at"),
        last_code=bindparam("code"), last_text=bindparam("text"),
    )
)  # fmt: skip
_ACCEPT = Bulk(ACCEPTING, "outbox_id", "code", "text", shared=("of_owner", "at"))
_ATTEMPT = Bulk(
    insert(tables.outbox_attempts).inline(),
    "outbox_id", "attempt", "verdict", "phase", "code", "text", shared=("at",),
)  # fmt: skip


class Outcome(NamedTuple):
    """How one try of a letter ended."""

    letter: Claimed
    fault: Fault


def record_outcomes(connection: Connection, outcomes: Sequence[Outcome], *, of: Sending) -> None:
    """Record what the relay said of each letter, and what follows from it."""
    accepted = [o for o in outcomes if o.fault.verdict is Verdict.ACCEPTED]
    others = [o for o in outcomes if o.fault.verdict is not Verdict.ACCEPTED]
    notes: list[Note] = []
    if accepted:
        said = [(letter.id, fault.code, fault.text) for letter, fault in accepted]
        _ACCEPT.execute(connection, said, of_owner=of.owner, at=of.now)
        _ATTEMPT.execute(connection, [_attempt(o) for o in accepted], at=of.now)
        notes.extend(notes_on(accepted))
    for outcome in others:
        notes.extend(_follow(connection, outcome, of=of))
    record(connection, notes, commune=of.commune, actor=SENDER, at=of.now)
    note_accepted(connection, commune=of.commune, count=len(accepted))


def _attempt(outcome: Outcome) -> tuple[object, ...]:
    letter, fault = outcome
    return letter.id, letter.attempt, fault.verdict, fault.phase, fault.code, fault.text


def notes_on(outcomes: Sequence[Outcome]) -> Iterator[Note]:
    """What the journal says of accepted letters; equal details are one value, written out once."""
    known: dict[tuple[int | None, int], Note] = {}
    for letter, fault in outcomes:
        told = known.get((fault.code, letter.attempt))
        if told is None:
            told = known[fault.code, letter.attempt] = _note(Outcome(letter, fault))
        yield Note(told.action, letter.dedupe_key, told.detail)


def _note(outcome: Outcome) -> Note:
    letter, fault = outcome.letter, outcome.fault
    action = f"letter.{fault.verdict}"
    return note(action, letter.dedupe_key, code=fault.code, attempt=letter.attempt)


def _follow(connection: Connection, outcome: Outcome, *, of: Sending) -> list[Note]:
    """Settle one letter the relay did not take; a fault of the relay itself costs it nothing."""
    attempt = attempt_of(outcome.fault, at=of.now)
    letter = outcome.letter
    if is_relay_fault(attempt):
        release(connection, owner=of.owner, letters=[letter.id])
        return []
    chosen = select(tables.outbox).where(
        _c.id == letter.id, _c.owner == of.owner, _c.state == LetterState.SENDING
    )
    row = connection.execute(chosen.with_for_update()).first()
    _ATTEMPT.execute(connection, [_attempt(outcome)], at=of.now)
    if row is None:
        return []
    if attempt.verdict is Verdict.UNKNOWN:
        _doubt(connection, row, attempt, now=of.now)
    elif (level := level_of(attempt)) is Level.LATER:
        _put_off(connection, row, attempt, now=of.now)
    else:
        _refuse(connection, row, attempt, level=level, now=of.now)
    return [_note(outcome)]


def _said(row: Row[tuple[object, ...]], attempt: Attempt) -> dict[str, object]:
    # A dot that was answered with a refusal left no copy anywhere.
    copies = row.copies - 1 if row.phase == DOT else row.copies
    return {
        "last_code": attempt.code, "last_text": attempt.text, "owner": None, "phase": None,
        "copies": copies,
    }  # fmt: skip


def _doubt(
    connection: Connection, row: Row[tuple[object, ...]], attempt: Attempt, *, now: datetime
) -> None:
    # The owner stays: the letter is watched only when that one is dead.
    set_state(
        connection, row.id, LetterState.UNKNOWN, settled_at=now, phase=None,
        last_code=attempt.code, last_text=attempt.text,
    )  # fmt: skip
    if reliability_of(row.kind) is Reliability.MUST_ARRIVE:
        why = "không rõ đã đến nơi nhận hay chưa"
        raise_alarms(connection, [LetterAlarm(AlarmKind.LETTER_UNKNOWN, row, why)], now=now)


def _put_off(
    connection: Connection, row: Row[tuple[object, ...]], attempt: Attempt, *, now: datetime
) -> None:
    a = tables.outbox_attempts.c
    first = connection.execute(select(func.min(a.at)).where(a.outbox_id == row.id)).scalar_one()
    again = now + back_off(row.id, row.attempt)
    said = _said(row, attempt)
    if again <= gives_up_at(first, row.not_after):
        set_state(connection, row.id, LetterState.READY, not_before=again, **said)
    elif reliability_of(row.kind) is Reliability.AT_MOST_ONCE:
        set_state(connection, row.id, LetterState.EXPIRED, settled_at=now, **said)
        release_items(connection, row.id)
    else:
        set_state(connection, row.id, LetterState.NEEDS_HUMAN, settled_at=now, **said)
        why = f"máy chủ thư hoãn mãi, đã hết thời hạn gửi lại ({attempt.text})"
        raise_alarms(connection, [LetterAlarm(AlarmKind.LETTER_NEEDS_HUMAN, row, why)], now=now)


def _refuse(
    connection: Connection,
    row: Row[tuple[object, ...]],
    attempt: Attempt,
    *,
    level: Level,
    now: datetime,
) -> None:
    set_state(connection, row.id, LetterState.REFUSED, settled_at=now, **_said(row, attempt))
    if level is Level.RECIPIENT:
        redirect_refused(connection, row.id, why=attempt.text, now=now)
    if level is Level.MESSAGE or reliability_of(row.kind) is Reliability.MUST_ARRIVE:
        why = f"máy chủ thư từ chối: {attempt.code or ''} {attempt.text}"
        alarm = LetterAlarm(AlarmKind.LETTER_NEEDS_HUMAN, row, why, is_final=True)
        raise_alarms(connection, [alarm], now=now)
