"""Reports of any number of units, for the benchmarks of assembly."""

from datetime import UTC, datetime

from models.documents import Annex, Column, OfficialDocument, Paragraph, Run, Table, TableRow
from tests.adapters.sample_document import final_report

AT = datetime(2026, 6, 26, tzinfo=UTC)
SUBTOTAL_EACH = 30
INDICATORS = 10
WORDS = (
    "Đơn vị đã tổ chức tuyên truyền trên hệ thống truyền thanh, sinh hoạt chuyên đề và trang thông"
    " tin điện tử; cán bộ và Nhân dân hưởng ứng tích cực, không phát sinh vụ việc phức tạp."
)


def model_of(units: int) -> OfficialDocument:
    """A report of that many units: a row of ten figures and a paragraph each, subtotals each 30."""
    columns = (
        Column(title="STT", weight=0.6),
        Column(title="Đơn vị", weight=2.0),
        *(Column(title=f"CT{n:02d}") for n in range(1, INDICATORS + 1)),
    )
    rows = []
    for unit in range(1, units + 1):
        figures = tuple(str(unit * n % 997) for n in range(1, INDICATORS + 1))
        rows.append(TableRow(cells=(str(unit), f"Thôn số {unit}", *figures)))
        if unit % SUBTOTAL_EACH == 0:
            total = ("", f"Cộng {SUBTOTAL_EACH} đơn vị", *figures)
            rows.append(TableRow(cells=total))
    paragraphs = (Paragraph(runs=(Run(text=f"{n}. {WORDS}"),)) for n in range(1, units + 1))
    annexes = (
        Annex(number="I", title="Số liệu", reference="(Kèm theo)", landscape=True,
              blocks=(Table(columns=columns, rows=tuple(rows)),)),
        Annex(number="II", title="Thuyết minh", reference="(Kèm theo)", blocks=tuple(paragraphs)),
    )  # fmt: skip
    return final_report(annexes=annexes)
