"""A large document is set in parts and reads like one."""

import io
from typing import cast

import pypdf
import pytest
from pypdf.generic import StreamObject

from adapters.document_layout import lay_out
from adapters.pdf import write_pdf
from adapters.pdf_compiler import compile_pdf
from adapters.pdf_joining import write_in_parts
from adapters.pdf_parts import Place, between, is_large, items_from, last_page_start, taken
from adapters.pdf_payload import payload, sections_of
from benchmarks.assembly_models import AT, model_of
from models.documents import Column, OfficialDocument, Table, TableRow
from models.errors import PermanentError
from tests.adapters.sample_document import body, final_report, urging_letter
from tests.adapters.sample_lengths import report_of_any_length

Pages = list[list[str]]


def whole(document: OfficialDocument) -> Pages:
    laid = lay_out(document)
    data = payload(laid, sections_of(laid))
    return pages(compile_pdf(data, standard="a-2b", timestamp=AT).content)


def in_parts(document: OfficialDocument, weight: int) -> Pages:
    return pages(write_in_parts(lay_out(document), timestamp=AT, weight=weight))


def pages(pdf: bytes) -> Pages:
    return [page.extract_text().split("\n") for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_600_units_are_one_part_and_700_are_large() -> None:
    assert not is_large(lay_out(model_of(600)))
    assert is_large(lay_out(model_of(700)))


@pytest.mark.slow
def test_parts_read_like_the_whole() -> None:
    document = model_of(120)
    assert in_parts(document, 500) == whole(document)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_text_itself_may_be_parted_anywhere(seed: int) -> None:
    document = report_of_any_length(seed)
    assert in_parts(document, 150) == whole(document)


@pytest.mark.slow
def test_a_paragraph_longer_than_a_part_is_set_alone() -> None:
    document = urging_letter(body=tuple(body(f"{n} " + "chữ " * 3000) for n in range(3)))
    printed = [line for page in in_parts(document, 50) for line in page]
    assert sum(line.count("chữ") for line in printed) == 9000
    assert "Lê Văn Công" in "".join(printed)


@pytest.mark.slow
def test_equal_input_gives_equal_bytes_in_parts_too() -> None:
    laid = lay_out(model_of(60))
    once, again = (write_in_parts(laid, timestamp=AT, weight=300) for _ in range(2))
    assert once == again


@pytest.mark.slow
def test_the_parts_together_are_pdf_a_with_language_title_and_bookmarks() -> None:
    joined = write_in_parts(lay_out(final_report()), timestamp=AT, weight=200)
    reader = pypdf.PdfReader(io.BytesIO(joined))
    root = reader.root_object
    claim = cast("StreamObject", root["/Metadata"].get_object()).get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in claim
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in claim
    assert root["/OutputIntents"]
    assert "/StructTreeRoot" not in root
    assert str(root["/Lang"]) == "vi-VN"
    assert reader.metadata is not None
    assert "Kết quả tổ chức" in str(reader.metadata.title)
    titles = [str(each["/Title"]) for each in reader.outline if not isinstance(each, list)]
    assert [title for title in titles if title.startswith("Phụ lục")] == [
        "Phụ lục I", "Phụ lục II", "Phụ lục III",
    ]  # fmt: skip
    assert all(font.startswith("/") for font in fonts_of(reader))


def fonts_of(reader: pypdf.PdfReader) -> set[str]:
    embedded, missing = set(), set()
    for page in reader.pages:
        with_file, without = page._get_fonts()
        embedded |= with_file
        missing |= without
    assert not missing
    return embedded


@pytest.mark.slow
def test_a_letter_missing_from_the_font_is_named_in_a_large_document() -> None:
    table = Table(
        columns=(Column(title="A"), Column(title="B")),
        rows=tuple(TableRow(cells=(str(n), "👍" if n == 5_000 else "x")) for n in range(6_000)),
    )
    with pytest.raises(PermanentError, match="ký tự “👍”"):
        write_pdf(urging_letter(body=(table,)), timestamp=AT)


def test_a_part_is_cut_between_items_and_the_next_begins_there() -> None:
    (_, figures, _) = sections_of(lay_out(model_of(30)))
    items, beyond = taken(figures.blocks, Place(0, 0), 100)
    assert (len(items), beyond) == (8, Place(0, 8))
    rest = between(figures.blocks, Place(0, 8), None)
    assert len(list(items_from(rest, Place(0, 0)))) == 31 - 8
    assert len(list(items_from(figures.blocks, Place(0, 8)))) == 31 - 8


def test_a_page_that_begins_within_an_item_is_no_border() -> None:
    (text, *_) = sections_of(lay_out(urging_letter(body=(body("một"), body("hai"), body("ba")))))
    items = list(items_from(text.blocks, Place(0, 0)))
    split = [(0, "start", 1), (0, "end", 1), (1, "start", 1), (1, "end", 2), (2, "start", 2)]
    assert last_page_start(items, split) is None
    clean = [(0, "start", 1), (0, "end", 1), (1, "start", 2), (1, "end", 3), (2, "start", 3)]
    assert last_page_start(items, clean) == (Place(1, 0), 1)
