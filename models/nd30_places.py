"""Where lines stand to each other: beside, left, right, and the rule drawn under one."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from models.nd30_document import TextLine
from models.vietnamese import fold_key

_SLACK_PT = 6.0
_BASELINE_PT = 8.0
_RULE_REACH = 2


def is_left_of(line: TextLine, pivot: TextLine) -> bool:
    """Tell whether a line stands in a column left of another."""
    if line.cell and pivot.cell:
        return line.cell.table == pivot.cell.table and line.cell.column < pivot.cell.column
    if line.right is None or pivot.left is None:
        return False
    return line.page == pivot.page and line.right <= pivot.left + _SLACK_PT


def is_right_of(line: TextLine, pivot: TextLine) -> bool:
    """Tell whether a line stands in a column right of another."""
    if line.left is not None and pivot.right is not None:
        return line.page == pivot.page and line.left >= pivot.right + _SLACK_PT
    return is_left_of(pivot, line)


def is_same_column(line: TextLine, pivot: TextLine) -> bool:
    """Tell whether two lines stand in one cell, or in PDF at one edge of one page."""
    if line.cell and pivot.cell:
        return (line.cell.table, line.cell.column) == (pivot.cell.table, pivot.cell.column)
    if line.left is None or pivot.left is None:
        return line.cell is None and pivot.cell is None
    return line.page == pivot.page and abs(line.left - pivot.left) <= _SLACK_PT


def is_same_row(line: TextLine, other: TextLine) -> bool:
    """Tell whether two lines stand side by side; True where the file does not tell."""
    if line.cell and other.cell:
        return (line.cell.table, line.cell.row) == (other.cell.table, other.cell.row)
    if line.top is not None and other.top is not None:
        return line.page == other.page and abs(line.top - other.top) <= _BASELINE_PT
    return line.cell is None and other.cell is None


def rule_under(lines: Sequence[TextLine], line: TextLine) -> float | None:
    """Return the length in points of the line drawn under a line; None for none."""
    if line.rule_pt is not None:
        return line.rule_pt
    start = next(index for index, other in enumerate(lines) if other is line) + 1
    for following in lines[start : start + _RULE_REACH]:
        if following.text or following.cell != line.cell:
            return None
        if following.rule_pt is not None:
            return following.rule_pt
    return None


def is_like(text: str, wanted: str, *, least: float) -> bool:
    """Tell whether a text reads like another, accents and case aside."""
    mine, theirs = fold_key(text), fold_key(wanted)
    return mine == theirs or SequenceMatcher(None, mine, theirs).ratio() >= least


def joined(lines: Sequence[TextLine]) -> str:
    """Return the words of lines as one text."""
    return " ".join(line.text for line in lines if line.text)


def glued(lines: Sequence[TextLine]) -> TextLine:
    """Return lines of one wrapped text as one line, placed where the first stands."""
    pieces = list(lines[0].pieces)
    for line in lines[1:]:
        pieces.append(line.pieces[0].model_copy(update={"text": " "}))
        pieces += line.pieces
    return lines[0].model_copy(update={"pieces": tuple(pieces)})
