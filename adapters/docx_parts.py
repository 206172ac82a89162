"""OOXML strings for paragraphs, rules, tables and sections; all lengths are twips."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from adapters.document_layout import (
    BODY_SIZE,
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_LONG,
    PAGE_SHORT,
)
from adapters.docx_package import FONT
from models.documents import Run

_HEADER_DISTANCE = 567  # the page number stands in the middle of the top margin
_BODY_LINE = 360
_TEXT = '<w:t xml:space="preserve">'
_BREAK = f"</w:t><w:br/>{_TEXT}"
_LINE = 'w:val="single" w:sz="6" w:space="0" w:color="000000"'


class Look(NamedTuple):
    """How a paragraph looks; the faces of its runs add to ``bold`` and ``italic``."""

    size_pt: int = BODY_SIZE
    bold: bool = False
    italic: bool = False
    align: str = "both"
    first: int = 0
    left: int = 0
    right: int = 0
    hanging: int = 0
    before: int = 0
    after: int = 0
    keep_next: bool = False
    outline: int | None = None
    boxed: bool = False


def line_height(size_pt: int) -> int:
    """Return the exact line height of a size: 18 pt for the body, 1.25 times elsewhere."""
    return _BODY_LINE if size_pt == BODY_SIZE else size_pt * 25


def paragraph(runs: Sequence[Run], look: Look) -> str:
    """Return one ``w:p``."""
    inner = "".join(
        _run(run.text, look.size_pt, look.bold or run.bold, look.italic or run.italic)
        for run in runs
    )
    return f"<w:p>{_paragraph_properties(look)}{inner}</w:p>"


def line_of_text(text: str, look: Look) -> str:
    """Return one ``w:p`` in one face."""
    inner = _run(text, look.size_pt, look.bold, look.italic)
    return f"<w:p>{_paragraph_properties(look)}{inner}</w:p>"


def drawn_rule(length: int, room: int, *, after: int = 0) -> str:
    """Return a solid line of ``length``, centred in ``room``, drawn as a border of its own."""
    indent = max(0, (room - length) // 2)
    return (
        f'<w:p><w:pPr><w:pBdr><w:top {_LINE}/></w:pBdr><w:spacing w:before="40"'
        f' w:after="{after}" w:line="80" w:lineRule="exact"/>'
        f'<w:ind w:left="{indent}" w:right="{room - length - indent}"/></w:pPr></w:p>'
    )


def gap(height: int, section: str = "") -> str:
    """Return an empty paragraph of exactly ``height``, carrying section properties if given."""
    return (
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/>'
        f'<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr>{section}</w:pPr></w:p>'
    )


def frame(widths: Sequence[int], rows: Sequence[Sequence[str]]) -> str:
    """Return a table without borders and cell margins; each row holds the XML of its cells."""
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(cell(inner, width) for inner, width in zip(row, widths, strict=True))
        + "</w:tr>"
        for row in rows
    )
    properties = table_properties(sum(widths), padding=0, borders="")
    return f"<w:tbl>{properties}{grid(widths)}{body}</w:tbl>"


def cell(inner: str, width: int, *, span: int = 1, middle: bool = False) -> str:
    """Return one ``w:tc`` around the XML of its paragraphs."""
    spanning = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    centred = '<w:vAlign w:val="center"/>' if middle else ""
    width_xml = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{width_xml}{spanning}{centred}</w:tcPr>{inner}</w:tc>"


def table_properties(width: int, *, padding: int, borders: str) -> str:
    """Return ``w:tblPr`` of a table of fixed columns."""
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>{borders}'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{padding}" w:type="dxa"/><w:right w:w="{padding}" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>"
    )


def grid(widths: Sequence[int]) -> str:
    """Return ``w:tblGrid``."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tblGrid>{columns}</w:tblGrid>"


def section_properties(*, landscape: bool) -> str:
    """Return ``w:sectPr``: its own page, pages counted from 1, no number on the first (I.7)."""
    width, height = (PAGE_LONG, PAGE_SHORT) if landscape else (PAGE_SHORT, PAGE_LONG)
    orient = ' w:orient="landscape"' if landscape else ""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>'
        '<w:headerReference w:type="first" r:id="rId4"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"{orient}/><w:pgMar w:top="{MARGIN_TOP}"'
        f' w:right="{MARGIN_RIGHT}" w:bottom="{MARGIN_BOTTOM}" w:left="{MARGIN_LEFT}"'
        f' w:header="{_HEADER_DISTANCE}" w:footer="{_HEADER_DISTANCE}" w:gutter="0"/>'
        '<w:pgNumType w:fmt="decimal" w:start="1"/><w:cols w:space="720"/><w:titlePg/></w:sectPr>'
    )


@lru_cache(maxsize=256)
def _paragraph_properties(look: Look) -> str:
    keep = "<w:keepNext/>" if look.keep_next else ""
    outline = f'<w:outlineLvl w:val="{look.outline}"/>' if look.outline is not None else ""
    hanging = f' w:hanging="{look.hanging}"' if look.hanging else ""
    first = f' w:firstLine="{look.first}"' if look.first else ""
    return (
        f"<w:pPr>{keep}<w:widowControl/>{_box() if look.boxed else ''}"
        f'<w:spacing w:before="{look.before}" w:after="{look.after}"'
        f' w:line="{line_height(look.size_pt)}" w:lineRule="exact"/>'
        f'<w:ind w:left="{look.left}" w:right="{look.right}"{hanging}{first}/>'
        f'<w:jc w:val="{look.align}"/>{outline}</w:pPr>'
    )


def _box() -> str:
    sides = "".join(f"<w:{side} {_LINE}/>" for side in ("top", "left", "bottom", "right"))
    return f"<w:pBdr>{sides}</w:pBdr>"


def run_text(text: str) -> str:
    """Return the inside of one or more ``w:t`` in a run; a line break parts them."""
    return escape(text, quote=False).replace("\n", _BREAK)


def _run(text: str, size_pt: int, bold: bool, italic: bool) -> str:  # noqa: FBT001 - two faces, private
    inner = f"{_TEXT}{run_text(text)}</w:t>"
    return f"<w:r>{_run_properties(size_pt, bold, italic)}{inner}</w:r>"


@lru_cache(maxsize=64)
def _run_properties(size_pt: int, bold: bool, italic: bool) -> str:  # noqa: FBT001 - two faces, private
    face = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
    size = size_pt * 2
    return (
        f'<w:rPr>{FONT}{face}<w:color w:val="000000"/>'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/><w:lang w:val="vi-VN"/></w:rPr>'
    )
