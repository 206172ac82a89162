"""Office packages from outside: bounded while they are unpacked, and without anything active."""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from models.errors import RefusedError
from models.file_kinds import FileCode

MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
MOST_OF_A_PART = 32 * 1024 * 1024  # of those that are read whole
RATIO_FROM = 1024 * 1024  # a blank sheet of a few kilobytes may shrink further
CHUNK = 64 * 1024
_TAIL = 65_557  # the longest end record with its comment
_END = b"PK\x05\x06"
_DOCTYPE = tuple(mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in (
    "ascii", "utf-16-le", "utf-16-be",
))  # fmt: skip
_LONGEST_MARK = max(map(len, _DOCTYPE))
_ACTIVE_NAMES = re.compile(
    r"vbaproject|vbadata|/activex/|/embeddings/|oleobject|/macrosheets/|\.(exe|dll|js|vbs|bat)$"
)
_FIELD_TEXT = re.compile(rb"<(?:\w+:)?instrText[^>]*>([^<]*)<")
_SIMPLE_FIELD = re.compile(rb"""<(?:\w+:)?fldSimple[^>]*?instr\s*=\s*["']([^"']*)""")
_DDE = re.compile(rb"\bDDE(AUTO)?\b", re.IGNORECASE)
_BOMB = "tệp nén bất thường hoặc bị hỏng; đề nghị mở, lưu lại rồi gửi"
_MACRO = "tệp chứa macro hoặc đối tượng nhúng; hãy lưu lại dạng .docx/.xlsx không có macro rồi gửi"
_OUTSIDE = "tệp có liên kết ra ngoài; hãy bỏ liên kết (dán nội dung vào tệp) rồi gửi"
_ENTITY = "tệp có khai báo không được phép; đề nghị mở, lưu lại rồi gửi"


class ActiveContentError(RefusedError):
    """A package with something that runs or fetches; a person may want to look at it."""


def check_package(file: IO[bytes]) -> None:
    """Let a DOCX or XLSX pass that unpacks within bounds and holds nothing that runs or fetches.

    Everything is counted while it is unpacked: what the directory says is not believed.

    Raises:
        ActiveContentError: ``E-UPL-MACRO``, macros, objects, fields or relations that act.
        RefusedError: ``E-UPL-ZIP``, a bomb, a damaged package or one with entities.
    """
    _check_end(file)
    try:
        with ZipFile(file) as package:
            _check_directory(package.infolist())
            _check_parts(package)
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            struct.error, UnicodeDecodeError, ValueError) as error:  # fmt: skip
        raise _refused(_BOMB) from error


def _check_end(file: IO[bytes]) -> None:
    """Read how many entries there are before a directory of many is parsed."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22:  # noqa: PLR2004 - the record's length
        raise _refused(_BOMB)
    entries, directory_size = struct.unpack("<HL", tail[place + 10 : place + 16])
    if entries > MOST_ENTRIES or directory_size > MOST_ENTRIES * 512:
        raise _refused(_BOMB)
    file.seek(0)


def _check_directory(entries: list[ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES or len(names) < len(entries):
        raise _refused(_BOMB)
    if "[Content_Types].xml" not in names:
        raise RefusedError(f"nội dung không phải là tệp .docx hoặc .xlsx ({FileCode.KIND})")
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:  # two entries share octets
            raise _refused(_BOMB)
        end = entry.header_offset + 30 + len(entry.filename) + entry.compress_size
        is_plain = entry.compress_type in {ZIP_STORED, ZIP_DEFLATED} and not entry.flag_bits & 1
        if not is_plain:
            raise _refused(_BOMB)


def _check_parts(package: ZipFile) -> None:
    unpacked = 0
    for entry in package.infolist():
        name = f"/{entry.filename.replace(chr(92), '/').lower()}"
        if _ACTIVE_NAMES.search(name):
            raise _active(_MACRO)
        is_read = name.endswith(".rels") or name.startswith(("/word/", "/xl/externallinks/"))
        size, content = _scan(
            package, entry, is_xml=name.endswith((".xml", ".rels", ".vml")),
            is_read=is_read or name == "/[content_types].xml", room=MOST_UNPACKED - unpacked,
        )  # fmt: skip
        unpacked += size
        _check_content(name, content)


def _scan(
    package: ZipFile, entry: ZipInfo, *, is_xml: bool, is_read: bool, room: int
) -> tuple[int, bytes]:
    """Unpack one part; returns its size, and its content when it is to be read and is text."""
    size, before, kept = 0, b"", bytearray()
    for chunk in _chunks(package, entry):
        if size == 0 and chunk.startswith(b"PK\x03\x04"):
            raise _refused(_BOMB)  # a package within a package
        size += len(chunk)
        if size > room or (size > RATIO_FROM and size > MOST_RATIO * max(1, entry.compress_size)):
            raise _refused(_BOMB)
        if is_xml and any(mark in before + chunk for mark in _DOCTYPE):
            raise _refused(_ENTITY)
        before = chunk[-_LONGEST_MARK:]
        if is_xml and is_read:
            kept += chunk
            if len(kept) > MOST_OF_A_PART:
                raise _refused(_BOMB)
    return size, bytes(kept)


def _chunks(package: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    with package.open(entry) as part:
        while chunk := part.read(CHUNK):
            yield chunk


def _check_content(name: str, content: bytes) -> None:
    if name == "/[content_types].xml" and b"macroenabled" in content.lower():
        raise _active(_MACRO)
    if name.endswith(".rels"):
        _check_relations(content)
    fields = b"".join(_FIELD_TEXT.findall(content)) + b" ".join(_SIMPLE_FIELD.findall(content))
    if _DDE.search(fields) or b"ddeLink" in content:
        raise _active(_MACRO)


def _check_relations(content: bytes) -> None:
    try:
        relations = list(fromstring(content))
    except (ParseError, DefusedXmlException) as error:
        raise _refused(_BOMB) from error
    for one in relations:
        is_outside = one.get("TargetMode", "").lower() == "external"
        if is_outside and not one.get("Type", "").endswith("/hyperlink"):
            raise _active(_OUTSIDE)


def _refused(words: str) -> RefusedError:
    return RefusedError(f"{words} ({FileCode.PACKAGE})")


def _active(words: str) -> ActiveContentError:
    return ActiveContentError(f"{words} ({FileCode.ACTIVE})")
