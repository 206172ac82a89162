"""Periodic reports: drafted for the coordinator at their cut-off, from what is accepted by then."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_obligations, read_plan
from models.boards import Board
from models.calendars import WorkingCalendar
from models.coverage import coverage_of
from models.documents import OfficialDocument
from models.obligations import Obligation
from models.periodic_report import build_periodic_report, progress_of
from models.plans import Period, Requirement, RequirementKind
from models.report_annexes import result_of
from models.report_outline import ReportOutline
from models.report_prose import gather
from models.totals import compute_totals
from services.boards import read_board
from services.files import render_files
from services.journal import note, record
from services.reports import keep_files, read_accepted, read_counted, read_files

DRAFTER = "dondoc"


def draft_periodic_reports(
    engine: Engine,
    plan_id: str,
    *,
    outline: ReportOutline | None,
    blobs: BlobStore,
    calendar: WorkingCalendar,
    now: datetime,
) -> int:
    """Draft every periodic report whose cut-off has passed, once; returns how many are new."""
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        wanted = [
            (requirement, period)
            for requirement in plan.dossier.plan.requirements
            if requirement.kind is RequirementKind.PERIODIC_REPORT
            for period in requirement.periods
            if period.cutoff is not None
            and period.cutoff <= now
            and not read_files(connection, draft_id(plan_id, requirement, period), role="draft")
        ]
    for requirement, period in wanted:
        document = _document(engine, plan, period, outline=outline, calendar=calendar)
        files = render_files(
            document, name=f"BC-dinh-ky-{period.id}", blobs=blobs, at=period.cutoff or now
        )
        with transaction(engine) as connection:
            report_id = draft_id(plan_id, requirement, period)
            keep_files(connection, report_id, role="draft", files=files)
            notes = [note("periodic.drafted", report_id)]
            record(connection, notes, commune=plan.commune, actor=DRAFTER, at=now)
    return len(wanted)


def draft_id(plan_id: str, requirement: Requirement, period: Period) -> str:
    """The id under which a periodic draft's files are kept."""
    return f"{plan_id}/{requirement.id}/{period.id}"


def _document(
    engine: Engine,
    plan: PlanRecord,
    period: Period,
    *,
    outline: ReportOutline | None,
    calendar: WorkingCalendar,
) -> OfficialDocument:
    cutoff = period.cutoff
    assert cutoff is not None
    board = read_board(engine, plan.id, calendar=calendar, as_of=cutoff)
    with transaction(engine) as connection:
        counted = _as_on(board, read_counted(connection, plan))
        reports = read_accepted(connection, plan.id, counted)
        obligations = read_obligations(connection, commune=plan.commune, plan_id=plan.id)
    totals = compute_totals(plan.dossier.catalogue, reports, constants=plan.dossier.constants)
    return build_periodic_report(
        plan.dossier,
        period=period.name or period.id,
        totals=totals,
        coverage=coverage_of(plan.dossier.units, counted, nil_units=totals.nil_units),
        progress=progress_of(
            plan.dossier, obligations, {row.obligation_id: row.standing for row in board.rows}
        ),
        cutoff=cutoff,
        outline=outline,
    )


def _as_on(board: Board, obligations: Sequence[Obligation]) -> list[Obligation]:
    # A draft written late still tells what was accepted by its cut-off.
    rows = {row.obligation_id: row for row in board.rows}
    return [
        o.model_copy(
            update={
                "state": rows[o.id].state,
                "version": rows[o.id].version,
                "first_received_at": rows[o.id].received_at,
            }
        )
        for o in obligations
        if o.id in rows
    ]


def read_figures(engine: Engine, plan_id: str) -> list[dict[str, str]]:
    """The figures so far, one line for each indicator that has one, for people."""
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        counted = read_counted(connection, plan)
        reports = read_accepted(connection, plan_id, counted)
    catalogue = plan.dossier.catalogue
    totals = compute_totals(catalogue, reports, constants=plan.dossier.constants)
    coverage = coverage_of(plan.dossier.units, counted, nil_units=totals.nil_units)
    material = gather(plan.dossier, totals, coverage, edits={}, outline=None, reports=reports)
    return [
        {
            "Chỉ tiêu": f"{catalogue.indicator(total.indicator_id).name} ({total.indicator_id})",
            "Đơn vị tính": catalogue.indicator(total.indicator_id).unit_of_measure,
            "Đến nay": result_of(total, material),
            "Số đơn vị có số liệu": str(len(total.reporting_units)),
        }
        for total in totals.totals
        if total.value is not None
    ]
