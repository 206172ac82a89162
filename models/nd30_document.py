"""A document as read from its file: lines with their effective faces, pages, and the package."""

from models.document_rules import Medium
from models.values import Value


class Face(Value):
    """The effective look of a stretch of text; None where the file does not tell."""

    fonts: tuple[str, ...] = ()
    size_pt: float | None = None
    bold: bool = False
    italic: bool = False
    colour: str | None = None
    capitals: bool = False


class Piece(Value):
    """A stretch of text in one face."""

    text: str
    face: Face


class CellPlace(Value):
    """Where in which table a line stands, counted from 0."""

    table: int
    row: int
    column: int


class TextLine(Value):
    """A paragraph, or a part of one between line breaks; lengths are points.

    ``lines_high`` is the distance of lines in single lines, ``width_pt`` the measured width of the
    text, ``rule_pt`` the length of a line drawn here. ``left``, ``right`` and ``top`` are positions
    on the page and known in PDF only, as paragraph properties are in DOCX only.
    """

    number: int
    section: int = 0
    page: int | None = None
    pieces: tuple[Piece, ...] = ()
    cell: CellPlace | None = None
    align: str | None = None
    first_pt: float | None = None
    left_pt: float | None = None
    before_pt: float | None = None
    after_pt: float | None = None
    lines_high: float | None = None
    width_pt: float = 0.0
    rule_pt: float | None = None
    left: float | None = None
    right: float | None = None
    top: float | None = None

    @property
    def text(self) -> str:
        """The words with single spaces at the ends cut; blanks inside stay as they are."""
        raw = "".join(p.text.upper() if p.face.capitals else p.text for p in self.pieces)
        return raw.strip()

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces of the visible pieces, each once."""
        return tuple(dict.fromkeys(piece.face for piece in self.pieces if piece.text.strip()))


class PageHeader(Value):
    """The header of a section: its lines, and whether a page number stands in it."""

    lines: tuple[TextLine, ...] = ()
    has_number: bool = False


class PageSection(Value):
    """A stretch of pages of one form; lengths are millimetres, None where unknown."""

    width_mm: float
    height_mm: float
    top_mm: float | None = None
    bottom_mm: float | None = None
    left_mm: float | None = None
    right_mm: float | None = None
    first_page_differs: bool = False
    starts_at: int | None = None
    number_format: str = "decimal"
    header: PageHeader = PageHeader()
    first_header: PageHeader = PageHeader()
    footer: PageHeader = PageHeader()
    has_table: bool = False

    @property
    def is_landscape(self) -> bool:
        """Whether the page is wider than high."""
        return self.width_mm > self.height_mm


class SignatureField(Value):
    """A digital signature in a PDF; ``box`` is left, bottom, right, top on its page in points."""

    name: str
    page: int
    box: tuple[float, float, float, float]
    covers_from: int
    covers_to: int
    has_image: bool = False
    image_transparent: bool = False
    text: str = ""
    size_pt: float | None = None


class PageImage(Value):
    """A picture on a page of a PDF: how much of the page it covers, and its resolution."""

    page: int
    cover: float
    dpi: float
    in_colour: bool


class Package(Value):
    """What the file holds beside text."""

    macros: bool = False
    links: tuple[str, ...] = ()
    scripts: bool = False
    loose_fonts: tuple[str, ...] = ()  # not embedded
    page_count: int | None = None
    pdf_version: float | None = None
    tagged: bool | None = None
    archival: bool | None = None
    size: int = 0
    signatures: tuple[SignatureField, ...] = ()
    images: tuple[PageImage, ...] = ()
    has_text: bool = True


class ReadDocument(Value):
    """A document as its reader saw it; lines in reading order."""

    medium: Medium
    sections: tuple[PageSection, ...]
    lines: tuple[TextLine, ...]
    package: Package = Package()
