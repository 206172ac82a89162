"""Opening a phase: the plan's requirements become obligations, each exactly once."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, insert_new, read_plan
from models.calendars import WorkingCalendar
from models.deadlines import Anchor
from models.due_dates import due_at
from models.errors import RefusedError, UsageError
from models.obligations import ObligationState, obligation_id
from models.plans import Requirement
from models.units import Unit
from models.values import Value
from services.journal import note, record

ENGINE = "dondoc"


class Opening(Value):
    """What an opening did: the second time ``added`` is 0."""

    phase_id: str
    is_first: bool
    added: int


def open_phase(
    engine: Engine, plan_id: str, phase_id: str, *, calendar: WorkingCalendar, now: datetime
) -> Opening:
    """Note that the phase has begun and make sure that every obligation of the plan exists.

    Requirements of later phases are opened too, for units are assigned, and reminded, before the
    phase in which they report begins. A unit that joined the register gets only its own.

    Raises:
        RefusedError: the plan is not in force.
        UsageError: there is no such plan, or no such phase in it.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        _refuse_unknown(plan, phase_id)
        if plan.state is not PlanState.ACTIVE:
            raise RefusedError(
                f"Kế hoạch '{plan_id}' chưa ban hành hoặc đã kết thúc; "
                "hãy dùng `dondoc plan activate` trước."
            )
        counted_from = _counted_from(connection, plan, calendar, now)
        row = {"plan_id": plan_id, "phase_id": phase_id, "opened_at": now}
        is_first = insert_new(connection, tables.phase_openings, [row]) == 1
        rows = list(obligation_rows(plan, calendar, now, counted_from=counted_from))
        added = insert_new(connection, tables.obligations, rows)
        if is_first or added:
            notes = [note("phase.opened", f"{plan_id}/{phase_id}", added=added, first=is_first)]
            record(connection, notes, commune=plan.commune, actor=ENGINE, at=now)
    return Opening(phase_id=phase_id, is_first=is_first, added=added)


def _refuse_unknown(plan: PlanRecord, phase_id: str) -> None:
    known = [phase.id for phase in plan.dossier.plan.phases]
    if phase_id not in known:
        raise UsageError(
            f"Kế hoạch '{plan.id}' không có giai đoạn '{phase_id}'; "
            f"chọn một trong: {', '.join(known)}."
        )


def _counted_from(
    connection: Connection, plan: PlanRecord, calendar: WorkingCalendar, now: datetime
) -> date | None:
    # A unit that joins a running plan has its days from then, not from an issue it did not see.
    c = tables.phase_openings.c
    runs = connection.execute(select(c.phase_id).where(c.plan_id == plan.id)).first() is not None
    return calendar.day_of(now) if runs else plan.issued_on


def obligation_rows(
    plan: PlanRecord,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    counted_from: date | None = None,
) -> Iterator[dict[str, object]]:
    """The rows of everything the plan makes owed from the start, in the plan's order.

    Periods "kể từ ngày ban hành" run from ``counted_from``, else from today.
    """
    today = calendar.day_of(now)
    anchors = {Anchor.ISSUED: counted_from or today, Anchor.OPENED: today}
    for requirement in plan.dossier.plan.requirements:
        if requirement.opens_on_receipt_of is not None:
            continue
        for unit in units_owing(plan, requirement, calendar, now):
            for period in requirement.periods:
                due = due_at(period.deadline, calendar=calendar, anchors=anchors)
                yield obligation_row(plan, requirement, unit.id, period=period.id, due=due, now=now)


def units_owing(
    plan: PlanRecord, requirement: Requirement, calendar: WorkingCalendar, now: datetime
) -> tuple[Unit, ...]:
    """Units that owe the requirement at that instant, each once, in the holders' order."""
    day = calendar.day_of(now)
    found = {
        unit.id: unit
        for holder in requirement.holders
        for unit in plan.dossier.members(holder, day)
        if unit.is_valid_on(day)
    }
    return tuple(found.values())


def obligation_row(
    plan: PlanRecord,
    requirement: Requirement,
    unit_id: str,
    *,
    period: str,
    due: datetime,
    now: datetime,
) -> dict[str, object]:
    """The row of a new obligation."""
    return {
        "id": obligation_id(plan.id, requirement.id, unit_id, period),
        "commune": plan.commune,
        "plan_id": plan.id,
        "requirement_id": requirement.id,
        "kind": requirement.kind,
        "unit_id": unit_id,
        "period": period,
        "phase_id": requirement.phase,
        "state": ObligationState.OWED,
        "opened_at": now,
        "due_at": due,
        "version": 0,
        "returns": 0,
    }


def open_on_receipt(
    connection: Connection,
    plan: PlanRecord,
    requirement_id: str,
    *,
    period: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> int:
    """Open what the receipt of a product makes others owe, such as its compliance review."""
    rows = []
    for requirement in plan.dossier.plan.requirements:
        if requirement.opens_on_receipt_of != requirement_id:
            continue
        anchors = {Anchor.RECEIVED: calendar.day_of(now), Anchor.OPENED: calendar.day_of(now)}
        due = due_at(requirement.periods[0].deadline, calendar=calendar, anchors=anchors)
        rows += [
            obligation_row(plan, requirement, unit.id, period=period, due=due, now=now)
            for unit in units_owing(plan, requirement, calendar, now)
        ]
    return insert_new(connection, tables.obligations, rows) if rows else 0
