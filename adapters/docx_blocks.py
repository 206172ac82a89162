"""Body paragraphs and tables of an official document as OOXML strings."""

from collections.abc import Iterator, Sequence

from adapters.docx_parts import (
    Look,
    cell,
    gap,
    grid,
    line_of_text,
    paragraph,
    run_text,
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
_WHOLE = "<w:trPr><w:cantSplit/></w:trPr>"
_HOLE = "\x1f"
_ALIGNS = {ColumnAlign.LEFT: "left", ColumnAlign.CENTER: "center", ColumnAlign.RIGHT: "right"}


def blocks(parts: Sequence[Paragraph | LaidTable], *, keep_last: bool = False) -> Iterator[str]:
    """Yield the XML of each block; ``keep_last`` ties the last paragraph to what follows."""
    for index, part in enumerate(parts):
        if isinstance(part, LaidTable):
            yield from _table(part)
            yield gap(_AFTER)
        else:
            tied = keep_last and index == len(parts) - 1
            look = _LOOKS[part.style]
            yield paragraph(part.runs, look._replace(keep_next=True) if tied else look)


def _table(table: LaidTable) -> Iterator[str]:
    borders = f"<w:tblBorders>{_BORDERS}</w:tblBorders>"
    properties = table_properties(sum(table.widths), padding=CELL_PADDING, borders=borders)
    yield f"<w:tbl>{properties}{grid(table.widths)}{_header_row(table)}"
    whole, broken = _RowPattern(table, together=True), _RowPattern(table, together=False)
    for row in table.rows():
        yield _heading_row(row, table) if row.heading else (whole if row.together else broken)(row)
    yield "</w:tbl>"


def _cell_look(table: LaidTable) -> Look:
    return Look(size_pt=table.size_pt, before=_ROW_GAP, after=_ROW_GAP, align="left")


def _header_row(table: LaidTable) -> str:
    look = _cell_look(table)._replace(bold=True, align="center", keep_next=True)
    cells = "".join(
        cell(line_of_text(title, look), width, middle=True)
        for title, width in zip(table.titles, table.widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _heading_row(row: LaidRow, table: LaidTable) -> str:
    look = _cell_look(table)._replace(bold=True, keep_next=True)
    spanning = cell(
        line_of_text(row.cells[0], look), sum(table.widths), span=len(table.widths), middle=True
    )
    return f"<w:tr>{_WHOLE}{spanning}</w:tr>"


class _RowPattern:
    """The XML around the texts of a table's rows, made once: rows differ in their texts only."""

    def __init__(self, table: LaidTable, *, together: bool) -> None:
        look = _cell_look(table)
        cells = (
            cell(line_of_text(_HOLE, look._replace(align=_ALIGNS[align])), width, middle=together)
            for align, width in zip(table.aligns, table.widths, strict=True)
        )
        row = f"<w:tr>{_WHOLE if together else ''}{''.join(cells)}</w:tr>"
        self._pattern = row.replace("%", "%%").replace(_HOLE, "%s")

    def __call__(self, row: LaidRow) -> str:
        # Escaped as one text: clean texts hold no control character, so none holds the hole.
        return self._pattern % tuple(run_text(_HOLE.join(row.cells)).split(_HOLE))
