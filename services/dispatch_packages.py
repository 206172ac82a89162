"""The package of a report for the document system and the archive, and its verification."""

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord, insert_new, read_plan
from adapters.metadata_xml import write_metadata
from adapters.package_zip import read_zip, write_zip
from adapters.pdf_signatures import read_pdf_facts
from models.dispatch_packages import (
    JOURNAL,
    MANIFEST,
    METADATA,
    README,
    JournalExtract,
    Manifest,
    extract_of,
    find_faults,
    packaged,
)
from models.document_metadata import DocumentMetadata, dated, metadata_of
from models.errors import PermanentError, RefusedError
from models.journal import JournalEntry
from models.submissions import Attachment
from models.values import Value
from services.files import PDF
from services.journal import note, record
from services.report_files import file_name, read_files
from services.report_records import FINAL, ReportRecord, read_report

ROLES = ("issued", "signed", "annex")
PACKAGED = "report.packaged"  # told of the package, not within it: it would change its own bytes
ZIP = "application/zip"


class DispatchPackage(Value):
    """A package that was made: its place in the store, its name, and when."""

    report_id: str
    sha256: str
    name: str
    size: int
    by: str
    at: datetime


def make_package(
    engine: Engine, plan_id: str, *, by: str, blobs: BlobStore, now: datetime
) -> DispatchPackage:
    """Pack the numbered report; the same files and journal give the package there is.

    Raises:
        RefusedError: the report has no number.
        PermanentError: a file of the report is missing or was altered.
    """
    with transaction(engine) as connection:
        plan, report = read_plan(connection, plan_id), read_report(connection, plan_id)
        files = [
            (role, file) for role in ROLES for file in read_files(connection, report.id, role=role)
        ]
        entries = _entries(connection, plan)
    if report.number is None:
        raise RefusedError("Báo cáo chưa có số, ngày nên chưa đóng gói được.")
    contents = _contents(plan, report, files, entries, blobs=blobs)
    packed = write_zip(contents)
    made = DispatchPackage(
        report_id=report.id, sha256=blobs.put(packed), name=f"{file_name(plan, report)}.zip",
        size=len(packed), by=by, at=now,
    )  # fmt: skip
    return _keep(engine, made, commune=plan.commune)


def _keep(engine: Engine, made: DispatchPackage, *, commune: str) -> DispatchPackage:
    with transaction(engine) as connection:
        if insert_new(connection, tables.report_packages, [made.model_dump()]):
            notes = [note(PACKAGED, made.report_id, sha256=made.sha256)]
            record(connection, notes, commune=commune, actor=made.by, at=made.at)
            return made
        known = read_packages(connection, made.report_id)
    return next(one for one in known if one.sha256 == made.sha256)


def _contents(
    plan: PlanRecord,
    report: ReportRecord,
    files: list[tuple[str, Attachment]],
    entries: tuple[JournalEntry, ...],
    *,
    blobs: BlobStore,
) -> dict[str, bytes]:
    held = {file.name: blobs.get(file.sha256) for _, file in files}
    metadata = metadata_of(
        report.document, plan.dossier.plan, page_amount=_pages(files, held),
        recipients=(plan.dossier.plan.parent.name, plan.dossier.plan.channel.name),
    )  # fmt: skip
    made = {
        METADATA: write_metadata(metadata),
        JOURNAL: _json(extract_of(plan.commune, entries)),
        README: _readme(metadata, report, [file.name for _, file in files]),
    }
    roles = {file.name: role for role, file in files}
    manifest = Manifest(
        report_id=report.id,
        content_sha256=report.sha256,
        files=tuple(
            packaged(name, content, role=roles.get(name, name.partition(".")[0].lower()))
            for name, content in sorted((held | made).items())
        ),
    )
    return held | made | {MANIFEST: _json(manifest)}


def _json(value: Value) -> bytes:
    return value.model_dump_json(indent=2).encode() + b"\n"


def _pages(files: list[tuple[str, Attachment]], held: dict[str, bytes]) -> int:
    pdf = next(file for _, file in files if file.media_type == PDF)
    return len(read_pdf_facts(held[pdf.name]).pages)


def _readme(metadata: DocumentMetadata, report: ReportRecord, names: list[str]) -> bytes:
    lines = (
        f"{metadata.type_name} {dated(metadata)} của {metadata.organ_name}",
        f"Trích yếu: {metadata.subject}",
        "",
        "Gói này gồm:",
        *(f"- {name}: tệp của báo cáo" for name in names),
        f"- {METADATA}: thông tin đầu vào của văn bản đi (Phụ lục VI NĐ 30/2020/NĐ-CP)",
        f"- {JOURNAL}: trích nhật ký về báo cáo, mỗi dòng kèm mã băm nối chuỗi",
        f"- {MANIFEST}: danh mục tệp kèm mã băm SHA-256",
        "",
        f"Mã nội dung đã được phê duyệt: {report.sha256}",
        "Kiểm tra gói: dondoc report verify-package <tệp .zip>",
    )
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")  # Notepad opens it too


def _entries(connection: Connection, plan: PlanRecord) -> tuple[JournalEntry, ...]:
    j = tables.journal
    prefix = f"{plan.id}/{FINAL}/"
    rows = connection.execute(
        select(j)
        .where(j.c.commune == plan.commune, j.c.subject.startswith(prefix, autoescape=True),
               j.c.action != PACKAGED)
        .order_by(j.c.seq)
    ).mappings()  # fmt: skip
    return tuple(JournalEntry.model_validate(dict(row)) for row in rows)


def read_packages(connection: Connection, report_id: str) -> tuple[DispatchPackage, ...]:
    """The packages of a report, oldest first."""
    p = tables.report_packages
    rows = connection.execute(
        select(p).where(p.c.report_id == report_id).order_by(p.c.at)
    ).mappings()
    return tuple(DispatchPackage.model_validate(dict(row)) for row in rows)


def find_packages(engine: Engine, report_id: str) -> tuple[DispatchPackage, ...]:
    """The packages of a report, oldest first, read in a transaction of its own."""
    with transaction(engine) as connection:
        return read_packages(connection, report_id)


def verify_package(content: bytes) -> tuple[str, ...]:
    """Every fault of a package, in Vietnamese; empty when files, manifest and chain hold.

    Raises:
        PermanentError: it is no readable zip.
    """
    contents = read_zip(content)
    try:
        manifest = Manifest.model_validate_json(contents[MANIFEST])
        extract = JournalExtract.model_validate_json(contents[JOURNAL])
    except (KeyError, ValidationError) as error:
        raise PermanentError(f"Gói thiếu hoặc hỏng {MANIFEST}, {JOURNAL}.") from error
    return find_faults(manifest, extract, contents)
