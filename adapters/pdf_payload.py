"""What the Typst template is given: an official document, or a part of it, as JSON."""

import json
import re
from collections.abc import Sequence

from adapters.document_layout import (
    BODY_SIZE,
    LANDSCAPE_ROOM,
    PORTRAIT_ROOM,
    LaidAnnex,
    LaidDocument,
)
from adapters.table_layout import CELL_PADDING, LaidRow, LaidTable
from adapters.times_widths import text_width
from models.documents import Paragraph
from models.values import Value

_BREAK_HERE = "\u200b"
_WORD = re.compile(r"\S+")
Block = Paragraph | LaidTable
Json = dict[str, object]


class Section(Value):
    """Pages counted together: the document or an annex of it, whole or from one page to another."""

    annex: LaidAnnex | None  # None: the document itself
    blocks: tuple[Block, ...]
    opened: bool = True  # with its heading; False where it goes on from another part
    closed: bool = True  # with its signature
    pages_before: int = 0


def sections_of(laid: LaidDocument) -> tuple[Section, ...]:
    """Return the document and then its annexes."""
    annexes = (Section(annex=annex, blocks=annex.blocks) for annex in laid.annexes)
    return (Section(annex=None, blocks=laid.body), *annexes)


def payload(
    laid: LaidDocument, sections: Sequence[Section], *, marked_from: int | None = None
) -> str:
    """Return the JSON of ``sections``.

    The pages of the first section's items from ``marked_from`` on are asked for; None: of none.
    """
    whole = laid.model_dump(mode="json", exclude={"body", "annexes"})
    drawn = [_section(section) for section in sections]
    data = {**whole, "title": laid.subject, "marked_from": marked_from, "sections": drawn}
    return json.dumps(data, ensure_ascii=False)


def _section(section: Section) -> Json:
    annex = section.annex
    landscape = annex is not None and annex.landscape
    headed = annex.model_dump(mode="json", exclude={"blocks"}) if annex else {"landscape": False}
    return {
        **headed,
        "opening": ("annex" if annex else "document") if section.opened else None,
        "signed": section.closed and annex is None,
        "pages_before": section.pages_before,
        "blocks": _blocks(section.blocks, LANDSCAPE_ROOM if landscape else PORTRAIT_ROOM),
    }


def _blocks(blocks: Sequence[Block], room: int) -> list[Json]:
    return [
        _table(block) if isinstance(block, LaidTable) else _paragraph(block, room)
        for block in blocks
    ]


def _paragraph(paragraph: Paragraph, room: int) -> Json:
    runs = [
        {"text": _breakable(run.text, room, BODY_SIZE), "bold": run.bold, "italic": run.italic}
        for run in paragraph.runs
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
    plain = not any("\n" in cell for cell in cells)
    return {"cells": cells, "heading": row.heading, "together": row.together, "plain": plain}


def _breakable(text: str, room: int, size_pt: int) -> str:
    """Allow a break between any letters of a word wider than its line, as Word does by itself."""
    # No letter is wider than its size: words of few letters need no measuring.
    if max(map(len, text.split()), default=0) * size_pt * 20 <= room:
        return text

    def split(word: re.Match[str]) -> str:
        wide = text_width(word[0], size_pt=size_pt) > room
        return _BREAK_HERE.join(word[0]) if wide else word[0]

    return _WORD.sub(split, text)
