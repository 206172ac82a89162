"""The final report: assembled from accepted answers, versioned, every figure traceable."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_obligations, read_plan
from models.coverage import Coverage, coverage_of
from models.cross_checks import cross_check
from models.errors import RefusedError
from models.final_report import build_final_report
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.report_edits import latest_of, unconfirmed_doubts
from models.report_events import events_of
from models.report_outline import ReportOutline
from models.report_prose import Material, gather
from models.submissions import Answer, Attachment
from models.totals import AcceptedReport, compute_totals
from services.files import render_files
from services.journal import note, record
from services.report_edit_records import read_edits
from services.report_files import file_name, keep_files, read_files, save_files
from services.report_records import (
    FINAL,
    ReportContent,
    ReportRecord,
    content_hash,
    find_report,
    latest_report,
    read_report,
)

__all__ = [
    "COUNTED",
    "FINAL",
    "ReportContent",
    "ReportRecord",
    "assemble",
    "content_hash",
    "file_name",
    "find_report",
    "gather_material",
    "is_partial",
    "keep_files",
    "read_accepted",
    "read_counted",
    "read_files",
    "read_report",
    "save_files",
]

COUNTED = frozenset({RequirementKind.UNIT_REPORT, RequirementKind.VILLAGE_SHEET})


def assemble(
    engine: Engine,
    plan_id: str,
    *,
    outline: ReportOutline | None,
    blobs: BlobStore,
    actor: str,
    now: datetime,
) -> ReportRecord:
    """Assemble the report from what is accepted; the same answers give the version there is.

    Raises:
        RefusedError: the plan has no report to assemble, or the report was sent already.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        latest = latest_report(connection, plan_id)
        if latest is not None and latest.verdict == "approved":
            return latest
        content, as_of = _compose(connection, plan, outline, now=now)
    if latest is not None and latest.sha256 == content_hash(content, latest.version):
        return latest
    version = latest.version + 1 if latest else 1
    made = ReportRecord(
        id=f"{plan_id}/{FINAL}/{version}", plan_id=plan_id, version=version, created_at=now,
        as_of=as_of, partial=is_partial(content.coverage), content=content,
        sha256=content_hash(content, version),
    )  # fmt: skip
    files = render_files(made.document, name=file_name(plan, made), blobs=blobs, at=as_of)
    _store(engine, plan, made, files=files, actor=actor)
    return made


def _store(
    engine: Engine,
    plan: PlanRecord,
    made: ReportRecord,
    *,
    files: Sequence[Attachment],
    actor: str,
) -> None:
    columns = {"id", "plan_id", "version", "created_at", "as_of", "partial", "sha256"}
    row = made.model_dump(include=columns)
    with transaction(engine) as connection:
        connection.execute(
            insert(tables.reports).values(
                row | {"commune": plan.commune, "kind": FINAL,
                       "content": made.content.model_dump(mode="json")}
            )
        )  # fmt: skip
        keep_files(connection, made.id, role="draft", files=files)
        notes = [note("report.assembled", made.id, sha256=made.sha256, partial=made.partial)]
        record(connection, notes, commune=plan.commune, actor=actor, at=made.created_at)


def _compose(
    connection: Connection, plan: PlanRecord, outline: ReportOutline | None, *, now: datetime
) -> tuple[ReportContent, datetime]:
    counted = read_counted(connection, plan)
    edits = latest_of(read_edits(connection, plan.id))
    material = gather_material(connection, plan, outline, counted=counted)
    as_of = max(_told_at(o, now) for o in counted)
    totals, coverage = material.totals, material.coverage
    report = build_final_report(
        plan.dossier,
        totals,
        coverage,
        number=None,
        issued_on=None,
        as_of=as_of,
        partial=is_partial(coverage),
        edits={place: edit.text for place, edit in edits.items()},
        drafts={p: e.draft for p, e in edits.items() if e.is_own and e.draft is not None},
        outline=outline,
        reports=material.reports,
    )
    events = events_of(plan.dossier.catalogue, totals)
    found = cross_check(plan.dossier, material.reports, totals, events=events)
    doubts = (*(f.message for f in found), *unconfirmed_doubts(report.unconfirmed))
    content = ReportContent(report=report, totals=totals, coverage=coverage, doubts=doubts)
    return content, as_of


def _told_at(obligation: Obligation, now: datetime) -> datetime:
    """When the last thing was known of an obligation; of an open one, that its time has passed."""
    due = obligation.effective_due_at
    return obligation.closed_at or (due if due <= now else obligation.opened_at)


def gather_material(
    connection: Connection,
    plan: PlanRecord,
    outline: ReportOutline | None,
    *,
    counted: Sequence[Obligation],
) -> Material:
    """What the report is written from as things stand, the office's own texts left aside.

    Raises:
        RefusedError: the plan has no report to assemble.
    """
    if not counted:
        raise RefusedError(f"Kế hoạch '{plan.id}' không có báo cáo nào của đơn vị để tổng hợp.")
    reports = read_accepted(connection, plan.id, counted)
    totals = compute_totals(plan.dossier.catalogue, reports, constants=plan.dossier.constants)
    coverage = coverage_of(plan.dossier.units, counted, nil_units=totals.nil_units)
    return gather(plan.dossier, totals, coverage, edits={}, outline=outline, reports=reports)


def is_partial(coverage: Coverage) -> bool:
    """Whether a unit's figures are still wanting."""
    return bool(coverage.missing or coverage.waiting)


def read_counted(connection: Connection, plan: PlanRecord) -> list[Obligation]:
    """The obligations whose answers the report adds up, in official order of units."""
    obligations = read_obligations(connection, commune=plan.commune, plan_id=plan.id)
    counted = [o for o in obligations if o.kind in COUNTED]
    return sorted(counted, key=lambda o: plan.dossier.units.unit(o.unit_id).order)


def read_accepted(
    connection: Connection, plan_id: str, counted: Sequence[Obligation]
) -> tuple[AcceptedReport, ...]:
    """The accepted answers to those obligations, each in its accepted version."""
    versions = {o.id: o.version for o in counted if o.state is ObligationState.ACCEPTED}
    units = {o.id: o.unit_id for o in counted}
    c = tables.submissions.c
    rows = connection.execute(
        select(c.id, c.obligation_id, c.version, c.answer)
        .where(c.obligation_id.startswith(f"{plan_id}/"))
        .order_by(c.obligation_id)
    )
    return tuple(
        AcceptedReport(
            unit_id=units[row.obligation_id], submission_id=row.id,
            obligation_id=row.obligation_id, answer=Answer.model_validate(row.answer),
        )
        for row in rows
        if versions.get(row.obligation_id) == row.version
    )  # fmt: skip
