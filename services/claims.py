"""Claims: letters are taken by one sender each, and written from what is true at that instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from adapters import tables
from adapters.among import is_among
from adapters.bulk import Bulk
from adapters.collector import resting_collector
from adapters.database import transaction_on
from adapters.direct import Direct
from adapters.smtp import Envelope
from models.alarms import AlarmKind
from models.letter_policies import Reliability, reliability_of
from models.letters import LetterKind, LetterState
from services.bounces import release_items
from services.brakes import over_limit
from services.composing import Composer, Draft
from services.journal import note, record
from services.letter_alarms import LetterAlarm, raise_alarms
from services.outbox_rows import OutboxRow, Taken

SENDER = "sender"
PRE = "pre"  # claimed, nothing sent
_NONE_READY: Mapping[int, Draft] = {}
DOT = "dot"  # the last dot may have been written
# Written out, not bound: only then does either database use the index of what is ready.
_READY = literal(LetterState.READY.value, literal_execute=True)
_c = tables.outbox.c
_f = tables.frozen_letters.c
_OWN = {"attempt", "frozen"}  # of what is read: the number of this try, the bytes
_READ = [(_c if name in _c else _f)[name] for name in Taken._fields if name not in _OWN]
_TAKE = Direct(
    update(tables.outbox)
    .where(is_among(_c.id, "ids"), _c.state == LetterState.READY)
    .values(state=LetterState.SENDING, phase=PRE, owner=bindparam("by"), attempt=_c.attempt + 1)
    .returning(_c.id),
    "ids", "by",
)  # fmt: skip
_FREEZE = Bulk(
    insert(tables.frozen_letters),
    "outbox_id", "subject", "message_id", "envelope_from", "token_sha256", "content",
)  # fmt: skip
_DIRECT = Bulk(
    update(tables.outbox)
    .where(_c.id == bindparam("of_id"))
    .values(kind=bindparam("kind"), address=bindparam("address")),
    "of_id", "kind", "address",
)  # fmt: skip
_PUT_OFF = (
    update(tables.outbox)
    .where(_c.id == bindparam("of_id"))
    .values(
        state=LetterState.READY, owner=None, phase=None, attempt=_c.attempt - 1,
        not_before=bindparam("until"),
    )
)  # fmt: skip
_LEAVE = (
    update(tables.outbox)
    .where(_c.id == bindparam("of_id"))
    .values(
        state=bindparam("to_state"), owner=None, phase=None, settled_at=bindparam("at"),
        last_text=bindparam("why"),
    )
)  # fmt: skip


class Claimed(NamedTuple):
    """A letter in our hands: its frozen bytes and where they go."""

    id: int
    dedupe_key: str
    kind: LetterKind
    attempt: int
    is_reminder: bool
    envelope: Envelope
    frozen: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who claims, for which commune, and what may be claimed."""

    connection: Connection  # of the sender: it lives as long as the owner's lock
    commune: str
    composer: Composer
    owner: str
    kinds: frozenset[LetterKind]
    mails_per_day: int
    now: datetime


def claim(claimant: Claimant, *, most: int) -> tuple[Claimed, ...]:
    """Take the next letters, drop those that have lost their reason, freeze the bytes of the rest.

    Empty only when nothing is due: a batch whose letters were all dropped is followed by the next.
    Taking them is committed before they are written, so that a letter that kills its sender is
    found out (reliability.md 2.9).
    """
    return _claim(claimant, _c.crashes == 0, most=most)


def claim_suspect(claimant: Claimant) -> tuple[Claimed, ...]:
    """Take one letter in whose hands a sender has died; nothing else should be in hand."""
    return _claim(claimant, _c.crashes > 0, most=1)


def take(claimant: Claimant, *, most: int) -> list[Taken]:
    """Take the next letters within the caller's transaction, for ``write`` in a later one."""
    return _take(claimant, _c.crashes == 0, most)


def _claim(claimant: Claimant, which: ColumnElement[bool], *, most: int) -> tuple[Claimed, ...]:
    while True:
        with transaction_on(claimant.connection):
            rows = _take(claimant, which, most)
        if not rows:
            return ()
        # Looking through a parsed plan for cycles, many times a batch, cost a tenth of all.
        with resting_collector(), transaction_on(claimant.connection):
            claimed = write(claimant, rows)
        if claimed:
            return claimed


def _take(claimant: Claimant, which: ColumnElement[bool], most: int) -> list[Taken]:
    due = (
        select(*_READ, (_c.attempt + 1).label("attempt"), _f.content.label("frozen"))
        .select_from(tables.letters)
        .where(
            _c.commune == claimant.commune,
            _c.state == _READY,
            _c.not_before <= claimant.now,
            _c.kind.in_(sorted(claimant.kinds)),
            which,
        )
        .order_by(_c.crashes, _c.not_before, _c.id)
        .limit(most)
        # Locked rows belong to another sender; a plain subquery would double-claim (B3, 2.6).
        .with_for_update(of=tables.outbox, skip_locked=True)
    )
    rows = list(map(Taken._make, claimant.connection.execute(due).all()))
    if not rows:
        return []
    taken = _TAKE.read(claimant.connection, [row.id for row in rows], claimant.owner)
    mine = {letter for (letter,) in taken}
    return [row for row in rows if row.id in mine]


def write(
    claimant: Claimant,
    rows: Sequence[Taken],
    ready: Mapping[int, Draft] = _NONE_READY,
) -> tuple[Claimed, ...]:
    """Freeze letters that were taken before, and drop those that have lost their reason.

    ``ready`` are drafts by letter that were written since; the others are written now.
    """
    connection, now = claimant.connection, claimant.now
    limit, owner = claimant.mails_per_day, claimant.owner
    resting = over_limit(connection, rows, now=now, limit=limit, owner=owner)
    if resting:
        rested = [{"of_id": letter, "until": until} for letter, until in resting.items()]
        connection.execute(_PUT_OFF, rested)
    waiting = [row for row in rows if row.id not in resting] if resting else rows
    missing = [row for row in waiting if row.id not in ready]
    drafted = dict(zip([row.id for row in missing], _draft(claimant, missing), strict=True))
    drafts = [(row, ready.get(row.id) or drafted[row.id]) for row in waiting]
    drop(connection, [(row, draft) for row, draft in drafts if draft.frozen is None], now=now)
    written = [(row, draft) for row, draft in drafts if draft.frozen is not None]
    fresh = [(row, draft) for row, draft in written if row.frozen is None]
    planned = [(row.id, row.kind, row.address) for row, _ in fresh]
    found = [_direction(row, draft) for row, draft in fresh]
    _DIRECT.execute(connection, [to for to, was in zip(found, planned, strict=True) if to != was])
    _FREEZE.execute(connection, [_written(row, draft) for row, draft in fresh])
    return tuple(_claimed(claimant.composer, row, draft) for row, draft in written)


def _draft(claimant: Claimant, rows: Sequence[Taken]) -> list[Draft]:
    """Write the letters together; if that fails, each alone, so that one fault stops one letter."""
    connection, composer, now = claimant.connection, claimant.composer, claimant.now
    try:
        return composer.draft(connection, rows, now=now)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a letter's data raise is its own fault
        if len(rows) == 1:
            reason = f"{type(error).__name__}: {error}"
            return [Draft(state=LetterState.POISONED, reason=reason)]
        return [_draft(claimant, [row])[0] for row in rows]


def _direction(row: Taken, draft: Draft) -> tuple[object, ...]:
    return row.id, draft.kind or row.kind, draft.address or row.address


def _written(row: Taken, draft: Draft) -> tuple[object, ...]:
    return (
        row.id, draft.subject, draft.message_id, draft.envelope_from, draft.token_sha256,
        draft.frozen,
    )  # fmt: skip


def _claimed(composer: Composer, row: Taken, draft: Draft) -> Claimed:
    sender = draft.envelope_from  # "" is the null path
    if sender is None:
        sender = row.envelope_from
    if sender is None:
        sender = composer.letterhead.sender.address
    assert draft.frozen is not None
    return Claimed(
        id=row.id,
        dedupe_key=row.dedupe_key,
        kind=draft.kind or LetterKind(row.kind),
        attempt=row.attempt,
        is_reminder=row.day is not None,
        envelope=Envelope(sender, draft.address or row.address),
        frozen=draft.frozen,
    )


def drop(
    connection: Connection,
    dropped: Sequence[tuple[OutboxRow, Draft]],
    *,
    now: datetime,
) -> None:
    """Take letters out of the queue that have lost their reason, as their drafts say."""
    if not dropped:
        return
    gone = [
        {"of_id": row.id, "to_state": draft.state, "at": now, "why": draft.reason}
        for row, draft in dropped
    ]
    connection.execute(_LEAVE, gone)
    for row, draft in dropped:
        if draft.state is LetterState.EXPIRED:
            release_items(connection, row.id)
    alarms = [alarm for row, draft in dropped if (alarm := _alarm(row, draft)) is not None]
    raise_alarms(connection, alarms, now=now)
    notes = [note(f"letter.{d.state}", row.dedupe_key, reason=d.reason) for row, d in dropped]
    record(connection, notes, commune=dropped[0][0].commune, actor=SENDER, at=now)


def _alarm(row: OutboxRow, draft: Draft) -> LetterAlarm | None:
    if draft.state is LetterState.POISONED:
        why = f"không soạn được: {draft.reason}"
        return LetterAlarm(AlarmKind.LETTER_POISONED, row, why)
    # The next rung covers a reminder; nothing covers what was promised to arrive.
    is_covered = reliability_of(LetterKind(row.kind)) is Reliability.AT_MOST_ONCE
    if draft.state is LetterState.EXPIRED and not is_covered:
        return LetterAlarm(AlarmKind.LETTER_NEEDS_HUMAN, row, draft.reason, is_final=True)
    return None


IN_HAND = and_(_c.state == LetterState.SENDING, _c.phase == PRE)  # claimed, nothing sent yet


def release(connection: Connection, *, owner: str, letters: Sequence[int] | None = None) -> int:
    """Put back what was claimed and not sent, attempt refunded; all, or the ``letters`` named.

    Named letters may carry the mark: whoever names them knows that their dot was not written.
    """
    mine = and_(_c.owner == owner, _c.state == LetterState.SENDING)
    named = _c.phase == PRE if letters is None else _c.id.in_(letters)
    values = {
        "state": LetterState.READY,
        "owner": None,
        "phase": None,
        "attempt": _c.attempt - 1,
        "copies": case((_c.phase == DOT, _c.copies - 1), else_=_c.copies),
    }
    return connection.execute(update(tables.outbox).where(mine, named).values(values)).rowcount


def read_recent(connection: Connection, *, commune: str, since: datetime) -> list[datetime]:
    """When letters of the commune were tried since then, oldest first."""
    a = tables.outbox_attempts.c
    recent = (
        select(a.at)
        .join_from(tables.outbox_attempts, tables.outbox, _c.id == a.outbox_id)
        .where(_c.commune == commune, a.at > since)
        .order_by(a.at)
    )
    return list(connection.execute(recent).scalars())
