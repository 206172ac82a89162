"""The letter desk: what waits and why, what a person must settle, and the life of a letter."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, RowMapping, Select, func, or_, select

from adapters import tables
from adapters.database import transaction
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.letter_desks import (
    COVERED,
    UNSETTLED,
    WAITING,
    Attempted,
    LetterDesk,
    LetterLife,
    LetterLine,
    RelayState,
    StandingHold,
    total,
)
from models.letter_holds import MailWeather, Wait, WaitingLetter, wait_of
from models.letters import LetterKind, LetterState
from models.reminder_policy import ReminderPolicy
from models.submissions import Attachment
from models.values import Value
from services.alarms import read_alarms
from services.brakes import held_reason, over_limit
from services.delivery import kinds_at
from services.journal import read_journal

SHOWN = 200
LIFE_ENTRIES = 200
_UNCOVERED = or_(
    tables.outbox.c.state != LetterState.EXPIRED, tables.outbox.c.kind.not_in(sorted(COVERED))
)


def read_desk(
    engine: Engine,
    *,
    commune: str,
    relay: str,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
) -> LetterDesk:
    """Everything about letters that have not arrived; ``relay`` is the one in use, host:port."""
    alarms = read_alarms(engine, commune=commune)
    with transaction(engine) as connection:
        relays = _relays(connection)
        weather = _weather(connection, commune, {r.name: r for r in relays}.get(relay))
        waiting = _rows(connection, commune, WAITING)
        limits = _limits(connection, waiting, limit=policy.mails_per_day, now=now)
        return LetterDesk(
            hold=weather.hold,
            holds=_holds(connection, commune),
            relays=relays,
            alarms=alarms,
            waiting=tuple(
                _line(row, _wait(row, weather, limits, policy=policy, calendar=calendar, now=now))
                for row in waiting
            ),
            unsettled=tuple(_line(row) for row in _rows(connection, commune, UNSETTLED)),
            counts=_counts(connection, commune),
        )


def count_desk(engine: Engine, *, commune: str) -> tuple[int, int]:
    """How many letters wait, and how many a person must settle."""
    with transaction(engine) as connection:
        counts = _counts(connection, commune)
    return total(counts, WAITING), total(counts, UNSETTLED)


def read_life(engine: Engine, letter_id: int, *, commune: str) -> LetterLife:
    """The life of one letter of the commune: its attempts and journal lines, oldest first.

    Raises:
        UsageError: the commune has no such letter.
    """
    o, a = tables.outbox.c, tables.outbox_attempts
    tried = select(a).where(a.c.outbox_id == letter_id).order_by(a.c.id)
    with transaction(engine) as connection:
        chosen = _letters(commune).add_columns(o.parts).where(o.id == letter_id)
        row = connection.execute(chosen).first()
        if row is None:
            raise UsageError(f"Không có thư số {letter_id}; xem số thư trong `dondoc mail list`.")
        attempts = connection.execute(tried).mappings().all()
    entries = read_journal(
        engine, commune=commune, subject_prefix=row.dedupe_key, limit=LIFE_ENTRIES
    )
    return LetterLife(
        line=_line(row),
        address=row.address,
        message_id=row.message_id,
        copies=row.copies,
        files=tuple(Attachment.model_validate(part) for part in row.parts or ()),
        attempts=tuple(
            Attempted.model_validate(_known(attempt, Attempted)) for attempt in attempts
        ),
        journal=tuple(entry for entry in entries if entry.subject == row.dedupe_key),
    )


def _letters(commune: str) -> Select[tuple[object, ...]]:
    o, c, written = tables.outbox.c, tables.contacts.c, tables.frozen_letters.c
    is_to = (c.commune == o.commune) & (c.id == o.contact_id)
    known = tables.letters.outerjoin(tables.contacts, is_to)
    columns = [column for column in o if column.name not in {"context", "parts"}]
    columns += [written.subject, written.message_id, c.title]
    return select(*columns).select_from(known).where(o.commune == commune)


def _rows(
    connection: Connection, commune: str, states: Sequence[LetterState]
) -> Sequence[Row[tuple[object, ...]]]:
    o = tables.outbox.c
    chosen = _letters(commune).where(o.state.in_(states), _UNCOVERED)
    return connection.execute(chosen.order_by(o.not_before, o.id).limit(SHOWN)).all()


def _line(row: Row[tuple[object, ...]], wait: Wait | None = None) -> LetterLine:
    known = _known(row._mapping, LetterLine)  # noqa: SLF001 - SQLAlchemy's public name for it
    title = row.title or row.contact_id
    return LetterLine.model_validate(
        known | {"contact_title": title, "at": row.settled_at or row.created_at, "wait": wait}
    )


def _wait(
    row: Row[tuple[object, ...]],
    weather: MailWeather,
    limits: Mapping[int, datetime],
    *,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
) -> Wait | None:
    if row.state != LetterState.READY:
        return None
    letter = WaitingLetter(
        kind=LetterKind(row.kind), not_before=row.not_before, not_after=row.not_after,
        attempt=row.attempt, last_text=row.last_text or "", limit_until=limits.get(row.id),
    )  # fmt: skip
    return wait_of(
        letter,
        weather,
        policy=policy,
        calendar=calendar,
        any_hour=kinds_at(policy, is_open=False),
        now=now,
    )


def _limits(
    connection: Connection, rows: Sequence[Row[tuple[object, ...]]], *, limit: int, now: datetime
) -> dict[int, datetime]:
    """Whose recipient had enough mail: letters due now count each other, later ones stand alone."""
    due = [row for row in rows if row.not_before <= now]
    later = {row.contact_id: row for row in reversed(rows) if row.not_before > now}
    return {
        **over_limit(connection, due, now=now, limit=limit),
        **over_limit(connection, list(later.values()), now=now, limit=limit),
    }


def _weather(connection: Connection, commune: str, relay: RelayState | None) -> MailWeather:
    hold = held_reason(connection, commune=commune)
    if relay is None:
        return MailWeather(hold=hold)
    return MailWeather(
        hold=hold, relay_open_until=relay.open_until, relay_text=relay.last_text or ""
    )


def _holds(connection: Connection, commune: str) -> tuple[StandingHold, ...]:
    c = tables.holds.c
    chosen = (
        select(c.reason, c.detail, c.since, c.by)
        .where(c.commune == commune, c.released_at.is_(None))
        .order_by(c.id)
    )
    found = connection.execute(chosen).mappings()
    return tuple(StandingHold.model_validate(dict(row)) for row in found)


def _relays(connection: Connection) -> tuple[RelayState, ...]:
    found = connection.execute(select(tables.relays).order_by(tables.relays.c.name)).mappings()
    return tuple(RelayState.model_validate(_known(row, RelayState)) for row in found)


def _counts(connection: Connection, commune: str) -> dict[LetterState, int]:
    c = tables.outbox.c
    chosen = (
        select(c.state, func.count())
        .where(c.commune == commune, c.state.in_((*WAITING, *UNSETTLED)), _UNCOVERED)
        .group_by(c.state)
    )
    return {LetterState(state): count for state, count in connection.execute(chosen)}


def _known(row: RowMapping, model: type[Value]) -> dict[str, object]:
    """What of the row the model has a field for; tables may grow columns."""
    return {str(key): value for key, value in row.items() if key in model.model_fields}
