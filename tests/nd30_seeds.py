"""Sound documents for the linter, and ways to seed one defect in each."""

import io
import unicodedata
import zipfile
from datetime import UTC, datetime
from functools import lru_cache

from adapters.docx import write_docx
from adapters.pdf import write_pdf
from adapters.rule_sets import read_rule_set
from models.document_rules import FormVerdict
from models.documents import Annex, OfficialDocument, Table
from services.document_linting import lint_file
from tests.adapters.sample_document import final_report, urging_letter

AT = datetime(2026, 6, 26, 9, 30, tzinfo=UTC)
MAIN, HEADER = "word/document.xml", "word/header1.xml"
CITED = "Nghị quyết số 57-NQ/TW ngày 22 tháng 12 năm 2024 của Bộ Chính trị về đột phá phát triển khoa học, công nghệ"


def reworded(document: OfficialDocument, old: str, new: str) -> OfficialDocument:
    """Change words wherever they stand in a document."""
    text = document.model_dump_json()
    assert old in text
    return OfficialDocument.model_validate_json(text.replace(old, new))


def _short(annex: Annex) -> Annex:
    blocks = tuple(
        block.model_copy(update={"rows": block.rows[:3]}) if isinstance(block, Table) else block
        for block in annex.blocks
    )
    return annex.model_copy(update={"blocks": blocks})


@lru_cache
def report() -> OfficialDocument:
    """Return a báo cáo of the commune without any breach."""
    annexes = tuple(_short(annex) for annex in final_report().annexes)
    sample = reworded(
        final_report(annexes=annexes), "Nghị quyết số 57-NQ/TW của Bộ Chính trị", CITED
    )
    return reworded(
        sample, "Tiếp tục triển khai Nghị quyết số 57-NQ/TW", f"Tiếp tục triển khai {CITED}"
    )


@lru_cache
def letter() -> OfficialDocument:
    """Return an issued công văn without any breach."""
    return reworded(
        urging_letter(number=245, issued_on="2026-06-23", draft_mark=None),
        "ban hành Kế hoạch số 87/KH-UBND",
        "ban hành Kế hoạch số 87/KH-UBND về tổ chức các hoạt động",
    )


@lru_cache
def plan() -> OfficialDocument:
    """Return a kế hoạch with căn cứ."""
    return report().model_copy(
        update={
            "type_name": "Kế hoạch", "symbol": "KH-UBND", "addressees": (), "addressee_via": None,
            "annexes": (), "recipients": ("Các thôn", "Lưu: VT, VHXH"),
            "grounds": (
                "Căn cứ Luật Khoa học, công nghệ và đổi mới sáng tạo ngày 27 tháng 6 năm 2025",
                f"Căn cứ {CITED}",
            ),
        }
    )  # fmt: skip


@lru_cache
def unit_report() -> OfficialDocument:
    """Return the báo cáo of a phòng, with the agency above it."""
    return report().model_copy(
        update={
            "parent_line": "UBND XÃ BÁT MỌT", "agency_lines": ("PHÒNG VĂN HÓA - XÃ HỘI",),
            "symbol": "BC-VHXH", "addressees": ("Ủy ban nhân dân xã Bát Mọt",),
            "addressee_via": None, "annexes": (), "authority_lines": ("TRƯỞNG PHÒNG",),
        }
    )  # fmt: skip


@lru_cache
def docx_of(document: OfficialDocument) -> bytes:
    return write_docx(document, modified=AT)


@lru_cache
def pdf_of(document: OfficialDocument) -> bytes:
    return write_pdf(document, timestamp=AT)


RULES = read_rule_set()


def judged(content: bytes, *, name: str = "mau.docx", kind: str | None = None) -> FormVerdict:
    return lint_file(content, name=name, rules=RULES, kind=kind)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def patched(
    document: OfficialDocument, old: str, new: str, *, part: str = MAIN, most: int = -1
) -> bytes:
    """Change the XML of a part, everywhere or at the first ``most`` places."""
    parts = parts_of(docx_of(document))
    xml = parts[part].decode()
    assert old in xml, old
    parts[part] = xml.replace(old, new, most).encode()
    return packed(parts)


def _paragraph_span(xml: str, text: str) -> tuple[int, int]:
    at = xml.index(text)
    return xml.rindex("<w:p>", 0, at), xml.index("</w:p>", at) + len("</w:p>")


def restyled(document: OfficialDocument, text: str, old: str, new: str) -> bytes:
    """Change the XML of the first paragraph that holds ``text``."""
    parts = parts_of(docx_of(document))
    xml = parts[MAIN].decode()
    start, end = _paragraph_span(xml, text)
    assert old in xml[start:end], xml[start:end]
    parts[MAIN] = (xml[:start] + xml[start:end].replace(old, new) + xml[end:]).encode()
    return packed(parts)


def inserted(document: OfficialDocument, like: str, text: str) -> bytes:
    """Put a paragraph before the one that holds ``like``, in its style, saying ``text``."""
    parts = parts_of(docx_of(document))
    xml = parts[MAIN].decode()
    start, end = _paragraph_span(xml, like)
    said = xml[xml.index('<w:t xml:space="preserve">', start) + 26 : xml.index("</w:t>", start)]
    copy = xml[start:end].replace(said, text)
    parts[MAIN] = (xml[:start] + copy + xml[start:]).encode()
    return packed(parts)


def appended(document: OfficialDocument, like: str, text: str) -> bytes:
    """Put a paragraph after the signature block, in the style of another."""
    parts = parts_of(docx_of(document))
    xml = parts[MAIN].decode()
    start, end = _paragraph_span(xml, like)
    said = xml[xml.index('<w:t xml:space="preserve">', start) + 26 : xml.index("</w:t>", start)]
    at = xml.rindex("</w:tbl>") + len("</w:tbl>")
    parts[MAIN] = (xml[:at] + xml[start:end].replace(said, text) + xml[at:]).encode()
    return packed(parts)


def unruled(document: OfficialDocument, place: int) -> bytes:
    """Take away one of the lines under agency (0), Tiêu ngữ (1) and trích yếu (2)."""
    parts = parts_of(docx_of(document))
    xml = parts[MAIN].decode()
    at = -1
    for _ in range(place + 1):
        at = xml.index("<w:pBdr>", at + 1)
    end = xml.index("</w:pBdr>", at) + len("</w:pBdr>")
    parts[MAIN] = (xml[:at] + xml[end:]).encode()
    return packed(parts)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)
