"""An official document as one frozen value; DOCX and PDF are both written from it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.values import Value


# Runs, paragraphs and rows are slotted dataclasses, not pydantic values: a report of 20,000 units
# holds as many of each, and a pydantic instance takes ten times the room.
@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one face."""

    text: str
    bold: bool = False
    italic: bool = False


class ParagraphStyle(StrEnum):
    """The roles of Nghị định 30/2020/NĐ-CP, Phụ lục I, II.6."""

    BODY = "body"
    SECTION = "section"  # I. TITLE: bold capitals
    CLAUSE = "clause"  # 1. Title: bold
    POINT = "point"  # a) or - text
    NOTE = "note"  # italic, e.g. (Số liệu chi tiết tại Phụ lục I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of the body or of an annex."""

    style: ParagraphStyle = ParagraphStyle.BODY
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The paragraph without its faces."""
        return "".join(run.text for run in self.runs)


class ColumnAlign(StrEnum):
    """Alignment of the cells of one column."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Column(Value):
    """One table column; widths are relative weights."""

    title: str
    weight: float = 1.0
    align: ColumnAlign = ColumnAlign.LEFT


@dataclass(frozen=True, slots=True)
class TableRow:
    """One table row; a ``heading`` row is bold and its first cell spans all columns."""

    cells: tuple[str, ...]
    heading: bool = False


class Table(Value):
    """A table whose header repeats on every page."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


Block = Paragraph | Table


class Annex(Value):
    """Phụ lục: Roman number, title, reference line; pages count from 1 again."""

    number: str | None
    title: str
    reference: str  # "(Kèm theo Báo cáo số …/BC-UBND ngày … của Ủy ban nhân dân xã …)"
    blocks: tuple[Block, ...]
    landscape: bool = False


class OfficialDocument(Value):
    """A document in the layout of Nghị định 30/2020/NĐ-CP.

    ``parent_line`` is the agency above (plain), ``agency_lines`` the issuing agency (bold), both
    capitals. ``type_name`` None makes a công văn: ``subject`` then stands as V/v under the number.
    ``number`` and ``issued_on`` None print as blanks to be filled by văn thư; an empty ``symbol``
    prints no number at all. ``addressees`` empty prints no Kính gửi. ``recipients`` are the lines
    of Nơi nhận without dash and without the final mark. ``authority_lines`` are TM./KT. and title
    lines, capitals.
    """

    parent_line: str | None = None
    agency_lines: tuple[str, ...]
    number: int | None
    symbol: str  # BC-UBND
    place: str
    issued_on: date | None
    month_hint: tuple[int, int] | None = None  # (month, year) printed while the day is blank
    type_name: str | None
    subject: str
    addressees: tuple[str, ...] = ()
    addressee_via: str | None = None  # "(qua Sở Khoa học và Công nghệ)"
    grounds: tuple[str, ...] = ()  # căn cứ, without final mark
    body: tuple[Block, ...]
    recipients: tuple[str, ...]
    authority_lines: tuple[str, ...]
    signer_name: str
    annexes: tuple[Annex, ...] = ()
    draft_mark: str | None = None  # e.g. "DỰ THẢO" above the header of a draft
