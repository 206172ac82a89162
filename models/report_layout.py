"""Paragraphs and tables in the roles that all our reports use."""

from collections.abc import Iterable

from models.documents import Column, ColumnAlign, Paragraph, ParagraphStyle, Run, Table, TableRow

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def roman(number: int) -> str:
    """Return 1..12 as a Roman number."""
    return _ROMAN[number - 1]


def section(number: int, title: str) -> Paragraph:
    """Return the heading "I. TITLE"."""
    return _paragraph(ParagraphStyle.SECTION, f"{roman(number)}. {title.upper()}", bold=True)


def clause(number: int, title: str) -> Paragraph:
    """Return the heading "1. Title"."""
    return _paragraph(ParagraphStyle.CLAUSE, f"{number}. {title}", bold=True)


def body(text: str) -> Paragraph:
    """Return a plain paragraph."""
    return _paragraph(ParagraphStyle.BODY, text)


def point(text: str) -> Paragraph:
    """Return a paragraph "- text"."""
    return _paragraph(ParagraphStyle.POINT, f"- {text}")


def note(text: str) -> Paragraph:
    """Return an italic remark."""
    return Paragraph(style=ParagraphStyle.NOTE, runs=(Run(text=text, italic=True),))


def column(title: str, weight: float, align: ColumnAlign = ColumnAlign.LEFT) -> Column:
    """Return a table column."""
    return Column(title=title, weight=weight, align=align)


def table(columns: tuple[Column, ...], rows: Iterable[TableRow]) -> Table:
    """Return a table."""
    return Table(columns=columns, rows=tuple(rows))


def _paragraph(style: ParagraphStyle, text: str, *, bold: bool = False) -> Paragraph:
    return Paragraph(style=style, runs=(Run(text=text, bold=bold),))
