"""Official documents as PDF/A, set by Typst with the fonts that ship with the project."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst

from adapters.document_layout import (
    BODY_SIZE,
    LANDSCAPE_ROOM,
    PORTRAIT_ROOM,
    LaidAnnex,
    LaidDocument,
    lay_out,
)
from adapters.document_text import printed_lines
from adapters.table_layout import CELL_PADDING, LaidRow, LaidTable
from adapters.times_widths import text_width
from models.documents import OfficialDocument, Paragraph
from models.errors import PermanentError

_TEMPLATES = Path(__file__).parent.parent / "templates" / "document"
_SOURCE = _TEMPLATES / "official.typ"
_FONTS = _TEMPLATES / "fonts"
_STANDARD: Literal["a-2a"] = (
    "a-2a"  # archival and tagged; it also turns a missing letter into an error
)
_BREAK_HERE = "\u200b"
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_CONTEXT = 40  # letters before the missing one that a message quotes
_WORD = re.compile(r"\S+")
Json = dict[str, object]


def write_pdf(document: OfficialDocument, *, timestamp: datetime) -> bytes:
    """Return the PDF/A-2a of ``document``; equal arguments give equal bytes.

    Raises:
        PermanentError: a letter is missing from the font (the message names the text), a text is
            too long, or a table is malformed.
    """
    laid = lay_out(document)
    try:
        pdf, warnings = typst.compile_with_warnings(
            _SOURCE,
            root=_TEMPLATES,
            font_paths=[_FONTS],
            ignore_system_fonts=True,
            sys_inputs={"document": _payload(laid)},
            pdf_standards=[_STANDARD],
            timestamp=timestamp.astimezone(UTC),
        )
    except typst.TypstError as error:
        raise _refusal(laid, error.message) from error
    if warnings:
        raise _refusal(laid, warnings[0].message)
    return pdf


def _refusal(laid: LaidDocument, reason: str) -> PermanentError:
    """Name the letter that the font lacks and the text around it, or the reason Typst gave."""
    missing = _MISSING.search(reason)
    if missing is None:
        return PermanentError(
            f"Không tạo được PDF của văn bản “{laid.subject}”: {reason}. "
            "Hãy báo người quản trị hệ thống kèm thông báo này."
        )
    letters = missing[1]
    place = next((line for line in printed_lines(laid) if letters in line), letters)
    return PermanentError(
        f"Không tạo được PDF của văn bản “{laid.subject}”: phông chữ không có ký tự “{letters}” "
        f"trong đoạn “{_around(place, letters)}”. Hãy bỏ hoặc thay ký tự đó rồi tạo lại."
    )


def _around(text: str, letters: str) -> str:
    start = max(0, text.find(letters) - _CONTEXT)
    return text[start : start + 2 * _CONTEXT]


def _payload(laid: LaidDocument) -> str:
    whole = laid.model_dump(mode="json", exclude={"body", "annexes"})
    body = _blocks(laid.body, PORTRAIT_ROOM)
    annexes = [_annex(annex) for annex in laid.annexes]
    return json.dumps({**whole, "title": laid.subject, "body": body, "annexes": annexes})


def _annex(annex: LaidAnnex) -> Json:
    room = LANDSCAPE_ROOM if annex.landscape else PORTRAIT_ROOM
    return {
        **annex.model_dump(mode="json", exclude={"blocks"}),
        "blocks": _blocks(annex.blocks, room),
    }


def _blocks(blocks: Sequence[Paragraph | LaidTable], room: int) -> list[Json]:
    return [
        _table(block) if isinstance(block, LaidTable) else _paragraph(block, room)
        for block in blocks
    ]


def _paragraph(paragraph: Paragraph, room: int) -> Json:
    runs = [
        {**asdict(run), "text": _breakable(run.text, room, BODY_SIZE)} for run in paragraph.runs
    ]
    return {"style": paragraph.style.value, "runs": runs}


def _table(table: LaidTable) -> Json:
    rows = [_row(row, table) for row in table.rows()]
    return {**table.model_dump(mode="json", exclude={"source"}), "rows": rows}


def _row(row: LaidRow, table: LaidTable) -> Json:
    widths = (sum(table.widths),) if row.heading else table.widths
    cells = [
        _breakable(cell, width - 2 * CELL_PADDING, table.size_pt)
        for cell, width in zip(row.cells, widths, strict=True)
    ]
    return {**row._asdict(), "cells": cells}


def _breakable(text: str, room: int, size_pt: int) -> str:
    """Allow a break between any letters of a word wider than its line, as Word does by itself."""

    def split(word: re.Match[str]) -> str:
        wide = text_width(word[0], size_pt=size_pt) > room
        return _BREAK_HERE.join(word[0]) if wide else word[0]

    return _WORD.sub(split, text)
