"""Workbooks of strangers: nothing that costs, runs or reaches outside is opened; the rest is read."""

import re
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.workbook_identity import SALT, WorkbookIdentity, read_identity, sign_identity
from adapters.workbook_reading import read_workbook
from adapters.workbook_safety import MOST_ENTRIES, MOST_PARSED
from adapters.workbooks import write_workbook
from models.errors import WorkbookUnreadableError
from models.workbooks import MOST_COLUMNS, MOST_ROWS, Line, Sheet, Style, Workbook, column_letters

PLAIN = Workbook(
    title="t", identity="nhận diện",
    sheets=(Sheet(title="Số liệu", widths=(10,), lines=(Line(("a",), (Style.PLAIN,), 15),)),),
)  # fmt: skip
XML = '<?xml version="1.0" encoding="UTF-8"?>'
EXTERNAL = (
    f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" TargetMode="External" Target="http://192.0.2.1/x" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
    "</Relationships>"
)
SHEET_LINKS = "xl/worksheets/_rels/sheet1.xml.rels"
BOMB = f"{XML}<!DOCTYPE l [{{}}]><worksheet/>"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
)


def parts_of(octets: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(octets)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    saved = BytesIO()
    with ZipFile(saved, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return saved.getvalue()


def with_parts(others: Mapping[str, str | bytes]) -> bytes:
    return packed({**parts_of(write_workbook(PLAIN)), **others})


def encrypted() -> bytes:
    octets = bytearray(with_parts({}))
    octets[6] |= 1
    place = octets.find(b"PK\x01\x02")
    while place >= 0:
        octets[place + 8] |= 1
        place = octets.find(b"PK\x01\x02", place + 4)
    return bytes(octets)


def lying_about_its_size() -> bytes:
    octets = bytearray(
        packed({**parts_of(write_workbook(PLAIN)), "xl/media/a.bin.png": b"0" * 9_000})
    )
    place = octets.rfind(b"PK\x01\x02")
    octets[place + 24 : place + 28] = struct.pack("<I", 90)
    return bytes(octets)


def twice_the_same_part() -> bytes:
    saved = BytesIO(with_parts({}))
    with ZipFile(saved, "a") as archive:
        archive.writestr("XL/workbook.xml", b"<workbook/>")
    return saved.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "hỏng"),
    "no zip": (b"PK\x03\x04 but no more", "hỏng"),
    "a pdf": (b"%PDF-1.7", "hỏng"),
    "a zip of something else": (packed({"a.txt": b"x"}), "hỏng"),
    "a docx": (packed({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<T/>"}), "hỏng"),
    "zip bomb": (with_parts({"xl/media/a.png": b"0" * 20_000_000}), "quá lớn"),
    "bomb in a sheet": (with_parts({"xl/worksheets/sheet1.xml": b" " * 9_000_000}), "quá lớn"),
    "bomb in the strings": (with_parts({"xl/sharedStrings.xml": b"<a/>" * 2_500_000}), "quá lớn"),
    "many entries": (with_parts({f"x/{n}": b"" for n in range(MOST_ENTRIES)}), "quá lớn"),
    "encrypted": (encrypted(), "mật khẩu"),
    "same name twice": (twice_the_same_part(), "hỏng"),
    "macro": (with_parts({"xl/vbaProject.bin": b"x"}), "macro"),
    "macro by type": (
        with_parts({"[Content_Types].xml": b'<Types><Override ContentType="application/vnd.ms-excel.sheet.'
                    b'macroEnabled.main+xml" PartName="/xl/workbook.xml"/></Types>'}), "macro"),
    "activex": (with_parts({"xl/activeX/activeX1.xml": b"<a/>"}), "macro"),
    "ole object": (with_parts({"xl/embeddings/oleObject1.bin": b"x"}), "macro"),
    "excel 4 macro": (with_parts({"xl/macrosheets/sheet1.xml": b"<a/>"}), "macro"),
    "external book": (with_parts({"xl/externalLinks/externalLink1.xml": b"<a/>"}), "bên ngoài"),
    "external picture": (with_parts({SHEET_LINKS: EXTERNAL.format(kind="image")}), "bên ngoài"),
    "external template": (with_parts({SHEET_LINKS: EXTERNAL.format(kind="attachedTemplate")}), "bên ngoài"),
    "billion laughs": (with_parts({"xl/worksheets/sheet1.xml": BOMB.format(LAUGHS)}), "DTD"),
    "xxe": (
        with_parts({"xl/workbook.xml": BOMB.format('<!ENTITY x SYSTEM "file:///etc/passwd">')}), "DTD"),
    "dtd in utf-16": (
        with_parts({"xl/styles.xml": BOMB.format(LAUGHS).replace("UTF-8", "UTF-16").encode("utf-16")}),
        "DTD"),
    "dtd in a drawing": (with_parts({"xl/drawings/drawing1.xml": BOMB.format("")}), "DTD"),
    "broken xml": (with_parts({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}), "hỏng"),
    "no sheets": (with_parts({"xl/workbook.xml": f"{XML}<workbook/>"}), "hỏng"),
    "string out of range": (
        with_parts({"xl/sharedStrings.xml": f"{XML}<sst/>"}), "hỏng"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_with_what_to_do(name: str) -> None:
    octets, told = HOSTILE[name]
    with pytest.raises(WorkbookUnreadableError, match=told) as caught:
        read_workbook(octets)
    assert "gửi lại" in str(caught.value)


def test_a_size_that_is_a_lie_never_unpacks_more_than_it_says() -> None:
    assert [s.title for s in read_workbook(lying_about_its_size()).sheets] == ["Số liệu"]


def test_links_to_click_and_printer_settings_are_no_reason_to_refuse() -> None:
    octets = with_parts({
        SHEET_LINKS: EXTERNAL.format(kind="hyperlink"),
        "xl/printerSettings/printerSettings1.bin": b"x",
        "xl/media/image1.png": zlib.compress(b"x"),
    })  # fmt: skip
    assert read_workbook(octets).identity == "nhận diện"


def sheet_xml(rows: str) -> str:
    return (
        f'{XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def test_only_the_first_rows_and_columns_are_read_and_the_rest_is_told() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    last = f"{column_letters(MOST_COLUMNS)}{MOST_ROWS}"
    rows = f'<row r="{MOST_ROWS}"><c r="{last}"><v>7</v></c></row>{far}'
    (sheet,) = read_workbook(with_parts({"xl/worksheets/sheet1.xml": sheet_xml(rows)})).sheets
    assert sheet.is_cut
    assert {(r, c): cell.value for r, cells in sheet.rows.items() for c, cell in cells.items()} == {
        (MOST_ROWS, MOST_COLUMNS): 7
    }


def test_more_xml_than_two_seconds_can_read_is_refused() -> None:
    cells = "".join(f'<c r="{column_letters(n)}1"><v>{n}</v></c>' for n in range(1, 201))
    row = f'<row r="1">{cells}</row>'
    octets = packed(
        {
            **parts_of(write_workbook(PLAIN)),
            "xl/worksheets/sheet1.xml": sheet_xml(row * (MOST_PARSED // len(row) + 1)),
        },
        ZIP_STORED,
    )
    with pytest.raises(WorkbookUnreadableError, match="quá lớn"):
        read_workbook(octets)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>1500</v></c>', 1500),
        ('<c r="A1"><v>1.5E3</v></c>', 1500),
        ('<c r="A1"><v>30.000000000000004</v></c>', 30),
        ('<c r="A1"><v>1.5</v></c>', 1.5),
        ('<c r="A1"><v>1e309</v></c>', "1e309"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="inlineStr"><is><t>hai </t><r><t>buổi</t></r><rPh><t>x</t></rPh></is></c>', "hai buổi"),
        ('<c r="A1" t="str"><f>A2</f><v>_x0041_</v></c>', "A"),
        ("<c><v>3</v></c>", 3),
    ],
)  # fmt: skip
def test_a_cell_is_read_however_a_program_writes_it(cell: str, value: object) -> None:
    octets = with_parts({"xl/worksheets/sheet1.xml": sheet_xml(f"<row>{cell}</row>")})
    assert read_workbook(octets).sheets[0].rows[1][1].value == value


def test_prefixes_and_strict_names_are_understood() -> None:
    sheet = sheet_xml('<row r="1"><c r="A1"><v>3</v></c></row>')
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet.replace(XML, "")).replace(
        "xmlns=", "xmlns:x="
    )
    octets = with_parts({"xl/worksheets/sheet1.xml": XML + prefixed})
    assert read_workbook(octets).sheets[0].rows[1][1].value == 3


def test_text_that_looks_like_an_escape_survives() -> None:
    line = Line(("_x0041_ =1+1 <&>",), (Style.PLAIN,), 15)
    book = Workbook(title="t", identity="i", sheets=(Sheet(title="S", widths=(9,), lines=(line,)),))
    octets = write_workbook(book)
    assert read_workbook(octets).sheets[0].rows[1][1].value == "_x0041_ =1+1 <&>"
    assert openpyxl.load_workbook(BytesIO(octets))["S"]["A1"].data_type == "s"


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(place: int, noise: bytes) -> None:
    octets = bytearray(write_workbook(PLAIN))
    place %= len(octets)
    octets[place : place + len(noise)] = noise
    try:
        read_workbook(bytes(octets))
    except WorkbookUnreadableError as error:
        assert "đề nghị" in str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", sign_identity(b"k", WorkbookIdentity("o", 1))[:-1]]
)
def test_an_identity_we_did_not_sign_is_refused(text: str) -> None:
    with pytest.raises(WorkbookUnreadableError, match="tải lại biểu mẫu"):
        read_identity(b"k", text)
    assert SALT not in text


def test_an_identity_we_signed_is_known() -> None:
    identity = WorkbookIdentity("kh/PSL/thon-01/1", 3)
    assert read_identity(b"k", sign_identity(b"k", identity)) == identity
