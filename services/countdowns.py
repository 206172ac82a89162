"""The countdown of a plan's final report, read from the ledger; what is past becomes an alarm."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, read_plan
from models.alarms import AlarmKind
from models.calendars import WorkingCalendar
from models.countdowns import Countdown, ReportFacts, blockers_of, last_safe_hours
from models.due_dates import due_at
from models.obligations import Obligation, ObligationState
from models.standings import working_days_left
from services.alarms import raise_all
from services.decisions import Verdict
from services.report_records import ReportRecord, latest_report
from services.reports import read_counted
from services.sign_offs import WORDS, missing_sign_offs

_WAITING = frozenset({ObligationState.SUBMITTED, ObligationState.NIL})


def read_countdown(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime
) -> Countdown:
    """What blocks the plan's final report now, and until which hour each step is safe.

    Raises:
        UsageError: there is no such plan.
    """
    with transaction(engine) as connection:
        return countdown_of(connection, read_plan(connection, plan_id), calendar=calendar, now=now)


def countdown_of(
    connection: Connection, plan: PlanRecord, *, calendar: WorkingCalendar, now: datetime
) -> Countdown:
    """The countdown read within a transaction."""
    deadline = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    hours = last_safe_hours(deadline, calendar)
    facts = _facts(connection, plan)
    return Countdown(
        plan_id=plan.id, as_of=now, deadline=deadline, facts=facts, hours=hours,
        working_days_left=working_days_left(deadline, calendar=calendar, now=now),
        blockers=blockers_of(facts, hours, now=now),
    )  # fmt: skip


def _facts(connection: Connection, plan: PlanRecord) -> ReportFacts:
    counted = read_counted(connection, plan)
    report = latest_report(connection, plan.id)
    missing = missing_sign_offs(connection, report.id) if report else ()
    receipts = _receipts(connection, plan.id)
    names = {unit.id: unit.name for unit in plan.dossier.units.units}
    return ReportFacts(
        missing_units=_units(plan, [o for o in counted if o.state is ObligationState.OWED]),
        returned_units=_units(plan, [o for o in counted if o.state is ObligationState.RETURNED]),
        waiting_units=_units(plan, [o for o in counted if o.state in _WAITING]),
        version=report.version if report else None,
        is_outdated=report is not None and _is_outdated(report, counted),
        unsigned=tuple(WORDS[kind] for kind in missing),
        is_returned=report is not None and report.verdict == Verdict.RETURNED,
        is_approved=report is not None and report.verdict == Verdict.APPROVED,
        is_passed_on=report is not None and report.is_passed_on,
        is_numbered=report is not None and report.number is not None,
        is_dispatched=bool(receipts),
        unconfirmed=tuple(names.get(unit, unit) for unit, at in receipts.items() if at is None),
    )


def _units(plan: PlanRecord, obligations: list[Obligation]) -> tuple[str, ...]:
    names = (plan.dossier.units.unit(o.unit_id).name for o in obligations)
    return tuple(dict.fromkeys(names))


def _is_outdated(report: ReportRecord, counted: list[Obligation]) -> bool:
    newest = max((o.closed_at or o.opened_at for o in counted), default=report.as_of)
    return newest > report.as_of


def _receipts(connection: Connection, plan_id: str) -> dict[str, datetime | None]:
    d = tables.dispatches.c
    rows = connection.execute(
        select(d.recipient, d.receipt_at).where(d.plan_id == plan_id).order_by(d.recipient)
    )
    return {row.recipient: row.receipt_at for row in rows}


def watch_countdown(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime
) -> int:
    """Raise an alarm for every blocker past its last safe hour, once; returns how many are new."""
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        if plan.state is not PlanState.ACTIVE:
            return 0
        found = countdown_of(connection, plan, calendar=calendar, now=now)
        alarms = {
            f"countdown/{plan.id}/{one.kind}": (AlarmKind.REPORT, f"{plan.id}: {one.line}")
            for one in found.past
        }
        return raise_all(connection, alarms, commune=plan.commune, now=now)
