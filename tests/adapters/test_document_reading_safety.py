"""Files that are damaged, unsafe, locked or of another kind: a clear error, never a surprise."""

import io
import zipfile

import pytest
from pypdf import PdfWriter

from adapters import document_reading_package, document_reading_pdf
from adapters.document_reading import read_document
from models.document_rules import Medium
from models.errors import PermanentError
from tests.nd30_seeds import docx_of, judged, letter, packed, parts_of, pdf_of

WORDPROCESSING = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_the_kind_of_file_is_told_by_its_content() -> None:
    assert read_document(docx_of(letter()), name="a.pdf").medium is Medium.DOCX
    assert read_document(pdf_of(letter()), name="a.docx").medium is Medium.PDF


def test_macros_are_refused_by_name_part_and_type() -> None:
    parts = parts_of(docx_of(letter()))
    assert read_document(packed(parts), name="van-ban.docm").package.macros
    assert read_document(packed({**parts, "word/vbaProject.bin": b"x"})).package.macros
    typed = parts["[Content_Types].xml"].replace(
        b"document.main+xml", b"document.macroEnabled.main+xml"
    )
    assert read_document(packed({**parts, "[Content_Types].xml": typed})).package.macros
    told = judged(packed(parts), name="van-ban.docm").breaches
    assert [one.point for one in told] == ["F-84"]


def test_links_to_the_outside_are_told_but_for_mail() -> None:
    parts = parts_of(docx_of(letter()))
    link = '<Relationship Id="rId9" Type="hyperlink" Target="{}" TargetMode="External"/></Relationships>'

    def linked(target: str) -> bytes:
        name = "word/_rels/document.xml.rels"
        xml = parts[name].decode().replace("</Relationships>", link.format(target))
        return packed({**parts, name: xml.encode()})

    assert [one.point for one in judged(linked("https://x.example/mau.dotm")).breaches] == ["F-84"]
    assert judged(linked("mailto:vhxh@batmot.example")).breaches == ()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document xmlns:w="%s">&b;</w:document>'
OUTSIDE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><w:document xmlns:w="%s"/>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE])
def test_entities_are_never_read(xml: bytes) -> None:
    parts = parts_of(docx_of(letter()))
    with pytest.raises(PermanentError, match="DTD"):
        read_document(packed({**parts, "word/document.xml": xml % WORDPROCESSING.encode()}))


def test_a_zip_bomb_is_refused_before_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = parts_of(docx_of(letter()))
    big = packed({**parts, "word/big.xml": b" " * 2_000_000})
    monkeypatch.setattr(document_reading_package, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(PermanentError, match="giải nén lớn hơn 1 MB"):
        read_document(big)
    monkeypatch.setattr(document_reading_package, "MOST_PARTS", 3)
    with pytest.raises(PermanentError, match="hơn 3 thành phần"):
        read_document(big)
    monkeypatch.setattr(document_reading_package, "MOST_BYTES", 100)
    with pytest.raises(PermanentError, match="F-84"):
        read_document(big)


def lying_zip() -> bytes:
    """A package whose directory says that a part is smaller than it is."""
    content = docx_of(letter())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    return content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "không phải DOCX hoặc PDF"),
        (b"hello", "không phải DOCX hoặc PDF"),
        (b"\xd0\xcf\x11\xe0old", ".doc cũ"),
        (b"PK\x03\x04broken", "hỏng"),
        (packed({"a.txt": b"x"}), "word/document.xml"),
        (packed({"word/document.xml": b"<w:broken"}), "hỏng ở phần"),
        (docx_of(letter())[:-200], "hỏng"),
        (lying_zip(), "hỏng|sai kích thước"),
        (b"%PDF-1.7 nothing", "hỏng hoặc không phải tệp PDF"),
    ],
)
def test_a_damaged_file_is_a_clear_error(content: bytes, told: str) -> None:
    with pytest.raises(PermanentError, match=told):
        read_document(content)


def test_a_damaged_part_is_named() -> None:
    content = bytearray(docx_of(letter()))
    at = content.index(b"word/styles.xml") + 60
    content[at : at + 40] = b"\xff" * 40
    with pytest.raises(PermanentError, match=r"word/styles\.xml"):
        read_document(bytes(content))


def test_a_locked_or_endless_pdf_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf_of(letter())))
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(PermanentError, match="mật khẩu"):
        read_document(buffer.getvalue())
    monkeypatch.setattr(document_reading_pdf, "MOST_PAGES", 0)
    with pytest.raises(PermanentError, match="hơn 0 trang"):
        read_document(pdf_of(letter()))
    monkeypatch.setattr(document_reading_pdf, "MOST_BYTES", 100)
    with pytest.raises(PermanentError, match="lớn hơn"):
        read_document(pdf_of(letter()))
