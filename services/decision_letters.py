"""Letters about a decision: the draft put before who decides (E15), the decision told (E16)."""

from datetime import datetime

from sqlalchemy import Connection

from adapters.ledger import PlanRecord, RegisteredContact, first_reachable, read_contacts
from models.calendars import WorkingCalendar
from models.countdowns import last_safe_hours
from models.due_dates import due_at
from models.errors import RefusedError
from models.leader_contexts import DecisionContext, DecisionWord, ForDecisionContext
from models.letters import LetterKind
from models.submissions import Attachment
from models.units import ContactRole
from models.values import Value
from services.delegations import deciding_contact
from services.files import PDF
from services.journal import note, record
from services.notices import as_facts
from services.outbox import NewLetter, enqueue
from services.report_differences import read_difference
from services.report_files import read_files
from services.report_records import ReportRecord
from services.sign_offs import SignOffKind, read_sign_offs

MOST_DOUBTS = 5  # the rest stand on the report's page
MOST_CHANGES = 5
SHORT_NAME = "báo cáo tổng kết"
_NEXT = {
    DecisionWord.APPROVED: "hoàn thiện thủ tục ký, cấp số và phát hành",
    DecisionWord.RETURNED: "chỉnh sửa và trình lại",
    DecisionWord.FORWARDED: "theo dõi, chuẩn bị giải trình khi Chủ tịch yêu cầu",
}


class Told(Value):
    """A decision as the letter tells it."""

    word: DecisionWord
    leader_title: str
    leader_name: str
    opinion: str
    at: datetime


def ask_decider(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    calendar: WorkingCalendar,
    now: datetime,
    reminder: int = 0,
) -> bool:
    """Put the version before who decides on the day, a reminder when numbered; False when it was.

    Raises:
        RefusedError: nobody who decides has an address that works.
    """
    day = calendar.day_of(now)
    contact = deciding_contact(connection, plan, day=day, is_passed_on=report.is_passed_on)
    facts = _facts(connection, plan, report, calendar=calendar, now=now, reminder=reminder)
    pdf = tuple(f for f in read_files(connection, report.id, role="draft") if f.media_type == PDF)
    key = asked_key(report) if not reminder else f"{asked_key(report)}/nhac/{day.isoformat()}"
    added = _write(
        connection, plan, contact, kind=LetterKind.FOR_DECISION, key=key,
        facts=as_facts(ForDecisionContext, facts), parts=pdf, now=now,
    )  # fmt: skip
    if added:
        told = note("report.asked", report.id, of=contact.id, reminder=reminder)
        record(connection, [told], commune=plan.commune, actor="dondoc", at=now)
    return added


def asked_key(report: ReportRecord) -> str:
    """The dedupe key of the letter that first asks for a decision on a version."""
    return f"decision-asked/{report.id}" + ("/chu-tich" if report.is_passed_on else "")


def _facts(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    calendar: WorkingCalendar,
    now: datetime,
    reminder: int,
) -> dict[str, object]:
    coverage = report.content.coverage
    deadline = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    decide_by = last_safe_hours(deadline, calendar).decide
    return {
        "report_name": report.name,
        "short_name": SHORT_NAME,
        "version": report.version,
        "sent": len(coverage.reported),
        "total": len(coverage.owing),
        "missing_units": tuple(u.name for u in (*coverage.missing, *coverage.waiting)),
        "notes": _notes(connection, plan, report),
        "issue_by": deadline,
        "decide_by": decide_by,
        "reminder": reminder,
        "is_urgent": calendar.day_of(now) >= calendar.day_of(decide_by),
        "passed_on_by": report.passed_on_by or "",
        **_form_check(connection, plan, report, calendar),
    }


def _notes(connection: Connection, plan: PlanRecord, report: ReportRecord) -> tuple[str, ...]:
    changed = read_difference(connection, plan, report)
    lines = changed.lines[:MOST_CHANGES] if changed else ()
    passed = (f"ý kiến khi chuyển: {report.passed_on_comment}",) if report.passed_on_comment else ()
    return (
        f"mã nội dung của dự thảo: {report.sha256[:12]}",
        *passed,
        *(f"so với lần {report.version - 1}: {line}" for line in lines),
        *report.content.doubts[:MOST_DOUBTS],
    )


def _form_check(
    connection: Connection, plan: PlanRecord, report: ReportRecord, calendar: WorkingCalendar
) -> dict[str, object]:
    name = plan.dossier.units.unit(plan.dossier.plan.form_checker).name
    found = [s for s in read_sign_offs(connection, report.id) if s.kind is SignOffKind.FORM]
    if not found:
        return {"checker_name": name}
    return {
        "checker_name": name,
        "checked_on": calendar.day_of(found[0].at),
        "check_result": found[0].note or "đạt yêu cầu",
    }


def tell_coordinator(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    told: Told,
    *,
    calendar: WorkingCalendar,
) -> bool:
    """Tell the coordinator what was decided, and what follows by when (E16)."""
    following = calendar.next_working_day(calendar.day_of(told.at))
    facts = {
        "report_name": report.name,
        "short_name": SHORT_NAME,
        "version": report.version,
        "leader_title": told.leader_title,
        "leader_name": told.leader_name,
        "decision": told.word,
        "decided_at": told.at,
        "opinion": told.opinion,
        "next_step": _NEXT[told.word],
        "next_step_by": calendar.close_of(following),
    }
    is_passed = told.word is DecisionWord.FORWARDED
    key = f"passed-on/{report.id}" if is_passed else f"decided/{report.id}"
    unit_id = plan.dossier.plan.coordinator
    contact = first_reachable(
        read_contacts(connection, commune=plan.commune), unit_id, ContactRole.HEAD
    )
    if contact is None:
        raise RefusedError(f"Đơn vị '{unit_id}' không có địa chỉ thư của người đứng đầu.")
    return _write(
        connection, plan, contact, kind=LetterKind.DECISION, key=key,
        facts=as_facts(DecisionContext, facts), parts=(), now=told.at,
    )  # fmt: skip


def _write(
    connection: Connection,
    plan: PlanRecord,
    contact: RegisteredContact,
    *,
    kind: LetterKind,
    key: str,
    facts: dict[str, object],
    parts: tuple[Attachment, ...],
    now: datetime,
) -> bool:
    letter = NewLetter(
        dedupe_key=key, kind=kind, plan_id=plan.id, unit_id=contact.unit_id, contact=contact,
        not_before=now, facts=facts, parts=parts,
    )  # fmt: skip
    return enqueue(connection, [letter], commune=plan.commune, now=now) == 1
