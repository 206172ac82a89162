"""Holds: the rows that keep all letters of a commune from leaving, with their alarms."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from adapters import tables
from adapters.database import transaction
from models.alarms import AlarmKind
from models.letter_holds import HoldReason, hold_sentence
from services.alarms import raise_alarm, settle
from services.journal import lock_chain, note, record

_h = tables.holds.c
# Made once: it is asked in every commit of a sender.
_OLDEST = (
    select(_h.reason, _h.detail)
    .where(_h.commune == bindparam("of"), _h.released_at.is_(None))
    .order_by(_h.id)
    .limit(1)
)


def held_reason(connection: Connection, *, commune: str) -> str | None:
    """Tell in Vietnamese why nothing may leave now; None when the way is free."""
    row = connection.execute(_OLDEST, {"of": commune}).first()
    return None if row is None else hold_sentence(HoldReason(row.reason), row.detail)


def hold_of(engine: Engine, *, commune: str, reason: HoldReason) -> str | None:
    """Tell in Vietnamese the hold of that reason; None when none stands."""
    standing = (_h.commune == commune, _h.reason == reason, _h.released_at.is_(None))
    with transaction(engine) as connection:
        detail = connection.execute(select(_h.detail).where(*standing).limit(1)).scalar()
    return None if detail is None else hold_sentence(reason, detail)


def stands(connection: Connection, *, commune: str, reason: HoldReason) -> bool:
    """Whether a hold of that reason stands."""
    c = tables.holds.c
    standing = (c.commune == commune, c.reason == reason, c.released_at.is_(None))
    return connection.execute(select(c.id).where(*standing).limit(1)).first() is not None


def set_hold(
    connection: Connection, commune: str, reason: HoldReason, *, detail: str, by: str, now: datetime
) -> bool:
    """Let no letter leave, and tell the administrator; False when that hold stands already."""
    # The chain is held first: two processes that find the same cause write one hold.
    lock_chain(connection, commune)
    if stands(connection, commune=commune, reason=reason):
        return False
    values = {"commune": commune, "reason": reason, "detail": detail, "since": now, "by": by}
    connection.execute(insert(tables.holds).values(values))
    notes = [note("mail.held", commune, reason=reason, detail=detail)]
    record(connection, notes, commune=commune, actor=by, at=now)
    if reason is not HoldReason.PERSON:  # who holds by command knows it
        raise_alarm(
            connection, _alarm_key(commune, reason, now), AlarmKind(f"hold.{reason}"),
            text=hold_sentence(reason, detail), commune=commune, now=now,
        )  # fmt: skip
    return True


def let_go(
    connection: Connection, commune: str, reasons: Sequence[HoldReason], *, by: str, now: datetime
) -> None:
    """End the standing holds of those reasons and their alarms; nothing when there are none."""
    c = tables.holds.c
    standing = (c.commune == commune, c.reason.in_(reasons), c.released_at.is_(None))
    rows = connection.execute(select(c.reason, c.since).where(*standing)).all()
    if not rows:
        return
    connection.execute(
        update(tables.holds).where(*standing).values(released_at=now, released_by=by)
    )
    keys = [_alarm_key(commune, HoldReason(row.reason), row.since) for row in rows]
    settle(connection, keys, commune=commune, by=by, now=now)
    notes = [note("mail.released", commune, reasons=[row.reason for row in rows])]
    record(connection, notes, commune=commune, actor=by, at=now)


def _alarm_key(commune: str, reason: HoldReason, since: datetime) -> str:
    return f"hold/{commune}/{reason}/{since.astimezone(UTC).isoformat()}"
