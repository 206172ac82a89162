"""The number and day that văn thư gives: unique in a year's series, in the order of days."""

from datetime import date, datetime

from sqlalchemy import Connection, Engine, Row, select, update
from sqlalchemy.exc import IntegrityError

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_plan
from models.errors import RefusedError
from models.vietnamese import format_day, local_day
from services.decisions import Verdict
from services.files import render_files
from services.journal import lock_chain, note, record
from services.report_files import file_name, keep_files
from services.report_records import ReportRecord, read_report

ONE_SERIES = "chung"  # one register for all types of documents (Điều 15.1c: the head decides)


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
        RefusedError: the newest version is not approved, has another number, the number is used,
            or a smaller number has a later day.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id)
        if report.verdict != Verdict.APPROVED:
            raise RefusedError("Báo cáo chưa được lãnh đạo phê duyệt nên chưa cấp số được.")
        if report.number is not None:
            return _already(report, number, issued_on)
        _refuse_odd_day(report, issued_on, now)
        _refuse_disorder(connection, plan, number, issued_on)
    numbered = report.model_copy(update={"number": number, "issued_on": issued_on})
    files = render_files(numbered.document, name=file_name(plan, numbered), blobs=blobs, at=now)
    with transaction(engine) as connection:
        # One at a time: two plans numbered at once must see each other's number and day.
        lock_chain(connection, plan.commune)
        if read_report(connection, plan_id).number is None:
            _refuse_disorder(connection, plan, number, issued_on)
        if not _give_number(
            connection, report, number=number, issued_on=issued_on, by=by, now=now
        ):  # two may enter a number at once
            return _already(read_report(connection, plan_id), number, issued_on)
        keep_files(connection, report.id, role="issued", files=files)
        notes = [note("report.numbered", report.id, number=number, issued_on=issued_on.isoformat())]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
    return numbered


def _give_number(
    connection: Connection,
    report: ReportRecord,
    *,
    number: int,
    issued_on: date,
    by: str,
    now: datetime,
) -> bool:
    c = tables.reports.c
    statement = (
        update(tables.reports)
        .where(c.id == report.id, c.number.is_(None))
        .values(
            number=number, issued_on=issued_on, numbered_by=by, numbered_at=now,
            series=ONE_SERIES, issued_year=issued_on.year,
        )
    )  # fmt: skip
    try:
        return connection.execute(statement).rowcount == 1
    except IntegrityError as error:  # the unique index has the last word
        raise RefusedError(
            f"Số {number} năm {issued_on.year} vừa được cấp cho báo cáo khác."
        ) from error


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


def _refuse_disorder(
    connection: Connection, plan: PlanRecord, number: int, issued_on: date
) -> None:
    """Refuse a used number, and a day out of the order of the numbers (Điều 15; F-28, F-31)."""
    c = tables.reports.c
    given = connection.execute(
        select(c.id, c.number, c.issued_on)
        .where(c.commune == plan.commune, c.issued_year == issued_on.year, c.series == ONE_SERIES)
        .order_by(c.number)
    ).all()
    for row in given:
        if row.number == number:
            raise RefusedError(f"Số {number} năm {issued_on.year} đã cấp cho {row.id}.")
        if (row.number < number) != (row.issued_on <= issued_on) and row.issued_on != issued_on:
            raise RefusedError(_disorder(row, number, issued_on))


def _disorder(row: Row[tuple[str, int, date]], number: int, issued_on: date) -> str:
    return (
        f"Số {number} ngày {format_day(issued_on)} không theo thứ tự sổ đăng ký: số {row.number} "
        f"đã cấp ngày {format_day(row.issued_on)}; hãy kiểm tra lại số, ngày (Điều 15 NĐ 30)."
    )
