"""PDF files as lines with faces and places on the page, and package facts."""

from collections.abc import Callable, Sequence
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from adapters.document_reading_pdf_lines import Chunk, page_lines, paragraphs
from adapters.document_reading_pdf_package import (
    Placed,
    fonts_of,
    images_on,
    links_of,
    members,
    runs_scripts,
    signature_fields,
    version_of,
)
from models.document_rules import Medium
from models.errors import PermanentError
from models.nd30_document import Package, PageHeader, PageImage, PageSection, ReadDocument, TextLine
from models.nd30_package import is_number_form

Matrix = Sequence[float]
Font = DictionaryObject | None
MOST_BYTES = 256_000_000
MOST_PAGES = 3_000
_MM_PER_PT = 25.4 / 72
_TOP_BAND_MM = 25.0
_ASCENT, _DESCENT = 0.7, 0.22  # of the size: the inked part of a line above and below its base
_TABLE_ROWS = 2
_SLACK_MM = 0.5  # widths of letters are measured, not read


def read_pdf(content: bytes) -> ReadDocument:
    """Return a PDF as its lines, pages and package.

    Raises:
        PermanentError: it is damaged, locked or too large.
    """
    if len(content) > MOST_BYTES:
        raise _unreadable(f"lớn hơn {MOST_BYTES // 1_000_000} MB")
    try:
        return _read(PdfReader(BytesIO(content)), content)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError,
            RecursionError, NotImplementedError) as error:  # fmt: skip
        # pypdf meets damage with whatever its parser trips over.
        raise _unreadable("hỏng hoặc không phải tệp PDF") from error


def _unreadable(why: str) -> PermanentError:
    return PermanentError(f"Không đọc được tệp (F-84): tệp {why}. Hãy xuất lại PDF rồi kiểm tra.")


def _read(reader: PdfReader, content: bytes) -> ReadDocument:
    if reader.is_encrypted:
        raise _unreadable("có mật khẩu")
    if len(reader.pages) > MOST_PAGES:
        raise _unreadable(f"có hơn {MOST_PAGES} trang")
    sections: list[PageSection] = []
    pages: list[list[TextLine]] = []
    images: list[PageImage] = []
    for number, page in enumerate(reader.pages, start=1):
        chunks: list[Chunk] = []
        placed: list[Placed] = []
        page.extract_text(visitor_text=_collector(chunks), visitor_operand_before=_watcher(placed))
        size = (float(page.mediabox.width), float(page.mediabox.height))
        lines = page_lines(chunks, page=number)
        printed, rest = _split_number(lines, size)
        sections.append(_section(size, printed, rest))
        pages.append(rest)
        images += images_on(page, placed, number=number, area=size[0] * size[1])
    lines = [line for page in paragraphs(pages) for line in page]
    numbered = tuple(line.model_copy(update={"number": n}) for n, line in enumerate(lines, start=1))
    return ReadDocument(
        medium=Medium.PDF,
        sections=tuple(sections),
        lines=numbered,
        package=_package(reader, content, images=images, has_text=bool(numbered)),
    )


def _package(
    reader: PdfReader, content: bytes, *, images: Sequence[PageImage], has_text: bool
) -> Package:
    root = members(reader.trailer, "/Root")
    metadata = members(root, "/Metadata")
    archival = isinstance(metadata, StreamObject) and b"pdfaid" in metadata.get_data()
    return Package(
        links=tuple(links_of(reader)),
        scripts=runs_scripts(reader),
        loose_fonts=tuple(name for name, embedded in fonts_of(reader) if not embedded),
        page_count=len(reader.pages),
        pdf_version=version_of(reader),
        tagged=bool(members(root, "/MarkInfo").get("/Marked")) and "/StructTreeRoot" in root,
        archival=archival,
        size=len(content),
        signatures=tuple(signature_fields(reader)),
        images=tuple(images),
        has_text=has_text,
    )


def _collector(chunks: list[Chunk]) -> Callable[[str, Matrix, Matrix, Font, float], None]:
    def collect(  # noqa: PLR0917 - the order is pypdf's
        text: str, cm: Matrix, tm: Matrix, font: Font, size: float
    ) -> None:
        if not text.strip() or font is None:
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
        base = str(font.get("/BaseFont", "")).removeprefix("/")
        chunks.append(Chunk(text=text.strip("\n"), x=x, y=y, font=base, size_pt=size * scale))

    return collect


def _watcher(placed: list[Placed]) -> Callable[[bytes, Sequence[object], Matrix, Matrix], None]:
    def watch(operator: bytes, operands: Sequence[object], cm: Matrix, _: Matrix) -> None:
        if operator == b"Do" and operands:
            placed.append(Placed(name=str(operands[0]), width=abs(cm[0]), height=abs(cm[3])))

    return watch


def _split_number(
    lines: Sequence[TextLine], size: tuple[float, float]
) -> tuple[TextLine | None, list[TextLine]]:
    """Part the printed page number, the topmost line when it is one, from the rest."""
    if not lines or not is_number_form(lines[0].text):
        return None, list(lines)
    first = lines[0]
    from_top = (size[1] - (first.top or 0)) * _MM_PER_PT
    middle = ((first.left or 0) + (first.right or 0)) / 2
    centred = abs(middle / size[0] - 0.5) < 0.1  # noqa: PLR2004 - a tenth: the margins differ
    if from_top > _TOP_BAND_MM:
        return None, list(lines)
    return first.model_copy(update={"align": "center" if centred else "left"}), list(lines[1:])


def _section(
    size: tuple[float, float], number: TextLine | None, lines: Sequence[TextLine]
) -> PageSection:
    width, height = size
    tops = [(line.top or 0) + _ASCENT * _size(line) for line in lines]
    lows = [(line.top or 0) - _DESCENT * _size(line) for line in lines]
    digits = "".join(c for c in number.text if c.isdigit()) if number else ""
    # Widths are those of upright letters: a line of slanted ones measures some points too wide.
    rights = [line.right or 0 for line in lines if not all(face.italic for face in line.faces)]
    # Only text that goes beyond the least margin is told from a short or centred page.
    return PageSection(
        width_mm=width * _MM_PER_PT,
        height_mm=height * _MM_PER_PT,
        top_mm=_if_narrow(height - max(tops, default=0), 20.0),
        bottom_mm=_if_narrow(min(lows, default=height), 20.0),
        left_mm=_if_narrow(min((line.left or 0 for line in lines), default=width), 30.0),
        right_mm=_if_narrow(width - max(rights, default=0), 15.0),
        starts_at=int(digits) if digits else None,
        header=PageHeader(lines=(number,) if number else (), has_number=number is not None),
        has_table=_rows_with_columns(lines) >= _TABLE_ROWS,
    )


def _size(line: TextLine) -> float:
    return max((face.size_pt or 0 for face in line.faces), default=0)


def _if_narrow(length_pt: float, least_mm: float) -> float | None:
    length = length_pt * _MM_PER_PT
    return length if length < least_mm - _SLACK_MM else None


def _rows_with_columns(lines: Sequence[TextLine]) -> int:
    bases = [round(line.top or 0) for line in lines]
    return sum(bases.count(base) > 1 for base in set(bases))
