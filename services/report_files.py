"""Files of a report by role, kept in the store, with their names."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, insert_new
from models.submissions import Attachment
from services.report_records import ReportRecord


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
