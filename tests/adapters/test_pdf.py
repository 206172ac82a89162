import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pypdf
import pytest

from adapters.document_text import document_text
from adapters.pdf import write_pdf
from models.documents import Block, Column, OfficialDocument, Table, TableRow
from models.errors import PermanentError
from tests.adapters.sample_document import body, final_report, urging_letter

AT = datetime(2026, 6, 26, 9, 30, tzinfo=UTC)
VIETNAMESE = (
    "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ"
    + "".join(chr(code) for code in range(0x1EA0, 0x1EFA, 2))
    + "àáâãèéêìíòóôõùúýăđĩũơư"
    + "".join(chr(code) for code in range(0x1EA1, 0x1EFA, 2))
)


def pages(document: OfficialDocument) -> list[str]:
    pdf = write_pdf(document, timestamp=AT)
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def letter_with(*blocks: Block) -> OfficialDocument:
    return urging_letter(body=blocks)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_line_of_the_document_is_in_the_pdf() -> None:
    letter = urging_letter(grounds=("Căn cứ Luật A", "Căn cứ Luật B"))
    printed = flat(" ".join(pages(letter)))
    for line in document_text(letter).splitlines():
        if not line.startswith("V/v"):  # broken inside a word of the number by the narrow column
            assert flat(line) in printed


def test_all_vietnamese_letters_are_drawn() -> None:
    assert len(set(VIETNAMESE)) == 134
    printed = "".join(pages(letter_with(body(" ".join(VIETNAMESE)))))
    assert [letter for letter in VIETNAMESE if letter not in printed] == []


def test_decomposed_letters_are_composed() -> None:
    assert "Ủy ban nhân dân" in "".join(
        pages(letter_with(body("U\u0309y ban nha\u0302n da\u0302n")))
    )


@pytest.mark.parametrize(
    "text",
    [
        "A & B",
        "</w:t> {{7*7}}",
        "#typst[*đậm*] $x^2$ @ref <nhan>",
        "#sys.inputs",
        '"+json+" \\u{41} // x /* y */',
        "- gạch đầu dòng",
        "= Tiêu đề",
    ],
)
def test_hostile_text_is_printed_literally(text: str) -> None:
    table = Table(columns=(Column(title="A"),), rows=(TableRow(cells=(text,)),))
    printed = flat(pages(letter_with(body(text), table))[0])
    assert printed.count(flat(text)) == 2


def test_controls_and_bidi_marks_are_left_out() -> None:
    assert "mot hai ba" in pages(letter_with(body("mot\x07 \u202ehai\u202c\u2066 ba\u200b")))[0]


def test_equal_input_gives_equal_bytes_in_any_zone() -> None:
    here = AT.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    first = write_pdf(final_report(), timestamp=AT)
    assert first == write_pdf(final_report(), timestamp=here)
    assert first != write_pdf(final_report(), timestamp=AT.replace(year=2027))


def test_the_pdf_is_tagged_pdf_a_with_its_fonts_inside() -> None:
    pdf = write_pdf(urging_letter(), timestamp=AT)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert str(reader.root_object["/Lang"]).lower().startswith("vi")
    embedded, missing = reader.pages[0]._get_fonts()
    assert {name.split("+")[1].split("-")[0] for name in embedded} == {"Tinos"}
    assert not missing


def test_a_letter_missing_from_the_font_is_named_with_its_text() -> None:
    with pytest.raises(PermanentError, match="ký tự “👍” trong đoạn “Bà con hưởng ứng 👍"):
        write_pdf(letter_with(body("Bà con hưởng ứng 👍 rất đông")), timestamp=AT)


@pytest.mark.slow
def test_annexes_count_their_pages_and_hide_the_first_number() -> None:
    printed = [flat(page) for page in pages(final_report())]
    starts = [index for index, page in enumerate(printed) if page.startswith("Phụ lục")]
    assert len(starts) == 3
    for start in starts:
        assert printed[start + 1].startswith("2 TT")
    assert printed[0].startswith("ỦY BAN NHÂN DÂN")
    assert printed[1].startswith("2 ")


def test_one_annex_lies_on_its_side() -> None:
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(final_report(), timestamp=AT)))
    wide = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    assert wide
    assert all("TT" in page.extract_text() for page in wide)
    assert {round(float(page.mediabox.width)) for page in reader.pages} == {595, 842}


def test_a_word_wider_than_its_cell_stays_inside_the_page() -> None:
    columns = (Column(title="A"), Column(title="B", weight=9))
    table = Table(columns=columns, rows=(TableRow(cells=("x" * 300, "y")),))
    printed = pages(letter_with(body("w" * 300), table))
    assert "".join(printed).count("x") == 300
    assert max(line.count("w") for line in printed[0].splitlines()) < 60


def test_a_cell_longer_than_a_page_goes_on_over_the_page() -> None:
    table = Table(columns=(Column(title="A"),), rows=(TableRow(cells=("chữ " * 4000,)),))
    printed = pages(letter_with(table))
    assert len(printed) > 2
    assert sum(page.count("chữ") for page in printed) == 4000


def test_headings_in_a_table_may_follow_each_other_and_end_it() -> None:
    heading = TableRow(cells=("Nhóm chỉ tiêu",), heading=True)
    columns = (Column(title="A"), Column(title="B"))
    table = Table(columns=columns, rows=(heading, heading, TableRow(cells=("1", "2")), heading))
    assert pages(letter_with(table))[0].count("Nhóm chỉ tiêu") == 3


def test_a_table_without_rows_prints_its_header() -> None:
    empty = Table(columns=(Column(title="Cột trống"),), rows=())
    assert "Cột trống" in pages(letter_with(empty))[0]


@pytest.mark.slow
def test_the_signature_shares_a_page_with_the_last_line_of_the_body() -> None:
    for lines in range(20, 32):
        document = letter_with(*(body(f"Dòng {index}") for index in range(lines)), body("Hết./."))
        last = pages(document)[-1]
        assert "Hết./." in last
        assert "Lê Văn Công" in last
