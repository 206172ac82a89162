"""Delivery: claim with the state re-read, send, record; a crash leaves nothing in doubt unseen."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from adapters import tables
from adapters.database import transaction
from adapters.smtp import Mailer
from adapters.smtp_verdicts import is_relay_fault
from models.letters import Attempt, LetterKind, LetterState, Verdict
from models.obligations import OPEN_STATES
from models.reminder_policy import ReminderPolicy
from models.values import Value
from services.bounces import redirect_refused, release_items
from services.composing import Composer, Draft
from services.journal import note, record
from services.outbox import set_state

BATCH = 20
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))  # reliability.md 2.8
MOST_ATTEMPTS = 5 + 5 * 24  # five quick ones, then hourly for five days (RFC 5321 4.5.4.1)
SENDER = "sender"
ALWAYS = frozenset({LetterKind.RECEIPT, LetterKind.RESEND})


class Claimed(Value):
    """A letter in our hands: its frozen bytes and where they go."""

    id: int
    kind: LetterKind
    address: str
    attempt: int
    frozen: bytes


class Delivery(Value):
    """What one round of sending did."""

    accepted: int = 0
    refused: int = 0
    retried: int = 0
    unknown: int = 0
    relay_failed: bool = False

    def plus(self, attempt: Attempt) -> "Delivery":
        """The round with one more attempt counted."""
        field = {
            Verdict.ACCEPTED: "accepted",
            Verdict.REFUSED_PERMANENTLY: "refused",
            Verdict.UNKNOWN: "unknown",
        }.get(attempt.verdict, "retried")
        failed = is_relay_fault(attempt)
        return self.model_copy(
            update={field: getattr(self, field) + 1, "relay_failed": self.relay_failed or failed}
        )


async def deliver(
    engine: Engine,
    *,
    commune: str,
    mailer: Mailer,
    composer: Composer,
    owner: str,
    policy: ReminderPolicy,
    now: datetime,
) -> Delivery:
    """Send everything whose time has come, until the outbox is empty or the relay fails.

    Outside the policy's send windows only receipts go; the rest waits for the next window.
    """
    kinds = frozenset(LetterKind) if composer.is_open(policy, now) else ALWAYS
    done = Delivery()
    while batch := claim(
        engine, commune=commune, composer=composer, owner=owner, kinds=kinds, now=now
    ):
        for letter in batch:
            if done.relay_failed:
                _release(engine, letter, owner)
                continue
            attempt = await mailer.send(
                message=letter.frozen,
                envelope_from=composer.letterhead.sender.address,
                recipient=letter.address,
                mark=_marker(engine, letter, owner),
                now=now,
            )
            settle(engine, letter, attempt, commune=commune, now=now)
            done = done.plus(attempt)
        if done.relay_failed:
            break
    return done


def claim(
    engine: Engine,
    *,
    commune: str,
    composer: Composer,
    owner: str,
    kinds: frozenset[LetterKind],
    now: datetime,
) -> tuple[Claimed, ...]:
    """Take the next letters, drop those that have lost their reason, freeze the bytes of the rest.

    Empty only when nothing is due: a batch whose letters were all dropped is followed by the next.
    """
    while True:
        with transaction(engine) as connection:
            rows = _lock_due(connection, commune, kinds, now)
            drafts = composer.draft(connection, rows, now=now)
            claimed = [
                letter
                for row, draft in zip(rows, drafts, strict=True)
                if (letter := _take(connection, row, draft, owner=owner, now=now)) is not None
            ]
        if claimed or not rows:
            return tuple(claimed)


def _lock_due(
    connection: Connection, commune: str, kinds: frozenset[LetterKind], now: datetime
) -> Sequence[Row[tuple[object, ...]]]:
    c = tables.outbox.c
    statement = (
        select(tables.outbox)
        .where(
            c.commune == commune,
            c.state == LetterState.READY,
            c.not_before <= now,
            c.kind.in_(sorted(kinds)),
        )
        .order_by(c.not_before, c.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(statement).all()


def _take(
    connection: Connection, row: Row[tuple[object, ...]], draft: Draft, *, owner: str, now: datetime
) -> Claimed | None:
    if draft.frozen is None:
        set_state(connection, row.id, draft.state, settled_at=now, last_text=draft.reason)
        if draft.state is LetterState.EXPIRED:
            release_items(connection, row.id)
        notes = [note(f"letter.{draft.state}", row.dedupe_key, reason=draft.reason)]
        record(connection, notes, commune=row.commune, actor=SENDER, at=now)
        return None
    kind = draft.kind or LetterKind(row.kind)
    address = draft.address or row.address
    set_state(
        connection, row.id, LetterState.SENDING, phase="pre", owner=owner, attempt=row.attempt + 1,
        kind=kind, frozen=draft.frozen, subject=draft.subject, message_id=draft.message_id,
        address=address,
    )  # fmt: skip
    return Claimed(id=row.id, kind=kind, address=address,
                   attempt=row.attempt + 1, frozen=draft.frozen)  # fmt: skip


def _marker(engine: Engine, letter: Claimed, owner: str) -> Callable[[], bool]:
    def mark() -> bool:
        return mark_dot(engine, letter, owner)

    return mark


def mark_dot(engine: Engine, letter: Claimed, owner: str) -> bool:
    """Commit that the last dot is about to be written; False when the letter lost its reason."""
    c = tables.outbox.c
    mine = (c.id == letter.id, c.state == LetterState.SENDING, c.owner == owner,
            c.attempt == letter.attempt)  # fmt: skip
    with transaction(engine) as connection:
        if not _still_owed(connection, letter.id):
            return False
        result = connection.execute(update(tables.outbox).where(*mine).values(phase="dot"))
        return result.rowcount == 1


def _still_owed(connection: Connection, letter_id: int) -> bool:
    items, obligations = tables.outbox_items, tables.obligations
    of_letter = items.c.outbox_id == letter_id
    counted = select(func.count()).select_from(items).where(of_letter)
    owed = counted.join_from(items, obligations, obligations.c.id == items.c.obligation_id).where(
        obligations.c.state.in_(OPEN_STATES)
    )
    is_reminder = connection.execute(counted).scalar_one() > 0
    return not is_reminder or connection.execute(owed).scalar_one() > 0


def settle(
    engine: Engine, letter: Claimed, attempt: Attempt, *, commune: str, now: datetime
) -> None:
    """Record what the relay said and what follows from it."""
    with transaction(engine) as connection:
        connection.execute(
            insert(tables.outbox_attempts).values(
                outbox_id=letter.id,
                attempt=letter.attempt,
                at=now,
                verdict=attempt.verdict,
                phase=attempt.phase,
                code=attempt.code,
                text=attempt.text,
            )
        )
        said: dict[str, object] = {
            "last_code": attempt.code,
            "last_text": attempt.text,
            "owner": None,
            "phase": None,
        }
        _follow(connection, letter, attempt, now=now, said=said)
        key = connection.execute(
            select(tables.outbox.c.dedupe_key).where(tables.outbox.c.id == letter.id)
        ).scalar_one()
        notes = [note(f"letter.{attempt.verdict}", key, code=attempt.code, attempt=letter.attempt)]
        record(connection, notes, commune=commune, actor=SENDER, at=now)


def _follow(
    connection: Connection,
    letter: Claimed,
    attempt: Attempt,
    *,
    now: datetime,
    said: dict[str, object],
) -> None:
    match attempt.verdict:
        case Verdict.ACCEPTED:
            set_state(connection, letter.id, LetterState.ACCEPTED, settled_at=now, **said)
        case Verdict.REFUSED_PERMANENTLY:
            set_state(connection, letter.id, LetterState.REFUSED, settled_at=now, **said)
            if attempt.phase == "rcpt":
                redirect_refused(connection, letter.id, why=attempt.text, now=now)
        case Verdict.UNKNOWN:
            set_state(connection, letter.id, LetterState.UNKNOWN, settled_at=now, **said)
        case _ if letter.attempt >= MOST_ATTEMPTS:
            set_state(connection, letter.id, LetterState.NEEDS_HUMAN, settled_at=now, **said)
        case _:
            wait = BACK_OFF[min(letter.attempt, len(BACK_OFF)) - 1]
            set_state(connection, letter.id, LetterState.READY, not_before=now + wait, **said)


def _release(engine: Engine, letter: Claimed, owner: str) -> None:
    c = tables.outbox.c
    with transaction(engine) as connection:
        connection.execute(
            update(tables.outbox)
            .where(c.id == letter.id, c.owner == owner)
            .values(state=LetterState.READY, owner=None, phase=None, attempt=letter.attempt - 1)
        )


def resolve(
    engine: Engine,
    *,
    commune: str,
    is_alive: Callable[[str], bool],
    holds: Callable[[str], bool] | None,
    now: datetime,
) -> int:
    """Settle letters whose sender died: unsent ones go back, marked ones are asked of the oracle.

    Without an oracle a marked letter stays ``unknown`` on a person's desk; it is never sent again
    by guess. Returns how many letters were settled.
    """
    c = tables.outbox.c
    stranded = select(c.id, c.dedupe_key, c.phase, c.owner, c.message_id).where(
        c.commune == commune, c.state == LetterState.SENDING
    )
    with transaction(engine) as connection:
        rows = [r for r in connection.execute(stranded).all() if not is_alive(r.owner or "")]
        for row in rows:
            state = _resolved(row.phase, row.message_id, holds)
            settled = now if state is not LetterState.READY else None
            set_state(connection, row.id, state, owner=None, phase=None, settled_at=settled)
        notes = [note("letter.resolved", r.dedupe_key, phase=r.phase) for r in rows]
        record(connection, notes, commune=commune, actor=SENDER, at=now)
    return len(rows)


def _resolved(
    phase: str | None, message_id: str, holds: Callable[[str], bool] | None
) -> LetterState:
    if phase != "dot":
        return LetterState.READY
    if holds is None:
        return LetterState.UNKNOWN
    return LetterState.ACCEPTED if holds(message_id) else LetterState.READY
