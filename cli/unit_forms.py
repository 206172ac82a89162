"""The command that writes a unit's own report: ``dondoc report unit-form``."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import AsJson, answer, at_desk
from models.errors import UsageError
from services.unit_documents import BLANK, Ending, write_unit_document

app = typer.Typer()


@app.command("unit-form")
def unit_form(
    obligation: Annotated[str, typer.Argument(help="Mã nghĩa vụ, ví dụ kh-khcn-2026/BC/th-th/1.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="Thư mục lưu.")] = Path(),
    version: Annotated[int | None, typer.Option("--version", min=1, help="Lần gửi.")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Mẫu trống để điền.")] = False,
    ending: Annotated[Ending, typer.Option("--as", help="docx hoặc pdf.")] = Ending.DOCX,
    as_json: AsJson = False,
) -> None:
    """Lập báo cáo của đơn vị, phiếu số liệu của thôn: bản mới nhất đã gửi, hoặc mẫu trống."""
    if blank and version is not None:
        raise UsageError("Hãy chọn một: --blank (mẫu trống) hoặc --version (lần đã gửi).")
    with at_desk() as desk:
        made = write_unit_document(
            desk.engine, obligation, ending=ending, version=BLANK if blank else version
        )
    out.mkdir(parents=True, exist_ok=True)
    path = out / made.name
    path.write_bytes(made.content)
    answer({"file": str(path)}, as_json=as_json, text=f"Đã lưu {path}.")
