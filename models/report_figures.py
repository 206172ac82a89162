"""Figures in prose: each is placed by one function that notes where it stands, and is rechecked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from models.coverage import Coverage
from models.documents import OfficialDocument, Paragraph, ParagraphStyle, Table
from models.errors import UsageError
from models.total_values import Total, Totals
from models.totals import number_of, recheck
from models.values import Value
from models.vietnamese import format_count, format_number

FigureValue = int | Decimal | tuple[str, ...]
COVERAGE = "coverage."

_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*(?:\.[^{}\s]+)?)\}")
_NO_FIGURE = re.compile(
    r"ngày\s+\d*\s*tháng \d+ năm \d+|\d+/\d+/\d{4}|\d+ giờ \d+|(?:tháng|năm|quý) \d+"
    r"|(?<!\w)\d+[-/][^\W\d]\S*|số \d+\S*",
)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")


class Figure(Value):
    """One figure as placed: ``text`` is the clause, or the table row, that shows it.

    An ``is_edited`` text is a line of the office, whose other numbers are looked at as well.
    """

    place: str
    indicator_id: str
    value: FigureValue
    text: str
    is_edited: bool = False


class Quote(Value):
    """A unit's own words in the report, and the submission they come from."""

    place: str
    submission_id: str
    unit_id: str
    text: str


class Filled(Value):
    """A template with its figures in place."""

    text: str
    figures: tuple[Figure, ...]


def value_of(totals: Totals, reference: str) -> FigureValue | None:
    """Return what a reference stands for: ``TT01``, ``TT04.zalo``, ``HD05.truong_hoc``.

    Raises:
        UsageError: no figure has that id.
    """
    id_, _, key = reference.partition(".")
    try:
        total = totals.total(id_)
    except KeyError:
        raise UsageError(
            f"Không có chỉ tiêu “{id_}” trong số liệu tổng hợp; đề nghị sửa mã trong đề cương.",
        ) from None
    if key:
        return _part_of(total, key)
    return total.value if isinstance(total.value, tuple) else number_of(total)


def _part_of(total: Total, key: str) -> int | None:
    if isinstance(total.value, dict):
        return total.value.get(key)
    if total.value is None:
        return None
    rows = (source.value for source in total.counted)
    return sum(isinstance(row, dict) and row.get("type") == key for row in rows)


def fill(
    template: str,
    totals: Totals,
    *,
    place: str,
    labels: Mapping[str, str],
) -> Filled | None:
    """Return the template with every figure written and noted; None when one is missing.

    Raises:
        UsageError: the template names an unknown indicator.
    """
    values = {ref: value_of(totals, ref) for ref in _PLACE.findall(template)}
    if any(value is None for value in values.values()):
        return None
    known = {ref: value for ref, value in values.items() if value is not None}
    text = _PLACE.sub(lambda match: written(known[match[1]], labels), template)
    figures = (
        Figure(place=place, indicator_id=ref, value=value, text=text)
        for ref, value in known.items()
    )
    return Filled(text=text, figures=tuple(figures))


def written(value: FigureValue, labels: Mapping[str, str]) -> str:
    """Return a figure as it stands in a sentence."""
    if isinstance(value, tuple):
        return ", ".join(labels.get(word, word) for word in value)
    return format_count(value) if isinstance(value, int) else format_number(value)


def check_figures(
    document: OfficialDocument,
    figures: Sequence[Figure],
    totals: Totals,
    *,
    coverage: Coverage,
    exempt: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return where prose, annexes and totals disagree (F-83); empty when all agree.

    ``exempt`` are texts quoted from units or about plans ahead, whose numbers are no totals.
    """
    shown = "\n".join(_texts(document))
    return (
        *recheck(totals),
        *_moved(figures, totals, coverage=coverage, shown=shown),
        *_unsourced(document, figures, totals, exempt=exempt),
    )


def coverage_value(coverage: Coverage, reference: str) -> int:
    """Return how many units a reference such as ``coverage.missing`` stands for."""
    groups = {
        "sent": coverage.sent,
        "owing": coverage.owing,
        "missing": coverage.missing,
        "waiting": coverage.waiting,
        "nil": coverage.nil,
        "waived": coverage.waived,
    }
    return len(groups[reference.removeprefix(COVERAGE)])


def _moved(
    figures: Sequence[Figure],
    totals: Totals,
    *,
    coverage: Coverage,
    shown: str,
) -> Iterator[str]:
    for figure in figures:
        id_ = figure.indicator_id
        of_units = id_.startswith(COVERAGE)
        now = coverage_value(coverage, id_) if of_units else value_of(totals, id_)
        if now != figure.value:
            yield (
                f"{id_}: báo cáo ghi {figure.value}, số liệu tổng hợp là {now}; "
                "đề nghị tổng hợp lại báo cáo."
            )
        if figure.text not in shown:
            yield (
                f"{id_}: không còn câu hoặc dòng “{figure.text}” trong báo cáo; "
                "đề nghị tổng hợp lại báo cáo."
            )


def _unsourced(
    document: OfficialDocument,
    figures: Sequence[Figure],
    totals: Totals,
    *,
    exempt: Sequence[str],
) -> Iterator[str]:
    """Find numbers in the body that no figure accounts for, and places left unfilled."""
    accounted = sorted(
        {*(f.text for f in figures if not f.is_edited), *exempt}, key=len, reverse=True
    )
    known = set(_known_numbers(figures, totals))
    for text in _body_texts(document):
        rest = text
        for part in accounted:
            rest = rest.replace(part, " ")
        if _PLACE.search(rest):
            yield f"Còn chỗ chưa điền số liệu trong câu “{text}”; đề nghị sửa."
        for number in _NUMBER.findall(_NO_FIGURE.sub(" ", rest)):
            if number.replace(".", "").lstrip("0") not in known:
                yield (
                    f"Số {number} trong câu “{text}” không có trong số liệu tổng hợp; "
                    "đề nghị sửa, hoặc ghi mã chỉ tiêu trong ngoặc nhọn thay cho số."
                )


def _known_numbers(figures: Sequence[Figure], totals: Totals) -> Iterator[str]:
    values: list[object] = [figure.value for figure in figures]
    for total in totals.totals:
        values += total.value.values() if isinstance(total.value, dict) else [number_of(total)]
    for value in values:
        if isinstance(value, (int, Decimal)):
            yield str(value).replace(".", ",").lstrip("0")


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
