"""The final report: assembled from accepted answers, versioned, every figure traceable."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, insert_new, read_obligations, read_plan
from models.coverage import Coverage, coverage_of
from models.cross_checks import cross_check
from models.documents import OfficialDocument
from models.errors import RefusedError, UsageError
from models.final_report import FinalReport, build_final_report
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.report_events import events_of
from models.report_outline import ReportOutline
from models.submissions import Answer, Attachment
from models.totals import AcceptedReport, Totals, compute_totals
from models.values import Value
from services.files import render_files
from services.journal import note, record

FINAL = "final"
COUNTED = frozenset({RequirementKind.UNIT_REPORT, RequirementKind.VILLAGE_SHEET})


class ReportContent(Value):
    """What a version of the report consists of; frozen, hashed and shown to the leader."""

    report: FinalReport
    totals: Totals
    coverage: Coverage
    doubts: tuple[str, ...] = ()  # what the cross-checks ask about, in Vietnamese


class ReportRecord(Value):
    """One version of the final report as the ledger holds it."""

    id: str
    plan_id: str
    version: int
    created_at: datetime
    as_of: datetime
    partial: bool
    content: ReportContent
    sha256: str
    number: int | None = None
    issued_on: date | None = None
    verdict: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    comment: str | None = None

    @property
    def document(self) -> OfficialDocument:
        """The document as it goes out: numbered and dated once both are known."""
        document = self.content.report.document
        if self.number is None:
            return document
        return document.model_copy(
            update={"number": self.number, "issued_on": self.issued_on, "draft_mark": None}
        )


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
        latest = _latest(connection, plan_id)
        if latest is not None and latest.verdict == "approved":
            return latest
        content, as_of = _compose(connection, plan, outline)
    if latest is not None and latest.sha256 == _sha256(content, latest.version):
        return latest
    version = latest.version + 1 if latest else 1
    made = ReportRecord(
        id=f"{plan_id}/{FINAL}/{version}", plan_id=plan_id, version=version, created_at=now,
        as_of=as_of, partial=is_partial(content.coverage), content=content,
        sha256=_sha256(content, version),
    )  # fmt: skip
    files = render_files(made.document, name=file_name(plan, made), blobs=blobs, at=as_of)
    _store(engine, plan, made, files=files, actor=actor)
    return made


def _sha256(content: ReportContent, version: int) -> str:
    # A later version may say again what an earlier one said; a decision names one of them.
    return hashlib.sha256(f"{version}\n{content.model_dump_json()}".encode()).hexdigest()


def _store(
    engine: Engine,
    plan: PlanRecord,
    made: ReportRecord,
    *,
    files: Sequence[Attachment],
    actor: str,
) -> None:
    decided = {"verdict", "decided_by", "decided_at", "comment"}
    row = made.model_dump(exclude={"content", *decided})
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


def keep_files(
    connection: Connection, report_id: str, *, role: str, files: Sequence[Attachment]
) -> None:
    """Note which stored files belong to a report in a role; again changes nothing."""
    rows = [
        {"report_id": report_id, "role": role, "media_type": f.media_type, "name": f.name,
         "sha256": f.sha256}
        for f in files
    ]  # fmt: skip
    insert_new(connection, tables.report_files, rows)


def read_files(connection: Connection, report_id: str, *, role: str) -> tuple[Attachment, ...]:
    """The files of a report in a role, DOCX before PDF; empty when there are none."""
    c = tables.report_files.c
    rows = connection.execute(
        select(c.sha256, c.name, c.media_type)
        .where(c.report_id == report_id, c.role == role)
        .order_by(c.name)
    )
    return tuple(
        Attachment(sha256=r.sha256, name=r.name, size=0, media_type=r.media_type) for r in rows
    )


def _compose(
    connection: Connection, plan: PlanRecord, outline: ReportOutline | None
) -> tuple[ReportContent, datetime]:
    counted = read_counted(connection, plan)
    if not counted:
        raise RefusedError(f"Kế hoạch '{plan.id}' không có báo cáo nào của đơn vị để tổng hợp.")
    reports = read_accepted(connection, plan.id, counted)
    as_of = max(o.closed_at or o.opened_at for o in counted)
    totals = compute_totals(plan.dossier.catalogue, reports)
    coverage = coverage_of(plan.dossier.units, counted, nil_units=totals.nil_units)
    report = build_final_report(
        plan.dossier,
        totals,
        coverage,
        number=None,
        issued_on=None,
        as_of=as_of,
        partial=is_partial(coverage),
        edits=_edits(connection, plan.id),
        outline=outline,
        reports=reports,
    )
    events = events_of(plan.dossier.catalogue, totals)
    doubts = tuple(f.message for f in cross_check(plan.dossier, reports, totals, events=events))
    content = ReportContent(report=report, totals=totals, coverage=coverage, doubts=doubts)
    return content, as_of


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


def _edits(connection: Connection, plan_id: str) -> dict[str, str]:
    c = tables.report_edits.c
    rows = connection.execute(select(c.place, c.text).where(c.plan_id == plan_id).order_by(c.id))
    return {row.place: row.text for row in rows}


def edit_report(
    engine: Engine, plan_id: str, *, place: str, text: str, by: str, now: datetime
) -> None:
    """Keep the office's own text for a heading of the outline; the next assembly uses it."""
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        row = {"plan_id": plan_id, "place": place, "text": text, "by": by, "at": now}
        connection.execute(insert(tables.report_edits).values(row))
        notes = [note("report.edited", plan_id, place=place)]
        record(connection, notes, commune=plan.commune, actor=by, at=now)


def read_report(
    connection: Connection, plan_id: str, *, version: int | None = None
) -> ReportRecord:
    """A version of the plan's report, the newest by default.

    Raises:
        UsageError: there is no such version.
    """
    found = _latest(connection, plan_id, version=version)
    if found is None:
        raise UsageError(
            f"Kế hoạch '{plan_id}' chưa có dự thảo báo cáo; hãy chạy `dondoc report assemble`."
        )
    return found


def find_report(engine: Engine, plan_id: str, *, version: int | None = None) -> ReportRecord | None:
    """A version of the plan's report, the newest by default; None when there is none."""
    with transaction(engine) as connection:
        return _latest(connection, plan_id, version=version)


def _latest(
    connection: Connection, plan_id: str, *, version: int | None = None
) -> ReportRecord | None:
    r, d = tables.reports.c, tables.decisions.c
    newest = select(func.max(r.version)).where(r.plan_id == plan_id, r.kind == FINAL)
    statement = (
        select(
            *[c for c in r if c.name not in {"commune", "kind", "numbered_by", "numbered_at"}],
            d.verdict, d.by.label("decided_by"), d.at.label("decided_at"), d.comment,
        )
        .join_from(tables.reports, tables.decisions, d.report_id == r.id, isouter=True)
        .where(r.plan_id == plan_id, r.kind == FINAL)
        .where(r.version == (newest.scalar_subquery() if version is None else version))
    )  # fmt: skip
    row = connection.execute(statement).mappings().first()
    return None if row is None else ReportRecord.model_validate(dict(row))


def file_name(plan: PlanRecord, report: ReportRecord) -> str:
    """The file name of a version without its ending: ASCII, sortable, short (domain.md 2.6)."""
    number = f"{report.number:02d}" if report.number is not None else "DU-THAO"
    day = (report.issued_on or report.as_of.date()).strftime("%Y%m%d")
    tag = plan.dossier.plan.commune_tag
    return f"{day}_BC_{number}_UBND-{tag}_{plan.dossier.plan.code}_v{report.version:02d}"


def save_files(
    engine: Engine, report: ReportRecord, *, blobs: BlobStore, folder: Path
) -> tuple[Path, ...]:
    """Copy the report's files into a folder: the issued ones, or the draft before that."""
    role = "draft" if report.number is None else "issued"
    with transaction(engine) as connection:
        files = read_files(connection, report.id, role=role)
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for file in files:
        path = folder / file.name
        path.write_bytes(blobs.get(file.sha256))
        saved.append(path)
    return tuple(saved)
