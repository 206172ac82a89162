"""Whatever a unit writes stands in the report as text: it neither breaks nor shapes a document."""

import io
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import docx
import pypdf
import pytest
from docx.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.document_clean import clean_text
from adapters.document_text import document_text
from adapters.docx import write_docx
from adapters.pdf import write_pdf
from models.documents import OfficialDocument
from models.printed_letters import drawable
from models.submissions import Row
from models.totals import AcceptedReport
from tests.final_report_samples import built, totals_of
from tests.report_samples import event, report

AT = datetime(2026, 6, 26, 9, 30, tzinfo=UTC)
HARMLESS = "Lời bình thường"
HOSTILE = (
    "A & B < C > D",
    "</w:t></w:r></w:p><w:p><w:r><w:t>ĐÃ DUYỆT",
    "]]><!-- x --><![CDATA[y]]> &#x41; &amp;",
    "{{7*7}} {% raise %} {# x #} {{''.__class__}}",
    "#typst[*đậm*] $x^2$ @ref <nhan> #sys.inputs \\u{41}",
    "= Tiêu đề - gạch + cộng / thuật: ngữ",
    "=HYPERLINK(x) +cmd|calc -1+1 @SUM(A1)",
    "100% %s %(a)s %d %% {0} {TT01}",
    "mot\x1fhai\x00ba\x0b\x07\x1b[31m",
    "\u202etên\u202c \u2066bẫy\u2069 \u200bẩn\ufeff",
    "\ud800đôi\udfff \ufffe\uffff",
    "U\u0309y ban nha\u0302n",
    "“đóng” (UBND xã). “mở «lời» „khác‟",
    "👍 中文 ສ",
    "I. MỤC GIẢ\r\nII. MỤC KHÁC\n- gạch\u2028dòng\u2029đoạn",
)


def reports(text: str, *, events: int = 1) -> tuple[AcceptedReport, ...]:
    rows: tuple[Row, ...] = tuple(
        event(f"e{n}", title=text, place=text, topic=text) for n in range(events)
    )
    return (
        report("kt", {"TT01": 5, "HD01": rows, "HD03": 40, "DG01": text}),
        report("vhxh", {"TT01": 7, "DG01": f"{HARMLESS} khác"}),
    )


def made(text: str, *, events: int = 1) -> OfficialDocument:
    return built(totals_of(reports(text, events=events))).document


def opened(document: OfficialDocument) -> Document:
    return docx.Document(io.BytesIO(write_docx(document, modified=AT)))


def shape(document: OfficialDocument) -> dict[str, Any]:
    found = opened(document)
    tags = Counter(str(element.tag).rsplit("}", 1)[-1] for element in found.element.iter())
    headings = [p.text for p in found.paragraphs if re.match(r"[IVX]+\. |\d+\. ", p.text)]
    return {"tags": tags, "headings": headings, "sections": len(found.sections)}


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_leave_the_docx_as_it_is_built(text: str) -> None:
    document = made(text)
    assert shape(document) == shape(made(HARMLESS))
    inside = "".join(
        str(t.text) for t in opened(document).element.iter() if str(t.tag).endswith("}t")
    )
    for line in document_text(document).splitlines():
        for cell in line.split(" | "):
            assert words(cell) in words(inside.replace("\n", " ")), cell


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_leave_the_pdf_as_it_is_built(text: str) -> None:
    document = made(text)
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(document, timestamp=AT)))
    plain = pypdf.PdfReader(io.BytesIO(write_pdf(made(HARMLESS), timestamp=AT)))
    assert structure(reader) == structure(plain)
    printed = "".join("".join(page.extract_text().split()) for page in reader.pages)
    quote = next(line for line in document_text(document).splitlines() if "Phòng Kinh tế)" in line)
    assert "".join(quote.split()) in printed


def structure(reader: pypdf.PdfReader) -> Counter[str]:
    """Count the tags of the structure tree."""
    found: Counter[str] = Counter()
    waiting = [reader.root_object["/StructTreeRoot"]["/K"]]  # type: ignore[index]  # a dictionary
    while waiting:
        item = waiting.pop()
        item = item.get_object() if hasattr(item, "get_object") else item
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict) and "/S" in item:
            found[str(item["/S"])] += 1
            waiting.append(item.get("/K", []))
    # A word or a line more or less makes no structure.
    return Counter({tag: n for tag, n in found.items() if tag not in {"/Span", "/Artifact"}})


@pytest.mark.slow
@given(st.text(st.characters(codec=None), max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_out_of_the_docx_as_the_cleaned_text(text: str) -> None:
    quote = next(q for q in built(totals_of(reports(f"a{text}z"))).quotes if q.unit_id == "kt")
    document = made(f"a{text}z")
    line = next(line for line in document_text(document).splitlines() if "Phòng Kinh tế)" in line)
    assert line in "\n".join(p.text for p in opened(document).paragraphs)
    assert clean_text(line) == line
    assert quote.submission_id == "kh/BC/kt/1@1"


@given(st.text(st.characters(codec=None), max_size=40))
@settings(max_examples=6, deadline=None)
def test_any_text_can_be_set_as_pdf(text: str) -> None:
    assert write_pdf(made(f"a{text}z"), timestamp=AT).startswith(b"%PDF")


@given(st.sampled_from(HOSTILE))
@settings(max_examples=3, deadline=None)
def test_equal_input_gives_equal_bytes(text: str) -> None:
    assert write_docx(made(text), modified=AT) == write_docx(made(text), modified=AT)
    assert write_pdf(made(text), timestamp=AT) == write_pdf(made(text), timestamp=AT)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["mười " * 2_500_000, "x" * 10_000_000])
def test_ten_megabytes_are_cut_where_it_shows(text: str) -> None:
    document = made(text)
    found, plain = shape(document), shape(made(HARMLESS))
    # A row taller than a page may break; nothing else differs.
    may_break = {"cantSplit", "trPr", "vAlign"}
    assert {k: v for k, v in found["tags"].items() if k not in may_break} == {
        k: v for k, v in plain["tags"].items() if k not in may_break
    }
    assert (found["headings"], found["sections"]) == (plain["headings"], plain["sections"])
    assert write_pdf(document, timestamp=AT).startswith(b"%PDF")
    quote = next(line for line in document_text(document).splitlines() if "Phòng Kinh tế)" in line)
    assert quote.endswith(" […]” (Phòng Kinh tế).")
    assert len(quote) < 11_000


@pytest.mark.slow
def test_a_thousand_events_are_a_thousand_rows_in_both_files() -> None:
    document = made(HOSTILE[1], events=1_000)
    (table,) = document.annexes[1].blocks
    rows = opened(document).tables[-1].rows
    assert len(rows) == 1_002  # the header and the group's heading
    pages = pypdf.PdfReader(io.BytesIO(write_pdf(document, timestamp=AT))).pages
    assert len(pages) > 20
    assert drawable(HOSTILE[1]) in str(table)
