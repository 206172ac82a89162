"""Kinds of files a unit may attach, told by name and first bytes together."""

from enum import StrEnum
from pathlib import PurePath

from models.vietnamese import clean_text

MAX_FILES = 20
MAX_FILE_BYTES = 25 * 1024 * 1024
HEAD_BYTES = 8
ALLOWED_NAMES = "pdf, docx, xlsx, jpg, png (doc, xls, zip được giữ để cán bộ kiểm tra)"
_LONGEST_NAME = 120

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_JPEG = b"\xff\xd8\xff"
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, tuple[bytes, str]] = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".docx": (_ZIP, f"{_OFFICE}.wordprocessingml.document"),
    ".xlsx": (_ZIP, f"{_OFFICE}.spreadsheetml.sheet"),
    ".doc": (_OLE, "application/msword"),
    ".xls": (_OLE, "application/vnd.ms-excel"),
    ".zip": (_ZIP, "application/zip"),
    ".jpg": (_JPEG, "image/jpeg"),
    ".jpeg": (_JPEG, "image/jpeg"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
}
PACKAGES = frozenset({".docx", ".xlsx"})
HELD = frozenset({".doc", ".xls", ".zip"})  # what they hold cannot be told without opening them
WITH_MACROS = frozenset({".docm", ".dotm", ".xlsm", ".xltm", ".xlsb"})


class FileCode(StrEnum):
    """Why a file is not taken."""

    KIND = "E-UPL-415"
    PACKAGE = "E-UPL-ZIP"
    ACTIVE = "E-UPL-MACRO"
    SIZE = "E-UPL-413"


class FileNote(StrEnum):
    """What the unit and the office should know of a file that was taken."""

    UNREADABLE = "không mở được, có thể bị hỏng; đề nghị kiểm tra và gửi lại"
    LOCKED = "có mật khẩu nên không mở được; đề nghị gửi bản không đặt mật khẩu"
    TOO_LARGE_A_PICTURE = "ảnh quá lớn, không hiển thị"
    HELD = "giữ để cán bộ kiểm tra trước khi mở"


def ending_of(name: str) -> str:
    """Return the ending that tells the kind, in small letters, with its dot."""
    return PurePath(name).suffix.lower()


def media_type_of(name: str, head: bytes) -> str | None:
    """Return the media type of a file of that name and first bytes; None when it is not taken."""
    signature, media_type = KINDS.get(ending_of(name), (b"", ""))
    return media_type if signature and head.startswith(signature) else None


def clean_name(name: str) -> str:
    """Return a file name as one printable line without folders, its ending kept."""
    line = clean_text(name.replace("\\", "/").rpartition("/")[2]) or "tep"
    stem, dot, ending = line.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:8]}" if dot else line[:_LONGEST_NAME]
