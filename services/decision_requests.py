"""Asking for the decision: once for each version, then again while nobody decides."""

from datetime import datetime

from sqlalchemy import Connection, Engine

from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_plan
from models.calendars import WorkingCalendar
from models.countdowns import last_safe_hours
from models.document_rules import RuleSet
from models.due_dates import due_at
from models.plans import RequirementKind
from models.values import Value
from services.decision_letters import ask_decider, asked_key
from services.milestones import end_milestone
from services.outbox import read_created
from services.report_records import ReportRecord, latest_report, read_report
from services.report_traces import refuse_unreconciled
from services.sign_offs import (
    SignOffKind,
    missing_sign_offs,
    refuse_unsigned,
    sign_off_content,
    sign_off_form,
)


class SignedOff(Value):
    """What a sign-off did: whether it is new, and whether the leader is asked now."""

    changed: bool
    asked: bool


def ask_decision(engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime) -> bool:
    """Put the newest version before the leader (E15), once; False when it was asked or decided.

    Raises:
        RefusedError: a sign-off is missing, or nobody who decides has an address that works.
    """
    with transaction(engine) as connection:
        plan, report = read_plan(connection, plan_id), read_report(connection, plan_id)
        if report.verdict is not None:
            return False
        refuse_unsigned(connection, report)
        refuse_unreconciled(connection, plan, report)
        return _ask(connection, plan, report, calendar=calendar, now=now)


def ask_if_signed_off(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime
) -> bool:
    """Ask when content and form are signed off; else False, and the countdown says what is missing.

    Raises:
        RefusedError: nobody who decides has an address that works.
    """
    with transaction(engine) as connection:
        plan, report = read_plan(connection, plan_id), latest_report(connection, plan_id)
        if report is None or report.verdict or missing_sign_offs(connection, report.id):
            return False
        return _ask(connection, plan, report, calendar=calendar, now=now)


def sign_off_and_ask(
    engine: Engine, plan_id: str, kind: SignOffKind, *, version: int, sha256_prefix: str, by: str,
    note: str, rules: RuleSet, blobs: BlobStore, calendar: WorkingCalendar, now: datetime,
) -> SignedOff:  # fmt: skip
    """Record who answers for content or form; with the second of the two, ask the leader.

    Raises:
        ConflictError: the version is not the newest, or its content is not what was seen.
        RefusedError: what stands against this sign-off, or against asking.
    """
    if kind is SignOffKind.CONTENT:
        is_new = sign_off_content(
            engine, plan_id, version=version, sha256_prefix=sha256_prefix, by=by, note=note, now=now
        )
    else:
        is_new = sign_off_form(
            engine, plan_id, version=version, sha256_prefix=sha256_prefix, by=by, note=note,
            now=now, rules=rules, blobs=blobs,
        )  # fmt: skip
    return SignedOff(
        changed=is_new, asked=ask_if_signed_off(engine, plan_id, calendar=calendar, now=now)
    )


def _ask(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    calendar: WorkingCalendar,
    now: datetime,
) -> bool:
    end_milestone(connection, plan, RequirementKind.SYNTHESIS, now=now)
    return ask_decider(connection, plan, report, calendar=calendar, now=now)


def remind_decider(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime
) -> bool:
    """Ask again a working day after the first letter, and daily from the last safe day; else False.

    Raises:
        RefusedError: nobody who decides has an address that works.
    """
    with transaction(engine) as connection:
        plan, report = read_plan(connection, plan_id), latest_report(connection, plan_id)
        if report is None or report.verdict is not None:
            return False
        asked_at = read_created(connection, asked_key(report))
        days = _days_since(asked_at, plan, calendar=calendar, now=now)
        if not days:
            return False
        return ask_decider(
            connection, plan, report, calendar=calendar, now=now, reminder=days
        )  # fmt: skip


def _days_since(
    asked_at: datetime | None, plan: PlanRecord, *, calendar: WorkingCalendar, now: datetime
) -> int:
    """How many working days the leader has had, on a day on which to remind; else 0."""
    today = calendar.day_of(now)
    if asked_at is None or not calendar.is_working_day(today):
        return 0
    days = calendar.working_days_between(calendar.day_of(asked_at), today)
    deadline = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    is_last_day = today >= calendar.day_of(last_safe_hours(deadline, calendar).decide)
    return days if days == 1 or (days > 1 and is_last_day) else 0
