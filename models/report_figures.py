"""Figures as placed: each is written by one function that notes where it stands; then rechecked."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from models.documents import OfficialDocument, Paragraph, ParagraphStyle, Table
from models.figure_books import FigureBook, FigureValue
from models.totals import recheck
from models.values import Value
from models.vietnamese import format_count, format_number

PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*(?:\.[^{}\s]+)?)\}")
_NO_FIGURE = re.compile(
    r"ngày\s+\d*\s*tháng \d+ năm \d+|\d+/\d+/\d{4}|\d+ giờ \d+|(?:tháng|năm|quý) \d+"
    r"|(?<!\w)\d+[-/][^\W\d]\S*|số \d+\S*",
)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")


class Figure(Value):
    """One figure as placed: ``text`` is the clause, or the table row, that shows it.

    ``shown`` is how it is written, ``start`` where: in the text, or in the cell of ``column``. An
    ``is_edited`` text is a line of the office, whose other numbers are looked at as well.
    """

    place: str
    indicator_id: str
    value: FigureValue
    text: str
    is_edited: bool = False
    shown: str = ""
    start: int = 0
    column: int | None = None


class Filled(Value):
    """A template with its figures in place."""

    text: str
    figures: tuple[Figure, ...] = ()


class Placed(Value):
    """A figure about to be written: its value and its look."""

    value: FigureValue
    shown: str


def fill(
    template: str,
    book: FigureBook,
    *,
    place: str,
    labels: Mapping[str, str],
) -> Filled | None:
    """Return the template with every figure written and noted; None when one is missing.

    Raises:
        UsageError: the template names an unknown indicator.
    """
    values = {ref: book.value(ref) for ref in PLACE.findall(template)}
    if any(value is None for value in values.values()):
        return None
    known = {
        ref: Placed(value=value, shown=written(value, labels))
        for ref, value in values.items()
        if value is not None
    }
    return filled(template, known, place=place)


def filled(template: str, known: Mapping[str, Placed], *, place: str) -> Filled:
    """Return the template with those figures in the places that name them."""
    text, end = "", 0
    spots: list[tuple[str, int]] = []
    for match in PLACE.finditer(template):
        text += template[end : match.start()]
        spots.append((match[1], len(text)))
        text += known[match[1]].shown
        end = match.end()
    text += template[end:]
    figures = (
        Figure(
            place=place, indicator_id=ref, value=known[ref].value, text=text,
            shown=known[ref].shown, start=start,
        )
        for ref, start in spots
    )  # fmt: skip
    return Filled(text=text, figures=tuple(figures))


def written(value: FigureValue, labels: Mapping[str, str]) -> str:
    """Return a figure as it stands in a sentence."""
    if isinstance(value, tuple):
        return ", ".join(labels.get(word, word) for word in value)
    return format_count(value) if isinstance(value, int) else format_number(value)


def check_figures(
    document: OfficialDocument,
    figures: Sequence[Figure],
    book: FigureBook,
    *,
    exempt: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return where prose, annexes and totals disagree (F-83); empty when all agree.

    ``exempt`` are texts quoted from units or about plans ahead, whose numbers are no totals.
    """
    return (
        *recheck(book.totals),
        *_moved(figures, book, tuple(_texts(document))),
        *_unsourced(document, figures, exempt=exempt),
    )


def _moved(figures: Sequence[Figure], book: FigureBook, texts: Sequence[str]) -> Iterator[str]:
    whole, shown = set(texts), "\n".join(texts)
    for figure in figures:
        now = book.value(figure.indicator_id)
        if now != figure.value:
            yield (
                f"{figure.indicator_id}: báo cáo ghi {figure.value}, số liệu tổng hợp là {now}; "
                "đề nghị tổng hợp lại báo cáo."
            )
        if figure.text not in whole and figure.text not in shown:
            yield (
                f"{figure.indicator_id}: không còn câu hoặc dòng “{figure.text}” trong báo cáo; "
                "đề nghị tổng hợp lại báo cáo."
            )


def _unsourced(
    document: OfficialDocument,
    figures: Sequence[Figure],
    *,
    exempt: Sequence[str],
) -> Iterator[str]:
    """Find numbers in the body that no figure accounts for, and places left unfilled."""
    accounted = _accounted(figures, exempt)
    longest_first = sorted(accounted.items(), key=lambda pair: -len(pair[0]))
    for text in _body_texts(document):
        rest = accounted.get(text, text)
        for part, left in longest_first if text not in accounted else ():
            rest = rest.replace(part, left)
        if PLACE.search(rest):
            yield f"Còn chỗ chưa điền số liệu trong câu “{text}”; đề nghị sửa."
        for number in loose_numbers(rest):
            yield (
                f"Số {number} trong câu “{text}” không có trong số liệu tổng hợp; "
                "đề nghị sửa, hoặc ghi mã chỉ tiêu trong ngoặc nhọn thay cho số."
            )


def loose_numbers(text: str) -> list[str]:
    """Return the numbers of a text but for days, hours and numbers of documents."""
    return _NUMBER.findall(_NO_FIGURE.sub(" ", text))


def _accounted(figures: Sequence[Figure], exempt: Iterable[str]) -> dict[str, str]:
    """Return texts that are accounted for, and what is left of each to look at."""
    left = {figure.text: " " for figure in figures if figure.column is None}
    left |= dict.fromkeys(exempt, " ")
    edited: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.is_edited:
            edited.setdefault(figure.text, []).append(figure)
    return left | {text: _without(text, mine, exempt) for text, mine in edited.items()}


def _without(text: str, figures: Sequence[Figure], exempt: Iterable[str]) -> str:
    """Return the office's line without its figures and quotations."""
    letters = list(text)
    for figure in figures:
        letters[figure.start : figure.start + len(figure.shown)] = " " * len(figure.shown)
    rest = "".join(letters)
    for part in exempt:
        rest = rest.replace(part, " ")
    return rest


def _body_texts(document: OfficialDocument) -> Iterator[str]:
    headings = {ParagraphStyle.SECTION, ParagraphStyle.CLAUSE}
    for block in document.body:
        if isinstance(block, Paragraph) and block.style not in headings:
            yield block.text


def _texts(document: OfficialDocument) -> Iterator[str]:
    blocks = (*document.body, *(block for annex in document.annexes for block in annex.blocks))
    for block in blocks:
        if isinstance(block, Table):
            yield from (row_text(row.cells) for row in block.rows)
        else:
            yield block.text


def row_text(cells: Sequence[str]) -> str:
    """Return a table row as one text, as figures note it."""
    return " | ".join(cells)
