"""The signed PDF: entered by the office, compared with what was issued, never changed after."""

from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import insert_new, read_plan
from adapters.pdf_signatures import PdfFacts, PdfSignature, overlaps, read_pdf_facts
from models.agencies import Agency
from models.errors import RefusedError
from models.submissions import Attachment
from models.values import Value
from models.vietnamese import fold_key
from services.files import PDF
from services.journal import note, record
from services.report_files import keep_files, read_files
from services.report_records import ReportRecord, read_report

SIGNED = "signed"
BOTH = 2  # the person, then the agency
# What signing programs print of themselves inside their picture.
STAMPS = ("ký bởi", "người ký", "cơ quan:", "thời gian ký", "ngày ký", "email:", "digitally signed")
MOST_SHOWN = 3
IMMUTABLE = (
    "Bản đã ký của báo cáo không thay được (Điều 18.3 NĐ 30/2020/NĐ-CP): sai nội dung thì ban hành "
    "văn bản có hình thức tương đương thay thế; sai thể thức, kỹ thuật trình bày thì đính chính "
    "bằng công văn."
)


class SignedFile(Value):
    """The signed PDF of a report: its signatures as read, and what is doubtful about it."""

    report_id: str
    sha256: str
    signatures: tuple[str, ...]  # names in the order of signing
    warnings: tuple[str, ...]
    by: str
    at: datetime


def enter_signed(
    engine: Engine, plan_id: str, content: bytes, *, by: str, blobs: BlobStore, now: datetime
) -> SignedFile:
    """Keep the signed PDF of the numbered report; the same file again changes nothing.

    Raises:
        PermanentError: the file is no readable PDF.
        RefusedError: the report has no number, its text is not that of the issued PDF, or another
            signed file was entered.
    """
    with transaction(engine) as connection:
        plan, report = read_plan(connection, plan_id), read_report(connection, plan_id)
        issued = [f for f in read_files(connection, report.id, role="issued")
                  if f.media_type == PDF]  # fmt: skip
    if not issued or report.number is None:
        raise RefusedError("Báo cáo chưa có số, ngày nên chưa có bản để ký.")
    original = blobs.get(issued[0].sha256)
    facts = read_pdf_facts(content)
    added = _refuse_other_text(read_pdf_facts(original), facts)
    is_appended = content.startswith(original) and len(content) > len(original)
    warnings = (
        *_doubts(facts, report, plan.dossier.plan.agency),
        *(() if is_appended else (_REWRITTEN,)),
        *(f"trang {page} có thêm dòng của phần mềm ký: {line}" for page, line in added),
    )
    made = SignedFile(
        report_id=report.id, sha256=blobs.put(content), warnings=warnings, by=by, at=now,
        signatures=tuple(", ".join(one.names) or one.field for one in facts.signatures),
    )  # fmt: skip
    name = issued[0].name.removesuffix(".pdf") + "_signed.pdf"
    file = Attachment(sha256=made.sha256, name=name, size=len(content), media_type=PDF)
    return _keep(engine, made, file, commune=plan.commune)


_REWRITTEN = (
    "tệp không phải bản phát hành được ký nối tiếp (phần mềm ký đã ghi lại tệp): đã so lời văn "
    "từng trang"
)


def _keep(engine: Engine, made: SignedFile, file: Attachment, *, commune: str) -> SignedFile:
    with transaction(engine) as connection:
        if not insert_new(connection, tables.signed_files, [made.model_dump()]):
            known = read_signed(connection, made.report_id)
            if known is None or known.sha256 != made.sha256:
                raise RefusedError(IMMUTABLE)
            return known
        keep_files(connection, made.report_id, role=SIGNED, files=(file,))
        told = note(
            "report.signed", made.report_id, sha256=made.sha256,
            signatures=list(made.signatures), warnings=list(made.warnings),
        )  # fmt: skip
        record(connection, [told], commune=commune, actor=made.by, at=made.at)
    return made


def find_signed(engine: Engine, report_id: str) -> SignedFile | None:
    """The signed file of a report; None while there is none."""
    with transaction(engine) as connection:
        return read_signed(connection, report_id)


def read_signed(connection: Connection, report_id: str) -> SignedFile | None:
    """The signed file of a report within a transaction; None while there is none."""
    s = tables.signed_files
    row = connection.execute(select(s).where(s.c.report_id == report_id)).mappings().first()
    return None if row is None else SignedFile.model_validate(dict(row))


def _refuse_other_text(issued: PdfFacts, signed: PdfFacts) -> list[tuple[int, str]]:
    """Compare the lines page by page; returns lines that a signing program added, with the page.

    Raises:
        RefusedError: a page or a line is missing, changed or added.
    """
    if len(issued.pages) != len(signed.pages):
        raise RefusedError(
            f"Tệp có {len(signed.pages)} trang, bản phát hành có {len(issued.pages)} trang; hãy ký "
            "đúng tệp PDF đã phát hành."
        )
    stamps, faults = [], []
    for page, (want, found) in enumerate(zip(issued.pages, signed.pages, strict=True), start=1):
        for line, is_added in _changed(want, found):
            if is_added and any(mark in line.casefold() for mark in STAMPS):
                stamps.append((page, line))
            else:
                faults.append(f"- trang {page}: {'thêm' if is_added else 'mất'} “{line[:80]}”")
    if faults:
        shown = "\n".join(faults[:MOST_SHOWN])
        raise RefusedError(
            f"Nội dung tệp khác bản đã duyệt ở {len(faults)} dòng:\n{shown}\nHãy ký đúng tệp PDF "
            "đã phát hành (bản quét không so được nội dung)."
        )
    return stamps


def _changed(want: tuple[str, ...], found: tuple[str, ...]) -> list[tuple[str, bool]]:
    changes = SequenceMatcher(None, want, found, autojunk=False).get_opcodes()
    return [
        (line, is_added)
        for tag, i, j, k, m in changes
        if tag != "equal"
        for lines, is_added in ((want[i:j], False), (found[k:m], True))
        for line in lines
    ]


def _doubts(facts: PdfFacts, report: ReportRecord, agency: Agency) -> tuple[str, ...]:
    """What is doubtful of the signatures (F-65); their certificates are the signing tool's job."""
    if not facts.signatures:
        return ("tệp không có chữ ký số",)
    doubts = [
        f"chữ ký {number} không phủ toàn bộ phần tệp trước nó"
        for number, one in enumerate(facts.signatures, start=1)
        if not one.is_whole
    ]
    if facts.signatures[-1].end != facts.size:
        doubts.append("sau chữ ký cuối cùng tệp còn được ghi thêm")
    if overlaps(facts.signatures):
        doubts.append("hai chữ ký phủ cùng một phần tệp")
    if facts.empty_fields:
        doubts.append(f"còn {len(facts.empty_fields)} ô chữ ký chưa ký")
    return (*doubts, *_order(facts.signatures, report.document.signer_name, agency.name))


def _order(signatures: tuple[PdfSignature, ...], signer: str, agency: str) -> tuple[str, ...]:
    if len(signatures) != BOTH:
        return (f"tệp có {len(signatures)} chữ ký, cần 2: người ký rồi đến cơ quan",)
    found = [(_says(one, signer), _says(one, agency)) for one in signatures]
    if found[0][1] and found[1][0]:
        return ("cơ quan ký trước người ký: phải ngược lại",)
    if not (found[0][0] and found[1][1]):
        return ("không đọc được tên người ký, cơ quan trong chứng thư để kiểm tra thứ tự ký",)
    return ()


def _says(signature: PdfSignature, name: str) -> bool:
    wanted = fold_key(name)
    return bool(wanted) and any(wanted in fold_key(one) for one in signature.names)
