"""Files from outside: what each is taken for, and how little a hostile one costs."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping

import pytest

from adapters.package_checks import MOST_ENTRIES, ActiveContentError, check_package
from adapters.upload_checks import inspect_file
from models.errors import RefusedError
from models.file_kinds import FileNote

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://x/{type}" Target="{target}"{mode}/></Relationships>'
)
BODY = "<w:document xmlns:w='w'>{}</w:document>"
PDF = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\0" * 30


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width)
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\0" * 20


def package(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", method) as made:
        for name, content in ({"[Content_Types].xml": TYPES.format("")} | dict(parts)).items():
            made.writestr(name, content)
    return octets.getvalue()


def docx(**parts: str | bytes) -> bytes:
    return package({"word/document.xml": BODY.format("Báo cáo")} | parts)


def relation(kind: str, target: str, *, is_outside: bool = True) -> str:
    mode = ' TargetMode="External"' if is_outside else ""
    return RELATIONS.format(type=kind, target=target, mode=mode)


def look(name: str, octets: bytes) -> tuple[str, ...]:
    return inspect_file(io.BytesIO(octets), name).notes


@pytest.mark.parametrize(
    ("name", "octets", "notes"),
    [
        ("Báo cáo.PDF", PDF, ()),
        ("a.docx", docx(), ()),
        ("a.xlsx", package({"xl/workbook.xml": "<x/>"}), ()),
        ("a.jpg", jpeg(4000, 3000), ()),
        ("a.png", png(800, 600), ()),
        ("a.pdf", b"%PDF-1.7 cut", (FileNote.UNREADABLE,)),
        ("a.pdf", PDF + b"/Encrypt 5 0 R", (FileNote.LOCKED,)),
        ("a.png", png(100_000, 100_000), (FileNote.TOO_LARGE_A_PICTURE,)),
        ("a.jpg", jpeg(60_000, 60_000), (FileNote.TOO_LARGE_A_PICTURE,)),
        ("a.jpg", b"\xff\xd8\xffshort", (FileNote.UNREADABLE,)),
        ("a.png", b"\x89PNG\r\n\x1a\n", (FileNote.UNREADABLE,)),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 macro?", (FileNote.HELD,)),
        ("a.zip", package({}), (FileNote.HELD,)),
    ],
)
def test_what_may_be_taken_is_taken_with_what_to_know_of_it(
    name: str, octets: bytes, notes: tuple[str, ...]
) -> None:
    assert look(name, octets) == notes


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        *((f"a{ending}", b"MZ") for ending in (
            ".exe", ".html", ".svg", ".js", ".lnk", ".iso", ".7z", ".rar", "",
        )),
        ("a.pdf.exe", PDF),
        ("a.pdf", b"<html>" + PDF),
        ("a.pdf", b"%PDF-1.7\n<SCRIPT>alert(1)</script>" + PDF),
        ("a.jpg", PDF),
        ("a.jpg", jpeg(10, 10) + package({})),
        ("a.pdf", PDF + package({})),
        ("a.png", b"GIF89a"),
        ("a.docx", PDF),
        ("a.docx", b"PK\x03\x04 but no package" + PDF),
        ("a.pdf", EICAR),
        ("eicar.com", EICAR),
    ],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused(name: str, octets: bytes) -> None:
    with pytest.raises(RefusedError, match=r"E-UPL-(415|ZIP)"):
        look(name, octets)


def test_a_package_of_another_kind_is_no_document() -> None:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as made:
        made.writestr("a.txt", "x")
    with pytest.raises(RefusedError, match="E-UPL-415"):
        look("a.docx", octets.getvalue())


@pytest.mark.parametrize(
    "octets",
    [
        docx(**{"word/vbaProject.bin": b"x"}),
        docx(**{"word/activeX/activeX1.xml": "<x/>"}),
        docx(**{"word/embeddings/oleObject1.bin": b"x"}),
        docx(**{"xl\\macrosheets\\s.xml": "<x/>"}),
        package({"[Content_Types].xml": TYPES.format("application/x.macroEnabled.main+xml")}),
        docx(**{"word/document.xml": BODY.format("<w:instrText>DD</w:instrText><w:instrText>EAUTO c:\\cmd</w:instrText>")}),
        docx(**{"word/document.xml": BODY.format('<w:fldSimple w:instr="DDE excel">x</w:fldSimple>')}),
        docx(**{"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink/></externalLink>"}),
        docx(**{"word/_rels/settings.xml.rels": relation("attachedTemplate", "http://evil.example")}),
        docx(**{"word/_rels/document.xml.rels": relation("image", "file:///etc/hostname")}),
        docx(**{"word/_rels/document.xml.rels": relation("oleObject", "\\\\evil\\x")}),
    ],
)  # fmt: skip
def test_what_runs_or_fetches_is_refused_and_named(octets: bytes) -> None:
    with pytest.raises(ActiveContentError, match="E-UPL-MACRO"):
        look("a.docx", octets)


def test_a_name_with_macros_is_refused_whatever_it_holds() -> None:
    with pytest.raises(ActiveContentError, match="macro"):
        look("a.docm", docx())


def test_links_that_a_reader_clicks_are_let_pass() -> None:
    parts = {
        "word/_rels/document.xml.rels": relation("hyperlink", "https://x.vn"),
        "word/_rels/other.xml.rels": relation("image", "media/a.png", is_outside=False),
    }
    assert look("a.docx", docx(**parts)) == ()


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["<!DOCTYPE x [", "<!ENTITY a 'b'>"])
@pytest.mark.parametrize("before", [0, 65_530])
def test_entities_are_refused_in_any_encoding_and_at_any_place(
    code: str, mark: str, before: int
) -> None:
    part = (" " * before + mark).encode(code)
    with pytest.raises(RefusedError, match="khai báo"):
        look("a.docx", docx(**{"word/styles.xml": part}))


def lying() -> bytes:
    """A part of 300,000 octets that says it has ten."""
    octets = bytearray(docx(**{"word/a.xml": b"a" * 300_000}))
    for sign, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = octets.rfind(b"word/a.xml") if sign == b"PK\x01\x02" else octets.find(b"word/a.xml")
        header = octets.rfind(sign, 0, start)
        octets[header + place : header + place + 4] = struct.pack("<L", 10)
    return bytes(octets)


def overlapping() -> bytes:
    """Two entries of the directory that point at the same octets."""
    octets = bytearray(docx(**{"word/aa.xml": b"x" * 500, "word/bb.xml": b"y" * 500}))
    first, second = octets.rfind(b"word/aa.xml"), octets.rfind(b"word/bb.xml")
    octets[second - 4 : second] = octets[first - 4 : first]
    return bytes(octets)


BOMBS: dict[str, Callable[[], bytes]] = {
    "ratio": lambda: docx(**{"word/a.xml": b"0" * 60_000_000}),
    "entries": lambda: package({f"word/{n}.xml": "" for n in range(MOST_ENTRIES + 1)}),
    "directory": lambda: docx()[:-12] + struct.pack("<HHLLH", 70_000 & 0xFFFF, 70_000 & 0xFFFF, 9_000_000, 0, 0),
    "lying": lying,
    "overlapping": overlapping,
    "nested": lambda: docx(**{"word/inner.bin": docx()}),
    "cut": lambda: docx()[:-30],
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_costs_little_and_is_refused(kind: str) -> None:
    octets = io.BytesIO(BOMBS[kind]())
    tracemalloc.start()
    with pytest.raises(RefusedError, match="E-UPL-ZIP"):
        check_package(octets)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_encrypted_package_is_refused() -> None:
    octets = bytearray(docx())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = octets.find(sign)
        octets[found + place] |= 1
    with pytest.raises(RefusedError, match="E-UPL-ZIP"):
        look("a.docx", bytes(octets))


@pytest.mark.parametrize("rels", ["<a><b></a>", "không phải xml"])
def test_damaged_relations_are_refused(rels: str) -> None:
    with pytest.raises(RefusedError, match="E-UPL-ZIP"):
        look("a.docx", docx(**{"word/_rels/document.xml.rels": rels}))
