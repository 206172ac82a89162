"""Receipts: each recipient confirms, is asked again at most twice; all receipts end the plan."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    first_reachable,
    read_contacts,
    read_obligations,
    read_plan,
)
from models.calendars import WorkingCalendar
from models.errors import RefusedError
from models.letter_contexts import ClosingContext
from models.letters import LetterKind
from models.obligations import Obligation
from models.units import ContactRole
from services.dispatch_letters import dispatch_letter
from services.journal import note, record
from services.notices import as_facts
from services.outbox import NewLetter, enqueue
from services.plans import close_plan
from services.report_records import read_report

MOST_REMINDERS = 2  # a third would nag an agency above: somebody telephones


def confirm_receipt(
    engine: Engine, plan_id: str, *, recipient: str, by: str, now: datetime
) -> bool:
    """Record that a recipient has the report; when all have it, thank the units and end the plan.

    Returns False when the receipt was recorded before.

    Raises:
        RefusedError: nothing was dispatched to that recipient.
    """
    d = tables.dispatches.c
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        sent = connection.execute(
            select(tables.dispatches).where(d.plan_id == plan_id)
        ).all()  # fmt: skip
        mine = [row for row in sent if row.recipient == recipient]
        if not mine:
            raise RefusedError(f"Chưa gửi báo cáo của '{plan_id}' tới '{recipient}'.")
        if mine[0].receipt_at is not None:
            return False
        connection.execute(
            update(tables.dispatches)
            .where(d.plan_id == plan_id, d.recipient == recipient)
            .values(receipt_at=now, receipt_by=by)
        )
        notes = [note("report.receipt", f"{plan_id}/{recipient}")]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
        if all(row.receipt_at is not None or row.recipient == recipient for row in sent):
            _close(connection, plan, by=by, now=now)
    return True


def chase_receipts(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime
) -> int:
    """Ask for the receipt again one and two whole working days after; returns how many are new.

    Raises:
        RefusedError: a recipient has no address that works.
    """
    if not calendar.is_working_day(calendar.day_of(now)):
        return 0
    d = tables.dispatches.c
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        waiting = connection.execute(
            select(tables.dispatches)
            .where(d.plan_id == plan_id, d.receipt_at.is_(None))
            .order_by(d.recipient)
        ).all()
        letters = [
            _reminder(connection, plan, row, times=times, now=now)
            for row in waiting
            if (times := _times_due(row.at, calendar=calendar, now=now))
        ]
        return enqueue(connection, letters, commune=plan.commune, now=now)


def _times_due(sent_at: datetime, *, calendar: WorkingCalendar, now: datetime) -> int:
    """How many whole working days have passed, at most two: the number of the reminder."""
    local = sent_at.astimezone(calendar.zone)
    passed = [
        times
        for times in range(1, MOST_REMINDERS + 1)
        if now >= calendar.at(calendar.add_working_days(local.date(), times), local.time())
    ]
    return max(passed, default=0)


def _reminder(
    connection: Connection, plan: PlanRecord, row: Row[tuple[object, ...]], *, times: int,
    now: datetime,
) -> NewLetter:  # fmt: skip
    return dispatch_letter(
        connection, plan, read_report(connection, plan.id), unit_id=row.recipient,
        dispatched_at=row.at, now=now, reminder=times,
    )  # fmt: skip


def _close(connection: Connection, plan: PlanRecord, *, by: str, now: datetime) -> None:
    report = read_report(connection, plan.id)
    obligations = read_obligations(connection, commune=plan.commune, plan_id=plan.id)
    documents = sum(o.version for o in obligations) + report.version
    facts = as_facts(
        ClosingContext,
        {
            "dispatched_on": report.issued_on,
            "document_count": documents,
            "kept_at": plan.dossier.units.unit(plan.dossier.plan.coordinator).name,
        },
    )
    letters = _thanks(connection, plan, obligations, facts=facts, now=now)
    enqueue(connection, letters, commune=plan.commune, now=now)
    close_plan(connection, plan, actor=by, now=now)


def _thanks(
    connection: Connection,
    plan: PlanRecord,
    obligations: Sequence[Obligation],
    *,
    facts: dict[str, object],
    now: datetime,
) -> list[NewLetter]:
    contacts = read_contacts(connection, commune=plan.commune)
    units = sorted({o.unit_id for o in obligations} - {plan.dossier.plan.authority})
    reached = [(unit, first_reachable(contacts, unit, ContactRole.CONTACT)) for unit in units]
    return [
        NewLetter(
            dedupe_key=f"closing/{plan.id}/{unit_id}", kind=LetterKind.CLOSING, plan_id=plan.id,
            unit_id=unit_id, contact=contact, not_before=now, facts=facts,
        )
        for unit_id, contact in reached
        if contact is not None
    ]  # fmt: skip
