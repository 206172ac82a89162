"""Body paragraphs and tables of an official document as OOXML strings."""

from collections.abc import Iterator, Sequence

from adapters.docx_parts import (
    Look,
    cell,
    gap,
    grid,
    line_of_text,
    paragraph,
    table_properties,
)
from adapters.table_layout import CELL_PADDING, LaidRow, LaidTable
from models.documents import ColumnAlign, Paragraph, ParagraphStyle

_INDENT = 720  # 1.27 cm (II.6e)
_AFTER = 120  # 6 pt (II.6e)
_ROW_GAP = 30  # above and below the lines of a cell
BODY_LOOK = Look(first=_INDENT, after=_AFTER)
_LOOKS = {
    ParagraphStyle.BODY: BODY_LOOK,
    ParagraphStyle.POINT: BODY_LOOK,
    ParagraphStyle.NOTE: BODY_LOOK._replace(italic=True),
    ParagraphStyle.SECTION: BODY_LOOK._replace(bold=True, keep_next=True, outline=0),
    ParagraphStyle.CLAUSE: BODY_LOOK._replace(bold=True, keep_next=True, outline=1),
}
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_ALIGNS = {ColumnAlign.LEFT: "left", ColumnAlign.CENTER: "center", ColumnAlign.RIGHT: "right"}


def blocks(parts: Sequence[Paragraph | LaidTable], *, keep_last: bool = False) -> Iterator[str]:
    """Yield the XML of each block; ``keep_last`` ties the last paragraph to what follows."""
    for index, part in enumerate(parts):
        if isinstance(part, LaidTable):
            yield _table(part) + gap(_AFTER)
        else:
            tied = keep_last and index == len(parts) - 1
            look = _LOOKS[part.style]
            yield paragraph(part.runs, look._replace(keep_next=True) if tied else look)


def _table(table: LaidTable) -> str:
    borders = f"<w:tblBorders>{_BORDERS}</w:tblBorders>"
    properties = table_properties(sum(table.widths), padding=CELL_PADDING, borders=borders)
    rows = "".join(_row(row, table) for row in table.rows)
    return f"<w:tbl>{properties}{grid(table.widths)}{_header_row(table)}{rows}</w:tbl>"


def _cell_look(table: LaidTable) -> Look:
    return Look(size_pt=table.size_pt, before=_ROW_GAP, after=_ROW_GAP, align="left")


def _header_row(table: LaidTable) -> str:
    look = _cell_look(table)._replace(bold=True, align="center", keep_next=True)
    cells = "".join(
        cell(line_of_text(title, look), width, middle=True)
        for title, width in zip(table.titles, table.widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(row: LaidRow, table: LaidTable) -> str:
    whole = "<w:trPr><w:cantSplit/></w:trPr>" if row.together else ""
    look = _cell_look(table)
    if row.heading:
        text = line_of_text(row.cells[0], look._replace(bold=True, keep_next=True))
        spanning = cell(text, sum(table.widths), span=len(table.widths), middle=True)
        return f"<w:tr>{whole}{spanning}</w:tr>"
    cells = "".join(
        cell(line_of_text(text, look._replace(align=_ALIGNS[align])), width, middle=row.together)
        for text, align, width in zip(row.cells, table.aligns, table.widths, strict=True)
    )
    return f"<w:tr>{whole}{cells}</w:tr>"
