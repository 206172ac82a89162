"""Files from outside: of the kind their name says, nothing hidden behind, nothing opened."""

import struct
from typing import IO

from adapters.package_checks import ActiveContentError, check_package
from models.errors import RefusedError
from models.file_kinds import (
    ALLOWED_NAMES,
    HEAD_BYTES,
    HELD,
    PACKAGES,
    WITH_MACROS,
    FileCode,
    FileNote,
    ending_of,
    media_type_of,
)
from models.values import Value

FIRST, LAST = 4_096, 66_000
MOST_PIXELS = 50_000_000
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MARKUP = (b"<html", b"<script", b"<!doctype html", b"<svg", b"<?php")


class Inspection(Value):
    """A file that may be taken: its media type, and what to know of it."""

    media_type: str
    notes: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether a person must look at it before anybody opens it."""
        return FileNote.HELD in self.notes


def inspect_file(file: IO[bytes], name: str) -> Inspection:
    """Tell what a file is by its name and octets together; nothing of it is rendered.

    Raises:
        ActiveContentError: it holds macros, objects or relations that act.
        RefusedError: it is of no allowed kind, not what its name says, or a damaged package.
    """
    ending = ending_of(name)
    if ending in WITH_MACROS:
        raise ActiveContentError(
            f"tệp có macro; hãy lưu lại dạng .docx/.xlsx rồi gửi ({FileCode.ACTIVE})"
        )
    file.seek(0)
    media_type = media_type_of(name, file.read(HEAD_BYTES))
    if media_type is None or _is_two_things(file, ending):
        raise RefusedError(
            f"không nhận loại tệp này; đề nghị gửi tệp {ALLOWED_NAMES} ({FileCode.KIND})"
        )
    if ending in HELD:
        return Inspection(media_type=media_type, notes=(FileNote.HELD,))
    if ending in PACKAGES:
        check_package(file)
        return Inspection(media_type=media_type)
    note = _pdf_note(file) if ending == ".pdf" else _picture_note(file, ending)
    return Inspection(media_type=media_type, notes=(note,) if note else ())


def _is_two_things(file: IO[bytes], ending: str) -> bool:
    """Whether another kind hides before or behind: a page of HTML, an archive at the end."""
    if ending in PACKAGES | HELD:
        return False
    return any(mark in _first(file).lower() for mark in _MARKUP) or b"PK\x05\x06" in _last(file)


def _first(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(FIRST)


def _last(file: IO[bytes]) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - LAST))
    return file.read()


def _pdf_note(file: IO[bytes]) -> FileNote | None:
    tail = _last(file)
    if b"startxref" not in tail:
        return FileNote.UNREADABLE
    return FileNote.LOCKED if b"/Encrypt" in tail else None


def _picture_note(file: IO[bytes], ending: str) -> FileNote | None:
    size = _png_size(file) if ending == ".png" else _jpeg_size(file)
    if size is None:
        return FileNote.UNREADABLE
    return FileNote.TOO_LARGE_A_PICTURE if size[0] * size[1] > MOST_PIXELS else None


def _png_size(file: IO[bytes]) -> tuple[int, int] | None:
    head = _first(file)
    if len(head) < 24 or head[12:16] != b"IHDR":  # noqa: PLR2004 - PNG 5.3, 11.2.2
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _jpeg_size(file: IO[bytes]) -> tuple[int, int] | None:
    """Follow the segments to the frame header (ITU-T T.81 B.1.1, B.2.2)."""
    file.seek(2)
    for _ in range(1_000):
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004 - marker and length
            return None
        marker, length = head[1], int.from_bytes(head[2:])
        if marker in _START_OF_FRAME:
            frame = file.read(5)
            if len(frame) < 5:  # noqa: PLR2004 - precision, height, width
                return None
            return int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])
        file.seek(max(0, length - 2), 1)
    return None
