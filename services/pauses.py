"""Pauses of the ladder: silence, a commitment date, a phone call, each until a date."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select

from adapters import tables
from adapters.database import transaction
from models.errors import RefusedError, UsageError
from models.values import Value
from services.journal import note, record


class PauseKind(StrEnum):
    """Why the ladder rests."""

    SILENCE = "silence"
    COMMITMENT = "commitment"
    CALL = "call"


class Pause(Value):
    """One pause; without an obligation it covers all that the unit owes."""

    unit_id: str
    obligation_id: str | None
    kind: PauseKind
    reason: str
    by: str
    from_at: datetime
    until_at: datetime


def pause(
    engine: Engine,
    *,
    commune: str,
    unit_id: str,
    kind: PauseKind,
    reason: str,
    by: str,
    until: datetime,
    now: datetime,
    obligation_id: str | None = None,
) -> Pause:
    """Rest the ladder for a unit, or for one of its obligations, until then.

    Raises:
        RefusedError: no reason is given or the date has passed.
        UsageError: the commune has no contact of that unit, or the unit has no such obligation.
    """
    if not reason.strip():
        raise RefusedError("Hãy ghi lý do tạm dừng nhắc.")
    if until <= now:
        raise RefusedError("Ngày kết thúc tạm dừng phải sau hôm nay.")
    made = Pause(
        unit_id=unit_id, obligation_id=obligation_id, kind=kind, reason=reason, by=by,
        from_at=now, until_at=until,
    )  # fmt: skip
    with transaction(engine) as connection:
        _refuse_unknown(connection, commune, unit_id, obligation_id)
        connection.execute(insert(tables.pauses).values(made.model_dump() | {"commune": commune}))
        subject = obligation_id or unit_id
        notes = [note(f"pause.{kind}", subject, reason=reason, until=until.isoformat())]
        record(connection, notes, commune=commune, actor=by, at=now)
    return made


def _refuse_unknown(
    connection: Connection, commune: str, unit_id: str, obligation_id: str | None
) -> None:
    table = tables.contacts if obligation_id is None else tables.obligations
    known = select(table.c.id).where(table.c.commune == commune, table.c.unit_id == unit_id)
    if obligation_id is not None:
        known = known.where(table.c.id == obligation_id)
    if connection.execute(known.limit(1)).first() is None:
        what = f"nghĩa vụ '{obligation_id}' của đơn vị" if obligation_id else "đơn vị"
        raise UsageError(f"Danh mục không có {what} '{unit_id}'; xem mã trong `dondoc status`.")


def read_pauses(connection: Connection, *, commune: str, now: datetime) -> dict[str, datetime]:
    """Until when the ladder rests, by unit id or obligation id; only pauses in force."""
    c = tables.pauses.c
    rows = connection.execute(
        select(c.unit_id, c.obligation_id, c.until_at).where(
            c.commune == commune, c.until_at > now, c.from_at <= now
        )
    )
    until: dict[str, datetime] = {}
    for row in rows:
        key = row.obligation_id or row.unit_id
        until[key] = max(until.get(key, row.until_at), row.until_at)
    return until
