"""Reading DOCX and PDF: effective properties, documents by others, and files that are unsafe."""

import io
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from adapters.document_reading import read_document
from models.nd30_anatomy import find_anatomy
from models.nd30_document import ReadDocument, TextLine
from tests.nd30_seeds import RULES, docx_of, judged, letter, packed, parts_of, pdf_of, report
from tests.rendering import convert

WORDPROCESSING = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def line_with(read: ReadDocument, text: str) -> TextLine:
    return next(line for line in read.lines if text in line.text)


def with_document(body: str) -> bytes:
    """A package with this body, as somebody else's program may write it."""
    xml = f'<w:document xmlns:w="{WORDPROCESSING}"><w:body>{body}</w:body></w:document>'
    return packed({**parts_of(docx_of(letter())), "word/document.xml": xml.encode()})


def test_properties_come_from_defaults_styles_and_the_run() -> None:
    made = docx.Document()
    made.styles["Normal"].font.name = "Times New Roman"
    made.styles["Normal"].font.size = Pt(14)
    made.styles["Heading 1"].font.italic = True
    heading = made.add_paragraph("Tiêu đề", style="Heading 1")
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    plain = made.add_paragraph("Nội dung ")
    plain.paragraph_format.first_line_indent = Cm(1)
    plain.paragraph_format.line_spacing = 1.5
    plain.add_run("đậm", style="Strong")
    capitals = made.add_paragraph().add_run("chữ hoa")
    capitals.font.all_caps = True
    read = read_document(saved(made))
    title, text = line_with(read, "Tiêu đề"), line_with(read, "Nội dung")
    assert (title.align, title.faces[0].italic, title.faces[0].bold) == ("center", True, True)
    assert [face.bold for face in text.faces] == [False, True]
    assert text.faces[0].fonts == ("Times New Roman",)
    assert text.first_pt == pytest.approx(28.35, abs=0.1)
    assert text.lines_high == pytest.approx(1.5)
    assert line_with(read, "CHỮ HOA").text.isupper()


def test_fonts_of_the_theme_are_named() -> None:
    made = docx.Document()
    made.add_paragraph("Chữ theo chủ đề")
    assert line_with(read_document(saved(made)), "chủ đề").faces[0].fonts == ("Cambria",)


def test_sections_keep_the_header_of_the_one_before() -> None:
    made = docx.Document()
    header = made.sections[0].header.paragraphs[0]
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    header._p.append(field)
    made.add_paragraph("Phần một")
    made.add_section(WD_SECTION.NEW_PAGE)
    made.sections[1].page_width, made.sections[1].page_height = Mm(297), Mm(210)
    made.add_table(2, 4)
    made.add_paragraph("Phần hai")
    read = read_document(saved(made))
    assert [section.header.has_number for section in read.sections] == [True, True]
    assert [section.is_landscape for section in read.sections] == [False, True]
    assert [section.has_table for section in read.sections] == [False, True]
    assert line_with(read, "Phần hai").section == 1


def test_hidden_deleted_and_wrapped_runs_are_read_as_they_print() -> None:
    read = read_document(
        with_document(
            "<w:sdt><w:sdtContent><w:p>"
            "<w:r><w:t>Một</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>"
            "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:tab/><w:t>hai</w:t></w:r></w:ins>"
            '<w:r><w:br/><w:noBreakHyphen/><w:t>ba</w:t><w:br w:type="page"/></w:r>'
            "</w:p></w:sdtContent></w:sdt>"
        )
    )
    assert [line.text for line in read.lines] == ["Một hai", "-ba"]


@pytest.mark.parametrize(
    ("drawn", "length"),
    [
        ('<w:p><w:pPr><w:pBdr><w:bottom w:val="single"/></w:pBdr></w:pPr><w:r><w:t>Chữ</w:t></w:r></w:p>', 467.8),
        ('<w:p xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:line from="0,0" to="120pt,0"/></w:pict></w:r></w:p>', 120),
        ('<w:p xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><w:r><w:drawing><d:extent cx="1270000" cy="0"/></w:drawing></w:r></w:p>', 100),
    ],
)  # fmt: skip
def test_lines_are_measured_however_they_are_drawn(drawn: str, length: float) -> None:
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:left="1701" w:right="850"/></w:sectPr>'
    read = read_document(with_document(drawn + page))
    assert read.lines[0].rule_pt == pytest.approx(length, abs=0.1)


def by_hand() -> docx.document.Document:
    """A công văn as a careful clerk makes it in Word."""
    made = docx.Document()
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(14)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    head = made.add_table(2, 2)
    cells = [cell.paragraphs[0] for row in head.rows for cell in row.cells]
    texts = (
        ("ỦY BAN NHÂN DÂN", "XÃ BÁT MỌT"), ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        ("Số: 245/UBND-VHXH", "V/v đôn đốc gửi báo cáo"), ("Bát Mọt, ngày 23 tháng 6 năm 2026",),
    )  # fmt: skip
    for paragraph, lines in zip(cells, texts, strict=True):
        for line in lines:
            run = paragraph.add_run(line)
            run.add_break() if line != lines[-1] else None
            run.bold = line.isupper() or line.startswith("Độc lập")
            run.italic = line.startswith("Bát Mọt,")
            run.font.size = Pt(13 if "Độc" not in line and "Bát" not in line else 14)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph("Kính gửi: Các thôn").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in (
        "Ủy ban nhân dân xã đề nghị các thôn gửi báo cáo.",
        "Đề nghị các thôn thực hiện./.",
    ):
        body = made.add_paragraph(text)
        body.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        body.paragraph_format.first_line_indent = Cm(1.27)
        body.paragraph_format.space_after = Pt(6)
    foot = made.add_table(1, 2).rows[0].cells
    for cell, lines, size in (
        (foot[0], ("Nơi nhận:", "- Như trên;", "- Lưu: VT, VHXH."), 11),
        (foot[1], ("CHỦ TỊCH", "", "Lê Văn Công"), 14),
    ):
        cell.paragraphs[0].text = ""
        for place, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if not place else cell.add_paragraph()
            run = paragraph.add_run(line)
            run.font.size = Pt(12 if line == "Nơi nhận:" else size)
            run.bold = line == "Nơi nhận:" or size == 14
            run.italic = line == "Nơi nhận:"
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.CENTER if size == 14 else WD_ALIGN_PARAGRAPH.LEFT
            )
    return made


def test_a_document_made_by_hand_is_understood() -> None:
    verdict = judged(saved(by_hand()))
    assert verdict.kind == "CV"
    # A clerk forgets the drawn lines, sets Word's loose spacing, and no 6 pt above V/v.
    assert {one.point for one in verdict.breaches} == {"F-17", "F-18", "F-21", "F-35"}


def flat(*lines: str) -> bytes:
    """A document without tables: one centred bold paragraph after another."""
    look = '<w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/></w:rPr>'
    return with_document("".join(f"<w:p>{look}<w:t>{line}</w:t></w:r></w:p>" for line in lines))


HEAD = ("ỦY BAN NHÂN DÂN", "XÃ BÁT MỌT", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
        "Số: 245/UBND-VHXH", "Bát Mọt, ngày 23 tháng 6 năm 2026", "Kính gửi: Các thôn", "Đề nghị thực hiện./.")  # fmt: skip


def test_a_document_without_tables_is_understood() -> None:
    read = read_document(
        flat(*HEAD, "Nơi nhận:", "- Như trên;", "- Lưu: VT, VHXH.", "CHỦ TỊCH", "Lê Văn Công")
    )
    found = find_anatomy(read, RULES)
    assert [line.text for line in found.opening.agency] == ["ỦY BAN NHÂN DÂN", "XÃ BÁT MỌT"]
    assert [line.text for line in found.body] == ["Đề nghị thực hiện./."]
    assert len(found.signing.recipients) == 2
    assert [line.text for line in found.signing.authority] == ["CHỦ TỊCH"]
    assert found.signing.signer is not None


def test_a_signature_without_recipients_is_found() -> None:
    found = find_anatomy(
        read_document(flat(*HEAD, "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Lê Văn Công")), RULES
    )
    assert found.signing.label is None
    assert found.signing.signer is not None
    assert [line.text for line in found.body] == ["Đề nghị thực hiện./."]
    unsigned = find_anatomy(read_document(flat(*HEAD, "CHỦ TỊCH")), RULES)
    assert unsigned.signing.signer is None


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_a_document_written_by_libreoffice_is_understood(tmp_path: Path, ending: str) -> None:
    made = convert(tmp_path, {"mau": docx_of(report())}, ending=ending)
    verdict = judged(made["mau"])
    assert verdict.kind == "BC"
    assert [one for one in verdict.breaches if one.severity == "E"] == []


def test_wrapped_lines_of_a_pdf_are_paragraphs_again() -> None:
    wanted = [line.text for line in read_document(docx_of(report())).lines if line.text]
    printed = {line.text for line in read_document(pdf_of(report())).lines}
    long = [text for text in wanted if len(text) > 200]
    assert len(long) > 10
    missing = [text for text in long if " ".join(text.split()) not in printed]
    assert len(missing) <= len(long) // 10
