"""DOCX files as lines with effective properties, sections and package facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from adapters.document_reading_package import DocumentParts, R, W, attributes
from adapters.document_reading_paragraphs import Columns, read_paragraph
from adapters.document_reading_styles import StyleBook, side_widths
from models.document_rules import Medium
from models.nd30_document import (
    CellPlace,
    Package,
    PageHeader,
    PageSection,
    ReadDocument,
    TextLine,
)

_MM_PER_TWIP = 25.4 / 1440
_DEFAULT_CELL_MARGIN = 108
_DATA_COLUMNS = 3  # tables of two columns lay out the head and the signature
_A4 = {"w": "11906", "h": "16838"}
_WRAPPERS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml"})


def read_docx(content: bytes) -> ReadDocument:
    """Return a DOCX as its lines, sections and package.

    Raises:
        PermanentError: it is damaged, unsafe or no DOCX.
    """
    parts = DocumentParts(content)
    root = parts.tree("word/document.xml")
    body = None if root is None else root.find(f"{W}body")
    blocks = [] if body is None else list(_unwrapped(body))
    endings = _section_endings(blocks)
    reading = _Reading(styles=StyleBook(parts), endings=endings)
    for place, block in enumerate(blocks):
        reading.section = sum(end < place for end, _ in endings[:-1])
        reading.read_block(block)
    return ReadDocument(
        medium=Medium.DOCX,
        sections=_sections(parts, reading, [properties for _, properties in endings]),
        lines=tuple(reading.lines),
        package=Package(macros=parts.has_macros(), links=parts.outside_links(), size=len(content)),
    )


def _unwrapped(parent: ET.Element) -> Iterator[ET.Element]:
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _unwrapped(child)
        else:
            yield child


def _section_endings(blocks: Sequence[ET.Element]) -> list[tuple[int, ET.Element]]:
    """Return the place of each section's last block and its properties; at least one."""
    found = [
        (place, properties)
        for place, block in enumerate(blocks)
        if (properties := block.find(f"{W}pPr/{W}sectPr")) is not None
    ]
    last = [block for block in blocks if block.tag == f"{W}sectPr"]
    return [*found, (len(blocks), last[-1] if last else ET.Element(f"{W}sectPr"))]


@dataclass
class _Reading:
    """Lines as they are read; counts paragraphs and tables."""

    styles: StyleBook
    endings: Sequence[tuple[int, ET.Element]]
    section: int = 0
    lines: list[TextLine] = field(default_factory=list)
    paragraphs: int = 0
    tables: int = 0
    tabled: set[int] = field(default_factory=set)

    def read_block(self, block: ET.Element) -> None:
        """Read a paragraph or a table of the body."""
        if block.tag == f"{W}p":
            self._read_paragraph(block, None, self._room())
        elif block.tag == f"{W}tbl":
            self._read_table(block)

    def _room(self) -> float:
        properties = self.endings[self.section][1]
        margins = attributes(properties.find(f"{W}pgMar"))
        width = float(attributes(properties.find(f"{W}pgSz")).get("w", _A4["w"]))
        return width - float(margins.get("left", 0)) - float(margins.get("right", 0))

    def _read_paragraph(self, block: ET.Element, cell: CellPlace | None, room: float) -> None:
        self.paragraphs += 1
        place = Columns(number=self.paragraphs, section=self.section, cell=cell, room=room)
        self.lines += read_paragraph(block, self.styles, place)

    def _read_table(self, table: ET.Element) -> None:
        index, self.tables = self.tables, self.tables + 1
        widths = [
            float(attributes(g).get("w", 0)) for g in table.iterfind(f"{W}tblGrid/{W}gridCol")
        ]
        if len(widths) >= _DATA_COLUMNS:
            self.tabled.add(self.section)
        padding = self._padding(table)
        for row, element in enumerate(table.iterfind(f"{W}tr")):
            column = 0
            for cell in element.iterfind(f"{W}tc"):
                span = int(attributes(cell.find(f"{W}tcPr/{W}gridSpan")).get("val", 1))
                width = sum(widths[column : column + span]) - padding
                place = CellPlace(table=index, row=row, column=column)
                self._read_cell(cell, place, width)
                column += span

    def _read_cell(self, cell: ET.Element, place: CellPlace, room: float) -> None:
        for block in _unwrapped(cell):
            if block.tag == f"{W}p":
                self._read_paragraph(block, place, room)
            elif block.tag == f"{W}tbl":
                self._read_table(block)

    def _padding(self, table: ET.Element) -> float:
        own = table.find(f"{W}tblPr/{W}tblCellMar")
        style = attributes(table.find(f"{W}tblPr/{W}tblStyle")).get("val", "")
        sides = self.styles.cell_margins(style) if own is None else side_widths(own)
        return sum(float(sides.get(side, _DEFAULT_CELL_MARGIN)) for side in ("left", "right"))


def _sections(
    parts: DocumentParts, reading: _Reading, endings: Sequence[ET.Element]
) -> tuple[PageSection, ...]:
    targets = parts.targets()
    references: dict[tuple[str, str], str] = {}
    found = []
    for index, properties in enumerate(endings):
        for kind in ("header", "footer"):
            for reference in properties.iterfind(f"{W}{kind}Reference"):
                which = attributes(reference).get("type", "default")
                references[kind, which] = targets.get(reference.get(f"{R}id", ""), "")
        headers = {key: _header(parts, reading.styles, name) for key, name in references.items()}
        found.append(_section(properties, headers, has_table=index in reading.tabled))
    return tuple(found)


def _section(
    properties: ET.Element, headers: dict[tuple[str, str], PageHeader], *, has_table: bool
) -> PageSection:
    size = {**_A4, **attributes(properties.find(f"{W}pgSz"))}
    margins = attributes(properties.find(f"{W}pgMar"))
    numbering = attributes(properties.find(f"{W}pgNumType"))
    differs = properties.find(f"{W}titlePg")
    gutter = float(margins.get("gutter", 0))
    sides = {
        f"{side}_mm": (float(margins[side]) + (gutter if side == "left" else 0)) * _MM_PER_TWIP
        for side in ("top", "bottom", "left", "right")
        if side in margins
    }
    return PageSection(
        width_mm=float(size["w"]) * _MM_PER_TWIP,
        height_mm=float(size["h"]) * _MM_PER_TWIP,
        first_page_differs=differs is not None
        and attributes(differs).get("val", "1") not in {"0", "false", "off"},
        starts_at=int(numbering["start"]) if "start" in numbering else None,
        number_format=numbering.get("fmt", "decimal"),
        header=headers.get(("header", "default"), PageHeader()),
        first_header=headers.get(("header", "first"), PageHeader()),
        footer=headers.get(("footer", "default"), PageHeader()),
        has_table=has_table,
        **sides,
    )


def _header(parts: DocumentParts, styles: StyleBook, name: str) -> PageHeader:
    root = parts.tree(name)
    if root is None:
        return PageHeader()
    lines = [
        line
        for number, paragraph in enumerate(root.iter(f"{W}p"), start=1)
        for line in read_paragraph(paragraph, styles, Columns(number=number))
    ]
    fields = [element.text or "" for element in root.iter(f"{W}instrText")]
    fields += [attributes(element).get("instr", "") for element in root.iter(f"{W}fldSimple")]
    return PageHeader(
        lines=tuple(lines), has_number=any("PAGE" in field.upper().split() for field in fields)
    )
