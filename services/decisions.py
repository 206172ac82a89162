"""The leader's decision and the office's number: recorded with the hash of what was seen."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, extract, select, update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, first_reachable, insert_new, read_contacts, read_plan
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.errors import ConflictError, RefusedError
from models.leader_contexts import DecisionContext, DecisionWord, ForDecisionContext
from models.letters import LetterKind
from models.plans import RequirementKind
from models.submissions import Attachment
from models.units import ContactRole
from models.vietnamese import format_day, local_day, mid_sentence
from services.files import PDF, render_files
from services.journal import note, record
from services.milestones import end_milestone
from services.notices import as_facts
from services.outbox import NewLetter, enqueue
from services.reports import ReportRecord, file_name, keep_files, read_files, read_report

MOST_DOUBTS = 5  # the rest stand on the report's page


class Verdict(StrEnum):
    """What the leader says of a version."""

    APPROVED = "approved"
    RETURNED = "returned"


def ask_decision(engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime) -> bool:
    """Put the newest version before the leader (E15), once; False when it was asked or decided."""
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id)
        if report.verdict is not None:
            return False
        coverage = report.content.coverage
        facts = {
            "report_name": report_name(report),
            "short_name": "báo cáo tổng kết",
            "version": report.version,
            "sent": len(coverage.reported),
            "total": len(coverage.owing),
            "missing_units": tuple(u.name for u in (*coverage.missing, *coverage.waiting)),
            "checker_name": plan.dossier.units.unit(plan.dossier.plan.form_checker).name,
            "notes": (
                f"mã nội dung của dự thảo: {report.sha256[:12]}",
                *report.content.doubts[:MOST_DOUBTS],
            ),
            "issue_by": due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={}),
        }
        files = tuple(
            f for f in read_files(connection, report.id, role="draft") if f.media_type == PDF
        )
        end_milestone(connection, plan, RequirementKind.SYNTHESIS, now=now)
        return _write(
            connection, plan, unit_id=plan.dossier.plan.authority, kind=LetterKind.FOR_DECISION,
            key=f"decision-asked/{report.id}", facts=as_facts(ForDecisionContext, facts),
            parts=files, now=now,
        )  # fmt: skip


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
    """Record the leader's decision on the version seen; False when it was recorded before.

    Raises:
        ConflictError: the version is not the newest, its content is not what was seen, or another
            decision stands.
        RefusedError: a return gives no comment.
    """
    if verdict is Verdict.RETURNED and not comment.strip():
        raise RefusedError("Khi trả lại dự thảo, hãy ghi ý kiến để đơn vị tham mưu chỉnh sửa.")
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id)
        _refuse_unseen(report, version, sha256_prefix)
        row = {"report_id": report.id, "sha256": report.sha256, "verdict": verdict, "by": by,
               "at": now, "comment": comment or None}  # fmt: skip
        if not insert_new(connection, tables.decisions, [row]):  # two may decide at once
            _refuse_other(read_report(connection, plan_id), verdict)
            return False
        notes = [note(f"report.{verdict}", report.id, sha256=report.sha256, comment=comment)]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
        _tell_coordinator(connection, plan, report, verdict=verdict, by=by, comment=comment,
                          calendar=calendar, now=now)  # fmt: skip
    return True


def _refuse_other(report: ReportRecord, verdict: Verdict) -> None:
    if report.verdict != verdict:
        raise ConflictError(f"Dự thảo lần {report.version} đã có quyết định khác.")


def _refuse_unseen(report: ReportRecord, version: int, sha256_prefix: str) -> None:
    seen = len(sha256_prefix) >= 8 and report.sha256.startswith(sha256_prefix)  # noqa: PLR2004 - enough to tell versions apart
    if report.version != version or not seen:
        raise ConflictError(
            f"Nội dung đã thay đổi: dự thảo mới nhất là lần {report.version}, "
            f"mã {report.sha256[:12]}; đề nghị xem lại trước khi quyết định."
        )


def _tell_coordinator(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    verdict: Verdict,
    by: str,
    comment: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    approved = verdict is Verdict.APPROVED
    following = calendar.next_working_day(calendar.day_of(now))
    facts = {
        "report_name": report_name(report),
        "short_name": "báo cáo tổng kết",
        "version": report.version,
        "leader_title": plan.dossier.plan.signer.title,
        "leader_name": by,
        "decision": DecisionWord.APPROVED if approved else DecisionWord.RETURNED,
        "decided_at": now,
        "opinion": comment,
        "next_step": "hoàn thiện thủ tục ký, cấp số và phát hành"
        if approved
        else "chỉnh sửa và trình lại",
        "next_step_by": calendar.close_of(following),
    }
    _write(
        connection, plan, unit_id=plan.dossier.plan.coordinator, kind=LetterKind.DECISION,
        key=f"decided/{report.id}", facts=as_facts(DecisionContext, facts), parts=(), now=now,
    )  # fmt: skip


def report_name(report: ReportRecord) -> str:
    """The report as within a sentence: type and subject."""
    return f"Báo cáo {mid_sentence(report.document.subject)}"


def _write(
    connection: Connection,
    plan: PlanRecord,
    *,
    unit_id: str,
    kind: LetterKind,
    key: str,
    facts: dict[str, object],
    parts: tuple[Attachment, ...],
    now: datetime,
) -> bool:
    contacts = read_contacts(connection, commune=plan.commune)
    contact = first_reachable(contacts, unit_id, ContactRole.HEAD)
    if contact is None:
        raise RefusedError(f"Đơn vị '{unit_id}' không có địa chỉ thư của người đứng đầu.")
    letter = NewLetter(
        dedupe_key=key, kind=kind, plan_id=plan.id, unit_id=unit_id, contact=contact,
        not_before=now, facts=facts, parts=parts,
    )  # fmt: skip
    return enqueue(connection, [letter], commune=plan.commune, now=now) == 1


def number_report(
    engine: Engine,
    plan_id: str,
    *,
    number: int,
    issued_on: date,
    by: str,
    blobs: BlobStore,
    now: datetime,
) -> ReportRecord:
    """Enter the number and day that văn thư gave to the approved report; again changes nothing.

    Raises:
        RefusedError: the newest version is not approved, has another number, or the number is used.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id)
        if report.verdict != Verdict.APPROVED:
            raise RefusedError("Báo cáo chưa được lãnh đạo phê duyệt nên chưa cấp số được.")
        if report.number is not None:
            return _already(report, number, issued_on)
        _refuse_odd_day(report, issued_on, now)
        _refuse_used(connection, plan, number, issued_on)
    numbered = report.model_copy(update={"number": number, "issued_on": issued_on})
    files = render_files(numbered.document, name=file_name(plan, numbered), blobs=blobs, at=now)
    with transaction(engine) as connection:
        changed = connection.execute(
            update(tables.reports)
            .where(tables.reports.c.id == report.id, tables.reports.c.number.is_(None))
            .values(number=number, issued_on=issued_on, numbered_by=by, numbered_at=now)
        ).rowcount
        if not changed:  # two may enter a number at once
            return _already(read_report(connection, plan_id), number, issued_on)
        keep_files(connection, report.id, role="issued", files=files)
        notes = [note("report.numbered", report.id, number=number, issued_on=issued_on.isoformat())]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
    return numbered


def _already(report: ReportRecord, number: int, issued_on: date) -> ReportRecord:
    if (report.number, report.issued_on) != (number, issued_on):
        raise RefusedError(f"Báo cáo đã có số {report.number}; không đổi được số, ngày.")
    return report


def _refuse_odd_day(report: ReportRecord, issued_on: date, now: datetime) -> None:
    decided_on = local_day(report.decided_at or now)
    if not decided_on <= issued_on <= local_day(now):
        raise RefusedError(
            f"Ngày ban hành {format_day(issued_on)} không hợp lệ: phải từ ngày lãnh đạo phê duyệt "
            f"({format_day(decided_on)}) đến hôm nay ({format_day(now)})."
        )


def _refuse_used(connection: Connection, plan: PlanRecord, number: int, issued_on: date) -> None:
    c = tables.reports.c
    used = connection.execute(
        select(c.id).where(
            c.commune == plan.commune, c.number == number,
            extract("year", c.issued_on) == issued_on.year,
        )
    ).first()  # fmt: skip
    if used is not None:
        raise RefusedError(f"Số {number} năm {issued_on.year} đã cấp cho {used.id}.")
