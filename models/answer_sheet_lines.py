"""The lines of an answer's workbook: titles, tables as high as their texts, open and closed."""

from collections.abc import Sequence

from models.answer_fields import AnswerForm
from models.workbooks import LONGEST_CELL, Line, Style

TOO_LONG = "(Nội dung đã gửi dài hơn một ô chứa được; giữ nguyên như bản đã gửi.)"
_LINE_POINTS = 16.5
_HIGHEST = 400.0


def wide_line(text: str, style: Style, widths: Sequence[float]) -> Line:
    """Return one text over all columns, as high as its lines: merged cells never grow."""
    room = sum(widths) * (0.8 if style is Style.TITLE else 1)
    blank = len(widths) - 1
    return Line(
        texts=(text, *[""] * blank),
        styles=(style,) * (blank + 1),
        height=_lines_of(text, room) * _LINE_POINTS + 2,
        is_wide=True,
    )


def table_line(
    cells: Sequence[tuple[str, Style]], widths: Sequence[float], least: float = 0
) -> Line:
    """Return one row of a table, high enough for its texts: not every program finds that itself."""
    texts, styles = zip(*cells, strict=True)
    most = max(_lines_of(text, width) for text, width in zip(texts, widths, strict=True))
    return Line(texts, styles, max(least, min(most * _LINE_POINTS + 1, _HIGHEST)))


def _lines_of(text: str, width: float) -> int:
    room = max(int(width), 1)
    return sum(-(-len(part) // room) or 1 for part in text.split("\n")) if text else 1


def head_lines(form: AnswerForm, title: str, widths: Sequence[float], *told: str) -> list[Line]:
    """Return what stands above a table: what it is, whose, by when, and what else is told."""
    lines = [
        wide_line(f"{title} - {form.product.upper()}", Style.TITLE, widths),
        wide_line(f"{form.unit_name}. {form.plan_name}. Thời hạn: {form.due_text}.",
              Style.INFO, widths),
    ]  # fmt: skip
    return [*lines, *(wide_line(text, Style.INFO, widths) for text in told if text)]


def title_line(titles: Sequence[str], widths: Sequence[float]) -> Line:
    """Return the titles of a table's columns."""
    return table_line([(title, Style.HEADER) for title in titles], widths)


def open_style(*, is_open: bool, is_figure: bool) -> Style:
    """Return how a cell looks that may be written, or may not."""
    if is_figure:
        return Style.OPEN_FIGURE if is_open else Style.CLOSED_FIGURE
    return Style.OPEN_TEXT if is_open else Style.CLOSED_TEXT


def fitting(text: str) -> str:
    """Return a text that a cell can hold, or a word that it cannot."""
    return text if len(text) <= LONGEST_CELL else TOO_LONG
