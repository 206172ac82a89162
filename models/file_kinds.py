"""Kinds of files a unit may attach, told by name and first bytes together."""

from pathlib import PurePath

from models.vietnamese import clean_text

MAX_FILES = 20
MAX_FILE_BYTES = 25 * 1024 * 1024
HEAD_BYTES = 8
ALLOWED_NAMES = "pdf, docx, xlsx, doc, xls, jpg, png"
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
    ".jpg": (_JPEG, "image/jpeg"),
    ".jpeg": (_JPEG, "image/jpeg"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
}


def media_type_of(name: str, head: bytes) -> str | None:
    """Return the media type of a file of that name and first bytes; None when it is not taken."""
    signature, media_type = KINDS.get(PurePath(name).suffix.lower(), (b"", ""))
    return media_type if signature and head.startswith(signature) else None


def clean_name(name: str) -> str:
    """Return a file name as one printable line without folders, its ending kept."""
    line = clean_text(name.replace("\\", "/").rpartition("/")[2]) or "tep"
    stem, dot, ending = line.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:8]}" if dot else line[:_LONGEST_NAME]
