"""Reports with paragraphs and rows of any length, so that pages break anywhere."""

import random
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader

from adapters.pdf import write_pdf
from benchmarks.assembly_models import AT
from models.documents import (
    Block,
    Column,
    OfficialDocument,
    Paragraph,
    ParagraphStyle,
    Run,
    Table,
    TableRow,
)
from tests.adapters.sample_document import body, final_report, urging_letter

_WORDS = (
    *("đơn vị", "số liệu", "tuyên truyền", "chuyển đổi số", "hộ", "gia đình", "Nhân dân"),
    *("thôn", "bản", "tập huấn", "kỹ thuật", "được", "hỗ trợ"),
)
_COLUMNS = (
    Column(title="TT", weight=0.6),
    Column(title="Nội dung công việc", weight=4),
    Column(title="Kết quả", weight=2),
    Column(title="Ghi chú", weight=1.2),
)


def report_of_any_length(seed: int) -> OfficialDocument:
    """A report of some pages; equal seeds give equal reports."""
    chance = random.Random(seed)
    opening = [_paragraph(chance, 5, 60) for _ in range(chance.randint(1, 8))]
    rows = tuple(_row(chance, number) for number in range(60))
    clauses: list[Block] = []
    for number in range(1, 13):
        title = Run(text=f"{number}. {_text(chance, 6, 6)}")
        clauses += [
            Paragraph(style=ParagraphStyle.CLAUSE, runs=(title,)),
            _paragraph(chance, 5, 120),
        ]
    table = Table(columns=_COLUMNS, rows=rows)
    return final_report(body=(*opening, table, *clauses, *opening), annexes=())


def letters_to_the_foot() -> Iterator[OfficialDocument]:
    """Letters whose signature block just stands on the first page, and just not, each 6 pt apart.

    A line is 18 pt high and a paragraph has 6 pt below it: short ones and long ones step by 6 pt.
    """
    for long in range(4):
        short = next(n for n in range(60) if _pages(_letter(long, n)) > 1)
        yield _letter(long, short - 1)
        yield _letter(long, short)


def _letter(long: int, short: int) -> OfficialDocument:
    paragraphs = [*(["Hai dòng " * 14] * long), *(["Một dòng."] * short)]
    return urging_letter(body=tuple(body(text) for text in paragraphs))


def _pages(document: OfficialDocument) -> int:
    return len(PdfReader(BytesIO(write_pdf(document, timestamp=AT))).pages)


def _row(chance: random.Random, number: int) -> TableRow:
    if number % 13 == 5:
        return TableRow(cells=(f"Nhóm {_text(chance, 4, 4)}",), heading=True)
    cells = (_text(chance, 2, 30), _text(chance, 0, 9), _text(chance, 0, 4))
    return TableRow(cells=(str(number), *cells))


def _paragraph(chance: random.Random, least: int, most: int) -> Paragraph:
    return Paragraph(runs=(Run(text=_text(chance, least, most)),))


def _text(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(least, most)))
