"""The command that judges the form of a document: ``dondoc lint-document``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from adapters.rule_sets import read_rule_set
from cli.console import FOUND, AsJson, answer, words
from models.document_rules import FormVerdict, Severity
from models.errors import UsageError
from services.document_linting import lint_file

_SEVERITIES = {Severity.ERROR: "Lỗi", Severity.WARNING: "Cảnh báo", Severity.REMARK: "Lưu ý"}


class DocumentKind(StrEnum):
    """Kinds that a user may name when the document does not tell."""

    REPORT = "BC"
    CORRESPONDENCE = "CV"
    PLAN = "KH"


def lint_document(
    file: Annotated[Path, typer.Argument(help="Tệp .docx hoặc .pdf.")],
    kind: Annotated[
        DocumentKind | None, typer.Option("--kind", help="Loại văn bản, nếu khác tên loại đã ghi.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Cảnh báo cũng tính là lỗi.")] = False,
    as_json: AsJson = False,
) -> None:
    """Kiểm tra thể thức văn bản theo Nghị định 30/2020/NĐ-CP; mã thoát 1 khi có lỗi."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"Không mở được tệp '{file}': {error.strerror}.") from error
    verdict = lint_file(
        content, name=file.name, rules=read_rule_set(), kind=None if kind is None else kind.value
    )
    if as_json:
        answer(verdict, as_json=True, text="")
    else:
        _print(verdict, file.name)
    if verdict.is_refused(strict=strict):
        raise typer.Exit(FOUND)


def _print(verdict: FormVerdict, name: str) -> None:
    if verdict.breaches:
        words.print(_table(verdict))
    counts = ", ".join(f"{verdict.count(s)} {word.lower()}" for s, word in _SEVERITIES.items())
    words.print(f"{name} ({verdict.kind}, {verdict.rule_set}): {counts}.", markup=False)
    for reason in dict.fromkeys(one.reason for one in verdict.unseen):
        points = ", ".join(one.point for one in verdict.unseen if one.reason == reason)
        words.print(f"Chưa kiểm {points}: {reason}.", markup=False)


def _table(verdict: FormVerdict) -> Table:
    table = Table(show_lines=True)
    for column in ("Điểm", "Mức", "Vị trí", "Sai", "Cách sửa"):
        table.add_column(column, overflow="fold")
    for one in verdict.breaches:
        wrong = f"{one.wrong}\n“{one.quote}”" if one.quote else one.wrong
        cells = (
            f"{one.point}\n{one.clause}",
            _SEVERITIES[one.severity],
            one.place,
            wrong,
            one.mend,
        )
        table.add_row(*(_plain(cell) for cell in cells))
    return table


def _plain(text: str) -> str:
    """Keep what a document says from being read as markup."""
    return text.replace("[", r"\[")
