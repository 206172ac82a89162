"""Dispatch: the decided, numbered report goes up once, unaltered, and is packed for the archive."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import insert_new, read_plan
from models.alarms import AlarmKind
from models.calendars import WorkingCalendar
from models.errors import PermanentError, RefusedError
from models.plans import RequirementKind
from models.submissions import Attachment
from services.alarms import raise_alarm
from services.decisions import Verdict
from services.dispatch_letters import dispatch_letter, last_try_at, recipients_of
from services.dispatch_packages import make_package
from services.journal import note, record
from services.milestones import end_milestone
from services.outbox import enqueue, ids_by_key
from services.report_files import read_files
from services.report_records import (
    ReportRecord,
    content_hash,
    find_report,
    read_report,
    refuse_disagreeing,
)
from services.signed_files import SIGNED


def dispatch_report(
    engine: Engine,
    plan_id: str,
    *,
    by: str,
    blobs: BlobStore,
    calendar: WorkingCalendar,
    now: datetime,
) -> int:
    """Write to UBND tỉnh and the department with the files (E17) and make the package.

    Returns how many letters are new; the second time none is, and the package stays the first.

    Raises:
        RefusedError: the report is not approved, not numbered, a figure does not reconcile, or a
            file on disk is not the one recorded (an alarm tells it too).
    """
    _refuse_unfit(engine, plan_id, blobs=blobs, now=now)
    added = _enqueue(engine, plan_id, by=by, calendar=calendar, now=now)
    if added or not _is_packed(engine, plan_id):
        # After the letters: the journal in the package tells of the dispatch itself.
        make_package(engine, plan_id, by=by, blobs=blobs, now=now)
    return added


def _enqueue(
    engine: Engine, plan_id: str, *, by: str, calendar: WorkingCalendar, now: datetime
) -> int:
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id)
        _refuse_unready(report)
        files = sent_files(connection, report)
        last = last_try_at(plan, calendar=calendar, now=now)
        letters = [
            dispatch_letter(
                connection, plan, report, unit_id=unit_id, files=files, dispatched_at=now,
                not_after=last, now=now,
            )
            for unit_id in recipients_of(plan)
        ]  # fmt: skip
        added = enqueue(connection, letters, commune=plan.commune, now=now)
        ids = ids_by_key(connection, [letter.dedupe_key for letter in letters])
        rows = [
            {"plan_id": plan_id, "recipient": letter.unit_id, "report_id": report.id, "at": now,
             "by": by, "outbox_id": ids[letter.dedupe_key]}
            for letter in letters
        ]  # fmt: skip
        insert_new(connection, tables.dispatches, rows)
        if added:
            end_milestone(connection, plan, RequirementKind.FINAL_REPORT, now=now)
            sums = [file.sha256 for file in files]
            notes = [note("report.dispatched", report.id, sha256=report.sha256, files=sums)]
            record(connection, notes, commune=plan.commune, actor=by, at=now)
    return added


def _is_packed(engine: Engine, plan_id: str) -> bool:
    """Whether a package was made since the dispatch: a crash may have come between the two."""
    d, p = tables.dispatches.c, tables.report_packages.c
    statement = select(p.sha256).join(tables.dispatches, d.report_id == p.report_id)
    with transaction(engine) as connection:
        found = connection.execute(statement.where(d.plan_id == plan_id, p.at >= d.at)).first()
    return found is not None


def sent_files(connection: Connection, report: ReportRecord) -> tuple[Attachment, ...]:
    """The files that go out: those issued, the signed PDF in the place of the unsigned."""
    issued = read_files(connection, report.id, role="issued")
    signed = read_files(connection, report.id, role=SIGNED)
    replaced = {file.media_type for file in signed}
    return (*(file for file in issued if file.media_type not in replaced), *signed)


def _refuse_unfit(engine: Engine, plan_id: str, *, blobs: BlobStore, now: datetime) -> None:
    """Check the figures, and every file on disk against its record (reliability.md 3.9, row 96)."""
    with transaction(engine) as connection:
        plan, report = read_plan(connection, plan_id), read_report(connection, plan_id)
        _refuse_unready(report)
        files = sent_files(connection, report)
    altered = [fault for file in files if (fault := _fault_of(file, blobs))]
    if content_hash(report.content, report.version) != report.sha256:
        altered.append("nội dung trong cơ sở dữ liệu khác nội dung đã duyệt")
    if not altered:
        return
    text = f"Không phát hành báo cáo của '{plan_id}': {'; '.join(altered)}"
    with transaction(engine) as connection:
        raise_alarm(
            connection, f"report-altered/{report.id}", AlarmKind.REPORT, text=text,
            commune=plan.commune, now=now,
        )  # fmt: skip
    raise RefusedError(f"{text}. Hãy khôi phục tệp từ bản sao lưu rồi phát hành lại.")


def _fault_of(file: Attachment, blobs: BlobStore) -> str | None:
    try:
        blobs.get(file.sha256)
    except PermanentError as error:
        return f"{file.name}: {error}".rstrip(".")
    return None


def dispatch_if_ready(
    engine: Engine,
    plan_id: str,
    *,
    by: str,
    blobs: BlobStore,
    calendar: WorkingCalendar,
    now: datetime,
) -> int:
    """Dispatch the newest version if it is approved and numbered; else 0, and nothing changes."""
    report = find_report(engine, plan_id)
    if report is None or report.verdict != Verdict.APPROVED or report.number is None:
        return 0
    return dispatch_report(engine, plan_id, by=by, blobs=blobs, calendar=calendar, now=now)


def _refuse_unready(report: ReportRecord) -> None:
    if report.verdict != Verdict.APPROVED:
        raise RefusedError("Báo cáo chưa được lãnh đạo phê duyệt nên chưa gửi được.")
    if report.number is None or report.issued_on is None:
        raise RefusedError("Báo cáo chưa có số, ngày; văn thư nhập bằng `dondoc report number`.")
    refuse_disagreeing(report)
