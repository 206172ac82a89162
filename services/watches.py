"""Watches: what must not be, looked for in the ledger, raised while it lasts, settled after."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, func, or_, select

from adapters import tables
from adapters.database import transaction
from models.alarms import (
    LETTERS_WAIT_AFTER,
    SYSTEM,
    UNKNOWN_AFTER,
    AlarmKind,
)
from models.calendars import WorkingCalendar
from models.conditions import Condition
from models.letter_policies import Reliability, reliability_of
from models.letters import UNSTOPPABLE, LetterKind, LetterState
from models.reminder_policy import ReminderPolicy
from models.values import Value
from models.vietnamese import format_instant
from services.alarms import raise_all, read_last_letter, settle, settle_failed_runs
from services.delivery import ALWAYS
from services.dispatch_watches import unaccepted_dispatches
from services.journal import lock_chain
from services.letter_alarms import LetterAlarm, alarm_text
from services.relays import watch_relay
from services.rounds import MORNING_ROUND, morning_is_missing, read_rounds, record_round

STRANDED = {
    LetterState.UNKNOWN: AlarmKind.LETTER_UNKNOWN,
    LetterState.NEEDS_HUMAN: AlarmKind.LETTER_NEEDS_HUMAN,
    LetterState.POISONED: AlarmKind.LETTER_POISONED,
}
UNDELIVERED = frozenset({*STRANDED, LetterState.REFUSED, LetterState.BOUNCED})


class Watched(Value):
    """What the watch of one commune needs to know beside its ledger; ``relay`` by its name."""

    commune: str
    relay: str | None = None
    policy: ReminderPolicy
    calendar: WorkingCalendar


def check(engine: Engine, watched: Watched, *, round_of: str | None = None, now: datetime) -> None:
    """Raise alarms for what is wrong now and settle those about what is over.

    ``round_of`` names the flow whose round has just succeeded. A person who settles an alarm is not
    told of the same subject again. The holds raise and settle their own alarms.
    """
    commune = watched.commune
    with transaction(engine) as connection:
        lock_chain(connection, commune)
        if round_of is not None:
            record_round(connection, round_of, commune=commune, now=now)
            settle_failed_runs(connection, round_of, commune=commune, now=now)
        if watched.relay is not None:
            watch_relay(connection, watched.relay, commune=commune, now=now)
        found = tuple(_conditions(connection, watched, now))
        _follow(connection, found, commune=commune, now=now)


def _follow(
    connection: Connection, found: Sequence[Condition], *, commune: str, now: datetime
) -> None:
    a = tables.alarms.c
    prefix = f"watch/{commune}/"
    statement = select(a.dedupe_key, a.settled_at, a.settled_by).where(
        a.dedupe_key.startswith(prefix, autoescape=True),
        or_(a.settled_at.is_(None), a.settled_by != SYSTEM),
    )
    standing = {r.dedupe_key.rpartition("@")[0]: r for r in connection.execute(statement)}
    holding = {f"{prefix}{c.kind}/{c.subject}": c for c in found}
    passed = [
        row.dedupe_key
        for identity, row in standing.items()
        if identity not in holding and row.settled_at is None
    ]
    settle(connection, passed, commune=commune, by=SYSTEM, now=now)
    new = {
        f"{identity}@{now.isoformat()}": (c.kind, c.text)
        for identity, c in holding.items()
        if identity not in standing
    }
    raise_all(connection, new, commune=commune, now=now)


def _conditions(connection: Connection, watched: Watched, now: datetime) -> Iterator[Condition]:
    yield from _missing_round(connection, watched, now)
    yield from _waiting(connection, watched, now)
    yield from _stranded(connection, watched.commune, now)
    yield from unaccepted_dispatches(
        connection, watched.commune, calendar=watched.calendar, now=now
    )
    yield from _unreachable_administrator(connection, watched.commune)


def _missing_round(connection: Connection, watched: Watched, now: datetime) -> Iterator[Condition]:
    calendar, commune = watched.calendar, watched.commune
    last = read_rounds(connection, commune=commune).get(MORNING_ROUND)
    if morning_is_missing(connection, last, commune=commune, calendar=calendar, now=now):
        told = format_instant(last) if last else "chưa có"
        yield Condition(
            kind=AlarmKind.NO_MORNING_ROUND,
            subject=calendar.day_of(now).isoformat(),
            text=f"Đến {format_instant(now)} chưa có lượt đôn đốc nào trong ngày hoàn thành; lượt "
            f"gần nhất: {told}.",
        )


def _waiting(connection: Connection, watched: Watched, now: datetime) -> Iterator[Condition]:
    h = tables.holds.c
    held = (h.commune == watched.commune, h.released_at.is_(None))
    if connection.execute(select(h.id).where(*held).limit(1)).first() is not None:
        return  # somebody has been told of the hold itself
    hour_ago = now - LETTERS_WAIT_AFTER
    kinds = ALWAYS | watched.policy.urgent_kinds | UNSTOPPABLE
    if _is_open(watched, hour_ago) and _is_open(watched, now):
        kinds = frozenset(LetterKind)
    c, tried = tables.outbox.c, tables.outbox_attempts.c
    tried_long_ago = select(tried.outbox_id).where(tried.at <= hour_ago)
    waits = (
        c.commune == watched.commune,
        c.state == LetterState.READY,
        c.kind.in_(sorted(kinds)),
        or_(c.not_before <= hour_ago, and_(c.attempt > 0, c.id.in_(tried_long_ago))),
    )
    count = connection.execute(select(func.count()).select_from(tables.outbox).where(*waits))
    if letters := count.scalar_one():
        yield Condition(
            kind=AlarmKind.LETTERS_WAIT,
            subject=watched.calendar.day_of(now).isoformat(),
            text=f"{letters} thư đã đến lúc gửi hơn một giờ mà chưa đi, tính đến "
            f"{format_instant(now)}.",
        )


def _is_open(watched: Watched, at: datetime) -> bool:
    opens = watched.policy.send_at(at, calendar=watched.calendar, taken=frozenset())
    return opens == at


def _stranded(connection: Connection, commune: str, now: datetime) -> Iterator[Condition]:
    c = tables.outbox.c
    # What goes at most once counts as sent; of the rest the resolver is given its time.
    seen_long_ago = func.coalesce(c.settled_at, c.not_before) <= now - UNKNOWN_AFTER
    doubtful = and_(
        c.state == LetterState.UNKNOWN,
        or_(
            c.kind.in_(_of_promise(Reliability.MUST_ARRIVE)),
            and_(c.kind.in_(_of_promise(Reliability.AT_LEAST_ONCE)), seen_long_ago),
        ),
    )
    given_up = c.state.in_([LetterState.NEEDS_HUMAN, LetterState.POISONED])
    # The states are named once more so that the small index of unsettled letters is used.
    stranded = (
        c.commune == commune,
        c.state.in_(sorted(STRANDED)),
        or_(doubtful, given_up),
        c.kind.not_in(sorted(UNSTOPPABLE)),
    )
    for row in connection.execute(select(tables.outbox).where(*stranded).order_by(c.id)):
        alarm = LetterAlarm(
            kind=STRANDED[LetterState(row.state)],
            letter=row,
            why=row.last_text or "không có lời đáp",
        )
        # Under this subject the sender itself raises it, if it lives to do so.
        yield Condition(kind=alarm.kind, subject=f"{row.id}", text=alarm_text(alarm))


def _of_promise(promise: Reliability) -> list[LetterKind]:
    return [kind for kind in LetterKind if reliability_of(kind) is promise]


def _unreachable_administrator(connection: Connection, commune: str) -> Iterator[Condition]:
    last = read_last_letter(connection, commune)
    if last is not None and last.state in UNDELIVERED:
        yield Condition(
            kind=AlarmKind.ADMINISTRATOR_UNREACHABLE,
            subject=last.address,
            text=f"Thư gửi {last.address}: {last.last_text or last.state}.",
        )
