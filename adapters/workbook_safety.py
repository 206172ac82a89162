"""Workbooks of strangers, looked through before anything reads them: size, macros, outside, DTD."""

import re
from collections.abc import Sequence
from io import BytesIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - the library's name says nothing

from models.errors import WorkbookUnreadableError

# Rows 73-77 of reliability.md 3.7.
MOST_ENTRIES = 2_000
MOST_UNPACKED = 200_000_000
MOST_RATIO = 100
MOST_PARSED = 8_000_000  # of all XML parts: a form with 1,000 rows has 1 MB
_WORTH_A_RATIO = 1_000_000  # smaller parts cannot do harm, however well they were packed
XML_PART = re.compile(r".*\.(?:xml|rels|vml)", re.IGNORECASE | re.DOTALL)
_MACRO = re.compile(r"vbaproject|activex|/embeddings/|\.bin$|macrosheets/", re.IGNORECASE)
_HARMLESS_BIN = re.compile(r"xl/printersettings/", re.IGNORECASE)
_LINKED_BOOKS = re.compile(r"xl/externallinks/", re.IGNORECASE)
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
_HYPERLINK = re.compile(rb"relationships/hyperlink[\"']", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<[^<>]*Relationship\s[^<>]*>", re.IGNORECASE)
_MACRO_TYPE = re.compile(rb"macroenabled|vbaproject", re.IGNORECASE)

HOW_TO = "đề nghị điền vào biểu mẫu đã nhận, lưu lại dạng .xlsx rồi gửi lại."
DAMAGED = f"Tệp hỏng hoặc không phải bảng tính .xlsx; {HOW_TO}"
TOO_LARGE = f"Tệp bảng tính quá lớn khi giải nén; {HOW_TO}"
_SAVE = "lưu lại dạng .xlsx rồi gửi lại."
MACRO = f"Tệp chứa macro hoặc đối tượng nhúng; đề nghị mở bằng Excel, {_SAVE}"
OUTSIDE = f"Tệp có liên kết tới tệp bên ngoài; đề nghị bỏ các liên kết, {_SAVE}"
DTD = f"Tệp chứa khai báo DTD, không an toàn; {HOW_TO}"
LOCKED = "Tệp được đặt mật khẩu mở; đề nghị bỏ mật khẩu rồi gửi lại."


def refuse_unsafe(octets: bytes) -> None:
    """Refuse a file that would cost too much to read, runs programs or reaches outside.

    Raises:
        WorkbookUnreadableError: its text says why and what to do.
    """
    try:
        with ZipFile(BytesIO(octets)) as archive:
            entries = archive.infolist()
            _refuse_bombs(entries, len(octets))
            if any(entry.flag_bits & 1 for entry in entries):
                raise WorkbookUnreadableError(LOCKED)
            _refuse_names([entry.filename for entry in entries])
            for entry in entries:
                if XML_PART.fullmatch(entry.filename):
                    _refuse_content(entry.filename, archive.read(entry))
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise WorkbookUnreadableError(DAMAGED) from error


def _refuse_bombs(entries: list[ZipInfo], size: int) -> None:
    # What a part says is its size is all that is ever unpacked of it: a lie only damages the file.
    unpacked = sum(entry.file_size for entry in entries)
    parsed = sum(entry.file_size for entry in entries if XML_PART.fullmatch(entry.filename))
    is_bomb = any(
        entry.file_size > max(_WORTH_A_RATIO, MOST_RATIO * min(entry.compress_size, size))
        for entry in entries
    )
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or parsed > MOST_PARSED or is_bomb:
        raise WorkbookUnreadableError(TOO_LARGE)
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) != len(names):  # which of the two counts, programs do not agree on
        raise WorkbookUnreadableError(DAMAGED)


def _refuse_names(names: Sequence[str]) -> None:
    if any(_MACRO.search(name) and not _HARMLESS_BIN.match(name) for name in names):
        raise WorkbookUnreadableError(MACRO)
    if any(map(_LINKED_BOOKS.match, names)):
        raise WorkbookUnreadableError(OUTSIDE)


def _refuse_content(name: str, content: bytes) -> None:
    _refuse_dtd(content)
    if name.casefold() == "[content_types].xml" and _MACRO_TYPE.search(content):
        raise WorkbookUnreadableError(MACRO)
    if name.casefold().endswith(".rels"):
        for link in _RELATIONSHIP.findall(content):
            if _EXTERNAL.search(link) and not _HYPERLINK.search(link):
                raise WorkbookUnreadableError(OUTSIDE)


def _refuse_dtd(content: bytes) -> None:
    """Refuse a document type; it can only stand before the first element, so no more is parsed."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _found_dtd
    parser.StartElementHandler = _begun
    try:
        parser.Parse(content, True)  # noqa: FBT003 - it is all there is
    except _BegunError:
        return
    except expat.ExpatError as error:
        raise WorkbookUnreadableError(DAMAGED) from error


class _BegunError(Exception):
    """The first element has begun: no document type follows."""


def _begun(*_: object) -> None:
    raise _BegunError


def _found_dtd(*_: object) -> None:
    raise WorkbookUnreadableError(DTD)
