"""Forms as spreadsheets: milliseconds of CPU to write and to read one, against plain openpyxl.

Run ``python -m benchmarks.workbooks``.
"""

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import process_time

import openpyxl

from adapters.plan_files import read_dossier
from adapters.workbook_reading import read_workbook
from adapters.workbooks import write_workbook
from config.settings import CONFIG_FOLDER
from models.answer_fields import AnswerForm
from models.answer_reading import read_form
from models.answer_sheets import lay_out
from models.indicators import Aggregation
from models.workbooks import Workbook

ROUNDS = 30


def a_form(plan: Path = CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml") -> AnswerForm:
    """The largest form of the plan: every indicator that is not computed."""
    catalogue = read_dossier(plan).catalogue
    asked = tuple(i for i in catalogue.indicators if i.aggregation is not Aggregation.COMPUTED)
    return AnswerForm(
        unit_name="Đơn vị", plan_name="Kế hoạch", product="báo cáo", due_text="22/6/2026",
        asked=asked, sections=catalogue.sections, narratives={"thuyet_minh": "Thuyết minh"},
        asks_document=True, identity="id",
        opened=frozenset([*(one.id for one in asked), "thuyet_minh", "document_number"]),
    )  # fmt: skip


def by_openpyxl(book: Workbook) -> bytes:
    """Write the same texts by openpyxl, in its fastest mode and without any style."""
    plain = openpyxl.Workbook(write_only=True)
    for sheet in book.sheets:
        page = plain.create_sheet(sheet.title)
        for line in sheet.lines:
            page.append(line.texts)
    saved = BytesIO()
    plain.save(saved)
    return saved.getvalue()


def read_by_openpyxl(octets: bytes) -> int:
    """Read every cell by openpyxl in its fastest mode; returns how many rows there were."""
    book = openpyxl.load_workbook(BytesIO(octets), read_only=True)
    return sum(1 for sheet in book.worksheets for _ in sheet.iter_rows(values_only=True))


def cost(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of one turn."""
    work()
    before = process_time()
    for _ in range(ROUNDS):
        work()
    return (process_time() - before) * 1000 / ROUNDS


def main() -> None:
    """Print one line for writing and one for reading."""
    form = a_form()
    book = lay_out(form)
    octets = write_workbook(book)
    out, plain_out = cost(lambda: write_workbook(lay_out(form))), cost(lambda: by_openpyxl(book))
    into = cost(lambda: read_form(form, read_workbook(octets).sheets, year=2026))
    plain_in = cost(lambda: read_by_openpyxl(octets))
    sys.stdout.write(
        f"write: {out:.1f} ms, {len(octets) / 1024:.0f} kB; "
        f"openpyxl without styles {plain_out:.1f} ms, ratio {plain_out / out:.1f}\n"
        f"read and check: {into:.1f} ms; openpyxl cells alone {plain_in:.1f} ms, "
        f"ratio {plain_in / into:.1f}\n"
    )


if __name__ == "__main__":
    main()
