"""Assembly: a report of many units as DOCX and PDF, against building its model and deflating it."""

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from zipfile import ZipFile

from adapters.docx import write_docx
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


def run() -> Iterator[str]:
    """Measure each size in a process of its own: the peak of a process never falls."""
    whole = {}
    for units in (30, 500, 5_000, 20_000):
        made = _measured("docx", units)
        whole[units] = made["ours"]
        yield (
            f"DOCX of {units} units: {made['ours'] / made['floor']:.2f} of model + deflate "
            f"({1000 * made['ours']:.0f} ms against {1000 * made['floor']:.0f} ms), "
            f"peak {made['peak']:.0f} MB"
        )
    yield f"DOCX t(20,000) / t(5,000): {whole[20_000] / whole[5_000]:.2f}"


def _measured(what: str, units: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.assembly", what, str(units)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure_docx(units: int, rounds: int = 5) -> dict[str, float]:
    """Seconds of model + DOCX and of model + deflate, and the peak of the process in MB."""
    write_docx(model_of(30), modified=AT)  # compiled patterns and caches, as in a running engine
    models, ours = [], []
    for _ in range(rounds):
        start = perf_counter()
        document = model_of(units)
        modelled = perf_counter()
        made = write_docx(document, modified=AT)
        models.append(modelled - start)
        ours.append(perf_counter() - start)
        del document
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024  # before the XML is held whole for the floor
    with ZipFile(BytesIO(made)) as package:
        xml = package.read("word/document.xml")
    deflated = []
    for _ in range(rounds):
        start = perf_counter()
        zlib.compress(xml, 6)
        deflated.append(perf_counter() - start)
    return {"ours": median(ours), "floor": median(models) + median(deflated), "peak": peak}


if __name__ == "__main__":
    print(json.dumps(measure_docx(int(sys.argv[2]))))
