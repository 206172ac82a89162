"""Reports with paragraphs and rows of any length, so that pages break anywhere."""

import random

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
from tests.adapters.sample_document import final_report

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


def _row(chance: random.Random, number: int) -> TableRow:
    if number % 13 == 5:
        return TableRow(cells=(f"Nhóm {_text(chance, 4, 4)}",), heading=True)
    cells = (_text(chance, 2, 30), _text(chance, 0, 9), _text(chance, 0, 4))
    return TableRow(cells=(str(number), *cells))


def _paragraph(chance: random.Random, least: int, most: int) -> Paragraph:
    return Paragraph(runs=(Run(text=_text(chance, least, most)),))


def _text(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(least, most)))
