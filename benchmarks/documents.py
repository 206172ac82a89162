"""Documents: a DOCX with one row for each unit, against deflating the same amount of XML."""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from adapters.docx import write_docx
from benchmarks.rounds import compare
from models.documents import Annex, Column, OfficialDocument, Table, TableRow
from tests.adapters.sample_document import final_report

AT = datetime(2026, 6, 26, tzinfo=UTC)


def run() -> Iterator[str]:
    """Write 30, 500 and 5,000 rows of twelve columns."""
    for count in (30, 500, 5_000):
        document = _document(count)
        with ZipFile(BytesIO(write_docx(document, modified=AT))) as made:
            body = made.read("word/document.xml")
        yield compare(
            f"{count} rows, {len(body) // 1024} KiB of XML",
            lambda d=document: write_docx(d, modified=AT),
            lambda b=body: zlib.compress(b, 6),
            rounds=5,
        )


def _document(count: int) -> OfficialDocument:
    columns = tuple(Column(title=f"Cột {n}") for n in range(12))
    rows = tuple(TableRow(cells=tuple(f"Thôn {r} số {n}" for n in range(12))) for r in range(count))
    annex = Annex(
        number=None,
        title="Số liệu",
        reference="(Kèm theo)",
        blocks=(Table(columns=columns, rows=rows),),
    )
    return final_report(annexes=(annex,))
