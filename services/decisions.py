"""The leader's decision: recorded with the hash of what was seen, by who has the power."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, insert_new, read_contacts, read_plan
from models.calendars import WorkingCalendar
from models.errors import ConflictError, RefusedError
from models.leader_contexts import DecisionWord
from models.units import ContactRole
from models.values import Value
from models.vietnamese import format_instant
from services.decision_letters import Told, ask_decider, tell_coordinator
from services.delegations import Power, find_power
from services.journal import note, record
from services.report_records import ReportRecord, read_report, refuse_disagreeing
from services.sign_offs import refuse_unseen, refuse_unsigned


class Verdict(StrEnum):
    """What the leader says of a version."""

    APPROVED = "approved"
    RETURNED = "returned"
    PASSED_ON = "passed_on"  # to the Chairman, who decides alone from then on


_WORDS = {
    Verdict.APPROVED: DecisionWord.APPROVED,
    Verdict.RETURNED: DecisionWord.RETURNED,
    Verdict.PASSED_ON: DecisionWord.FORWARDED,
}


class _Decision(Value):
    """What is said of which version, and when."""

    verdict: Verdict
    power: Power
    comment: str
    at: datetime


def decide(
    engine: Engine,
    plan_id: str,
    *,
    version: int,
    sha256_prefix: str,
    verdict: Verdict,
    by: str,
    now: datetime,
    calendar: WorkingCalendar,
    comment: str = "",
) -> bool:
    """Record the decision on the version seen; False when it was recorded before.

    ``by`` is the contact id, the name or the title of the person who decides.

    Raises:
        ConflictError: the version is not the newest, its content is not what was seen, or another
            decision stands.
        RefusedError: a return gives no comment, the person has no power, or a sign-off is missing.
    """
    if verdict is Verdict.RETURNED and not comment.strip():
        raise RefusedError("Khi trả lại dự thảo, hãy ghi ý kiến để đơn vị tham mưu chỉnh sửa.")
    with transaction(engine) as connection:
        _hold(connection, plan_id)
        plan, report = read_plan(connection, plan_id), read_report(connection, plan_id)
        refuse_unseen(report, version, sha256_prefix)
        if _stands(report, verdict):
            return False
        power = find_power(
            connection, plan, by, day=calendar.day_of(now), passed_on_by=report.passed_on_by
        )
        if verdict is not Verdict.RETURNED:
            refuse_unsigned(connection, report)
            refuse_disagreeing(report)
        made = _Decision(verdict=verdict, power=power, comment=comment, at=now)
        _record(connection, plan, report, made)
        _tell(connection, plan, report, made, calendar=calendar)
    return True


def _hold(connection: Connection, plan_id: str) -> None:
    # Two leaders at once: the second waits here, then sees what the first decided.
    plans = tables.plans
    connection.execute(select(plans.c.id).where(plans.c.id == plan_id).with_for_update())


def _stands(report: ReportRecord, verdict: Verdict) -> bool:
    """Whether that verdict stands already.

    Raises:
        ConflictError: another one does.
    """
    if report.verdict is not None and report.verdict != verdict:
        at = format_instant(report.decided_at) if report.decided_at else ""
        raise ConflictError(f"Dự thảo lần {report.version} đã có quyết định khác lúc {at}.")
    return report.verdict == verdict or (verdict is Verdict.PASSED_ON and report.is_passed_on)


def _record(
    connection: Connection, plan: PlanRecord, report: ReportRecord, made: _Decision
) -> None:
    power = made.power
    shared = {"report_id": report.id, "sha256": report.sha256, "by": power.name, "at": made.at,
              "comment": made.comment or None}  # fmt: skip
    if made.verdict is Verdict.PASSED_ON:
        _refuse_no_chair(connection, plan, power)
        insert_new(connection, tables.passings, [shared])
    else:
        signer = power.signer.model_dump() if power.signer else None
        stead = {"in_stead_of": power.in_stead_of, "basis": power.basis, "signer": signer}
        insert_new(connection, tables.decisions, [shared | {"verdict": made.verdict} | stead])
    told = note(
        f"report.{made.verdict}", report.id, sha256=report.sha256, comment=made.comment,
        in_stead_of=power.in_stead_of, basis=power.basis,
    )  # fmt: skip
    record(connection, [told], commune=plan.commune, actor=power.name, at=made.at)


def may_pass_on(engine: Engine, plan: PlanRecord, *, by: str) -> bool:
    """Whether there is a Chairman other than that contact to put a version before."""
    with transaction(engine) as connection:
        chairs = _chairs(connection, plan)
    return bool(chairs) and by not in chairs


def _chairs(connection: Connection, plan: PlanRecord) -> set[str]:
    contacts = read_contacts(connection, commune=plan.commune)
    authority = plan.dossier.plan.authority
    return {c.id for c in contacts if c.unit_id == authority and c.role is ContactRole.CHAIR}


def _refuse_no_chair(connection: Connection, plan: PlanRecord, power: Power) -> None:
    chairs = _chairs(connection, plan)
    if not chairs or power.contact_id in chairs:
        raise RefusedError(
            "Không chuyển xin ý kiến Chủ tịch được: danh bạ chưa có Chủ tịch là người khác với "
            "người quyết định."
        )


def _tell(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    made: _Decision,
    *,
    calendar: WorkingCalendar,
) -> None:
    told = Told(
        word=_WORDS[made.verdict], leader_name=made.power.name, opinion=made.comment, at=made.at,
        leader_title=(made.power.signer or plan.dossier.plan.signer).title,
    )  # fmt: skip
    tell_coordinator(connection, plan, report, told, calendar=calendar)
    if made.verdict is Verdict.PASSED_ON:
        passed = report.model_copy(
            update={"passed_on_by": made.power.name, "passed_on_at": made.at,
                    "passed_on_comment": made.comment or None}
        )  # fmt: skip
        ask_decider(connection, plan, passed, calendar=calendar, now=made.at)


def may_decide(
    engine: Engine, plan: PlanRecord, report: ReportRecord, *, by: str, on: date
) -> bool:
    """Whether that person could decide on the version on that day."""
    return not why_not(engine, plan, report, by=by, on=on)


def why_not(engine: Engine, plan: PlanRecord, report: ReportRecord, *, by: str, on: date) -> str:
    """Return why that person could not decide on the version on that day; empty when they could."""
    with transaction(engine) as connection:
        try:
            find_power(connection, plan, by, day=on, passed_on_by=report.passed_on_by)
        except RefusedError as error:
            return str(error)
    return ""
