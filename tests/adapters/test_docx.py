import io
import unicodedata
import zipfile
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.document_clean import clean_text
from adapters.docx import write_docx
from models.documents import (
    Annex,
    Block,
    Column,
    OfficialDocument,
    Paragraph,
    ParagraphStyle,
    Run,
    Table,
    TableRow,
)
from models.errors import PermanentError
from tests.adapters.sample_document import body, final_report, urging_letter

AT = datetime(2026, 6, 26, 9, 30, tzinfo=UTC)
HOSTILE = (
    "A & B",
    "a < b > c",
    "</w:t></w:r>…FORGED",
    "{{7*7}}",
    "\x00\x08\x1b[31m",
    "\u202egpj.exe\u202c",
    "#typst[*b*]",
    "]]>",
    "&#x41;",
    "\ufffe\uffff\ud800",
    "  đầu và cuối  ",
    "dòng một\r\ndòng hai",
)


def opened(document: OfficialDocument) -> Document:
    return docx.Document(io.BytesIO(write_docx(document, modified=AT)))


def letter_with(*blocks: Block) -> OfficialDocument:
    return urging_letter(draft_mark=None, body=blocks)


def body_paragraphs(document: OfficialDocument) -> list[str]:
    texts = [paragraph.text for paragraph in opened(document).paragraphs]
    return texts[texts.index("- Thôn Khẹo.") + 1 :]


def test_the_page_is_a4_with_the_margins_of_the_decree() -> None:
    section = opened(final_report()).sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(margin.mm) for margin in margins if margin is not None] == [20, 20, 30, 15]


def test_the_page_number_stands_in_the_header_and_not_on_the_first_page() -> None:
    for section in opened(final_report()).sections:
        assert section.different_first_page_header_footer
        assert section.first_page_header.paragraphs[0].text == ""
        field = section.header.paragraphs[0]
        assert "PAGE" in field._p.xml
        assert 'w:jc w:val="center"' in field._p.xml
        assert {run.font.size.pt for run in field.runs if run.font.size} == {14.0}


def test_every_run_is_black_times_new_roman() -> None:
    document = opened(final_report())
    for run in document.element.body.iter(qn("w:r")):
        fonts = run.find(qn("w:rPr")).find(qn("w:rFonts"))
        faces = {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs", "eastAsia")}
        assert faces == {"Times New Roman"}
        assert run.find(qn("w:rPr")).find(qn("w:color")).get(qn("w:val")) == "000000"


def test_the_head_names_agency_country_number_and_date_row_by_row() -> None:
    head = opened(final_report()).tables[0]
    agency, country = head.rows[0].cells
    number, place = head.rows[1].cells
    assert [p.text for p in agency.paragraphs] == ["ỦY BAN NHÂN DÂN", "XÃ BÁT MỌT", ""]
    assert country.paragraphs[0].text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert country.paragraphs[1].text == "Độc lập - Tự do - Hạnh phúc"
    assert "w:pBdr" in country.paragraphs[2]._p.xml
    assert number.text == "Số: 112/BC-UBND"
    assert place.text == "Bát Mọt, ngày 26 tháng 6 năm 2026"
    assert all(run.italic for run in place.paragraphs[0].runs)


def test_the_agency_above_is_plain() -> None:
    head = opened(final_report(parent_line="UBND XÃ BÁT MỌT")).tables[0]
    parent, agency = head.rows[0].cells[0].paragraphs[:2]
    assert not parent.runs[0].bold
    assert agency.runs[0].bold


@pytest.mark.parametrize(
    ("number", "day", "line", "place"),
    [
        (
            8,
            date(2026, 2, 5),
            "Số: 08/BC-UBND",
            "Bát Mọt, ngày 05 tháng 02 năm 2026",
        ),
        (
            112,
            date(2026, 10, 12),
            "Số: 112/BC-UBND",
            "Bát Mọt, ngày 12 tháng 10 năm 2026",
        ),
        (None, None, "Số:        /BC-UBND", "Bát Mọt, ngày      tháng 3 năm 2026"),
    ],
)
def test_number_and_date_follow_the_decree_or_stay_blank(
    number: int | None, day: date | None, line: str, place: str
) -> None:
    head = opened(final_report(number=number, issued_on=day, month_hint=(3, 2026))).tables[0]
    assert [cell.text for cell in head.rows[1].cells] == [line, place]


def test_a_cong_van_has_its_subject_under_the_number_and_lists_its_addressees() -> None:
    document = opened(urging_letter())
    texts = [paragraph.text for paragraph in document.paragraphs]
    about = document.tables[0].rows[1].cells[0].paragraphs[1]
    assert about.text == "V/v đôn đốc gửi báo cáo kết quả thực hiện Kế hoạch số 87/KH-UBND"
    assert not about.runs[0].bold
    assert texts[0] == "DỰ THẢO"
    assert "Kính gửi:" in texts
    assert "- Thôn Vịn;" in texts
    assert "- Thôn Khẹo." in texts


def test_grounds_are_italic_and_closed() -> None:
    document = opened(final_report(grounds=("Căn cứ Luật A", "Căn cứ Luật B")))
    lines = [p for p in document.paragraphs if p.text.startswith("Căn cứ")]
    assert [line.text for line in lines] == ["Căn cứ Luật A;", "Căn cứ Luật B."]
    assert all(run.italic for line in lines for run in line.runs)


def test_body_paragraphs_are_justified_indented_and_spaced() -> None:
    first = next(p for p in opened(final_report()).paragraphs if p.text.startswith("Thực hiện"))
    form = first.paragraph_format
    assert form.alignment is not None
    assert form.alignment.name == "JUSTIFY"
    assert form.first_line_indent is not None
    assert round(form.first_line_indent.cm, 2) == 1.27
    assert form.space_after is not None
    assert form.space_after.pt >= 6
    assert first.runs[0].font.size is not None
    assert first.runs[0].font.size.pt == 14


def test_headings_are_bold_and_stay_with_what_follows() -> None:
    headings = {p.text: p for p in opened(final_report()).paragraphs}
    for title in ("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TRIỂN KHAI", "1. Ưu điểm"):
        assert headings[title].paragraph_format.keep_with_next
        assert headings[title].runs[0].bold


def test_recipients_and_signature_share_one_row_tied_to_the_last_line() -> None:
    document = opened(final_report(annexes=()))
    recipients, signature = document.tables[-1].rows[0].cells
    assert [p.text for p in recipients.paragraphs][:2] == ["Nơi nhận:", "- Như trên;"]
    assert recipients.paragraphs[-1].text == "- Lưu: VT, VHXH."
    assert signature.paragraphs[0].text == "TM. ỦY BAN NHÂN DÂN"
    assert signature.paragraphs[-1].text == "Lê Văn Công"
    last = next(p for p in document.paragraphs if p.text.endswith("./."))
    assert last.paragraph_format.keep_with_next
    assert "w:cantSplit" in document.tables[-1]._tbl.xml


def test_three_annexes_are_sections_with_pages_from_one_and_one_is_landscape() -> None:
    document = opened(final_report())
    assert [s.orientation for s in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    assert all('w:start="1"' in section._sectPr.xml for section in document.sections)
    assert "Phụ lục II" in [paragraph.text for paragraph in document.paragraphs]


def test_table_headers_repeat_and_headings_span() -> None:
    table: WordTable = opened(final_report()).tables[3]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert table.rows[1].cells[0].grid_span == 6
    assert len(table.rows) == 1 + 2 + 55


def test_hostile_text_is_printed_literally() -> None:
    table = Table(
        columns=(Column(title="A & B"),),
        rows=tuple(TableRow(cells=(text,)) for text in HOSTILE),
    )
    document = letter_with(*(body(text) for text in HOSTILE), table)
    clean = [clean_text(text) for text in HOSTILE]
    assert body_paragraphs(document)[: len(HOSTILE)] == clean
    assert [row.cells[0].text for row in opened(document).tables[1].rows] == ["A & B", *clean]


@pytest.mark.slow
@given(st.lists(st.text(max_size=60) | st.sampled_from(HOSTILE), min_size=1, max_size=4))
@settings(max_examples=150, deadline=timedelta(seconds=2))
def test_any_text_comes_back_as_cleaned(texts: list[str]) -> None:
    document = letter_with(Paragraph(runs=tuple(Run(text=text) for text in texts)))
    expected = "".join(clean_text(text) for text in texts)
    assert body_paragraphs(document)[0] == expected
    assert unicodedata.is_normalized("NFC", clean_text(expected))


def test_equal_input_gives_equal_bytes_and_old_zip_times() -> None:
    first, second = (write_docx(final_report(), modified=AT) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-06-26T09:30:00Z" in archive.read("docProps/core.xml")


def test_a_wide_table_keeps_its_words_whole_in_a_smaller_size() -> None:
    columns = tuple(Column(title=f"Chỉ tiêu {index}") for index in range(14))
    wide = Table(columns=columns, rows=(TableRow(cells=("1.234.567",) * 14),))
    table = opened(letter_with(wide)).tables[1]
    size = table.rows[1].cells[0].paragraphs[0].runs[0].font.size
    assert size is not None
    assert size.pt < 12
    assert len(table.columns) == 14


def test_a_row_with_too_many_cells_is_refused() -> None:
    table = Table(columns=(Column(title="A"),), rows=(TableRow(cells=("1", "2")),))
    with pytest.raises(PermanentError, match="có 2 ô"):
        write_docx(letter_with(table), modified=AT)


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(PermanentError, match="không có cột"):
        write_docx(letter_with(Table(columns=(), rows=())), modified=AT)


def test_a_text_beyond_the_limit_is_refused_with_its_beginning() -> None:
    with pytest.raises(PermanentError, match="Quá dài"):
        write_docx(letter_with(body("Quá dài " + "a" * 50_000)), modified=AT)


def test_a_single_annex_has_no_number() -> None:
    annex = Annex(number=None, title="Biểu số liệu", reference="(Kèm theo)", blocks=())
    texts = [paragraph.text for paragraph in opened(final_report(annexes=(annex,))).paragraphs]
    assert texts[-4:] == ["Phụ lục", "BIỂU SỐ LIỆU", "(Kèm theo)", ""]


def test_points_and_notes_have_their_faces() -> None:
    paragraphs = (
        Paragraph(style=ParagraphStyle.NOTE, runs=(Run(text="(Chi tiết tại Phụ lục I)"),)),
        Paragraph(style=ParagraphStyle.POINT, runs=(Run(text="a) Một", bold=True),)),
    )
    written = {p.text: p for p in opened(letter_with(*paragraphs)).paragraphs}
    assert written["(Chi tiết tại Phụ lục I)"].runs[0].italic
    assert written["a) Một"].runs[0].bold
