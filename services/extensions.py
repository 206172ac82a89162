"""Extensions: asked for by the unit, granted or refused, the original deadline kept."""

from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_obligation, read_plan, refuse_closed
from models.errors import RefusedError
from services.journal import note, record
from services.notices import notify_extension


def request_extension(
    engine: Engine,
    obligation_id: str,
    *,
    reason: str,
    proposed_due_at: datetime | None,
    requested_by: str,
    now: datetime,
) -> int:
    """Note the unit's request and return its number; an undecided one is not asked for twice.

    Raises:
        RefusedError: the unit owes nothing there, or gives no reason.
    """
    if not reason.strip():
        raise RefusedError("Hãy ghi lý do đề nghị gia hạn.")
    with transaction(engine) as connection:
        obligation = read_obligation(connection, obligation_id)
        if not obligation.is_open:
            raise RefusedError(f"'{obligation_id}' không còn phải nộp nên không cần gia hạn.")
        pending = _pending(connection, obligation_id)
        if pending is not None:
            return pending
        result = connection.execute(
            insert(tables.extensions).values(
                obligation_id=obligation_id,
                requested_at=now,
                requested_by=requested_by,
                reason=reason,
                proposed_due_at=proposed_due_at,
            )
        )
        notes = [note("extension.requested", obligation_id, reason=reason)]
        commune = read_plan(connection, obligation.plan_id).commune
        record(connection, notes, commune=commune, actor=requested_by, at=now)
        return int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0


def grant_extension(
    engine: Engine,
    obligation_id: str,
    *,
    until: datetime,
    by: str,
    now: datetime,
    reason: str = "",
    shown_as: str = "",
) -> None:
    """Give the unit until then and tell it; a grant after the deadline does not clean the delay.

    ``shown_as`` is the name that the letter gives, where ``by`` is an account.

    Raises:
        RefusedError: the unit owes nothing there, or the new deadline is not later.
    """
    with transaction(engine) as connection:
        obligation = read_obligation(connection, obligation_id)
        if not obligation.is_open:
            raise RefusedError(f"'{obligation_id}' không còn phải nộp nên không cần gia hạn.")
        if until <= max(now, obligation.effective_due_at):
            raise RefusedError("Thời hạn mới phải sau thời hạn hiện tại và sau thời điểm này.")
        plan = read_plan(connection, obligation.plan_id)
        refuse_closed(plan)
        connection.execute(
            update(tables.obligations)
            .where(tables.obligations.c.id == obligation_id)
            .values(obligation.extended(until, at=now))
        )
        _decide(connection, obligation_id, by=by, now=now, granted_until=until, reason=reason)
        notes = [note("extension.granted", obligation_id, until=until.isoformat(), reason=reason)]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
        notify_extension(connection, plan, obligation, until=until, refusal=None,
                         by=shown_as or by,
                         now=now)  # fmt: skip


def refuse_extension(
    engine: Engine,
    obligation_id: str,
    *,
    refusal: str,
    by: str,
    now: datetime,
    shown_as: str = "",
) -> None:
    """Refuse the pending request, with a reason, and tell the unit.

    Raises:
        RefusedError: no request is pending.
    """
    with transaction(engine) as connection:
        obligation = read_obligation(connection, obligation_id)
        if _pending(connection, obligation_id) is None:
            raise RefusedError(f"'{obligation_id}' không có đề nghị gia hạn nào đang chờ.")
        plan = read_plan(connection, obligation.plan_id)
        refuse_closed(plan)
        _decide(connection, obligation_id, by=by, now=now, refusal=refusal)
        notes = [note("extension.refused", obligation_id, reason=refusal)]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
        notify_extension(connection, plan, obligation, until=None, refusal=refusal,
                         by=shown_as or by,
                         now=now)  # fmt: skip


def _pending(connection: Connection, obligation_id: str) -> int | None:
    c = tables.extensions.c
    return connection.execute(
        select(c.id).where(c.obligation_id == obligation_id, c.decided_at.is_(None))
    ).scalar_one_or_none()


def _decide(
    connection: Connection,
    obligation_id: str,
    *,
    by: str,
    now: datetime,
    granted_until: datetime | None = None,
    refusal: str | None = None,
    reason: str = "",
) -> None:
    decision = {
        "decided_at": now,
        "decided_by": by,
        "granted_until": granted_until,
        "refusal": refusal,
    }
    pending = _pending(connection, obligation_id)
    if pending is not None:
        statement = update(tables.extensions).where(tables.extensions.c.id == pending)
        connection.execute(statement.values(decision))
        return
    request = {"obligation_id": obligation_id, "requested_at": now, "requested_by": by,
               "reason": reason or "Văn phòng chủ động gia hạn"}  # fmt: skip
    connection.execute(insert(tables.extensions).values(request | decision))
