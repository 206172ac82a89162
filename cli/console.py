"""What all commands share: the open desk, one JSON document or words, and exit codes."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, NoReturn

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from adapters.database import migrate
from config.clock import read_now
from config.settings import load_settings
from models.errors import DondocError, UsageError
from services.desk import Desk, open_desk

FOUND, MISUSED = 1, 2
AGREED = frozenset({"có", "co", "y", "yes"})
AsJson = Annotated[bool, typer.Option("--json", help="In một tài liệu JSON ra đầu ra chuẩn.")]
By = Annotated[str, typer.Option("--by", help="Người thực hiện, ghi vào nhật ký.")]
Yes = Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")]
words = Console(stderr=False, soft_wrap=True, highlight=False)
warnings = Console(stderr=True, soft_wrap=True, highlight=False)


@contextmanager
def at_desk() -> Iterator[Desk]:
    """Open the desk of this installation, its database brought up to date."""
    settings = load_settings()
    migrate(settings.engine_url)
    with open_desk(settings, now=read_now(settings)) as desk:
        yield desk


def answer(value: object, *, as_json: bool, text: str) -> None:
    """Print the value as JSON, or the words for people."""
    if as_json:
        print(to_json(value, indent=2).decode())
    else:
        words.print(text, markup=False)


def confirm(question: str, *, is_sure: bool) -> None:
    """Ask before what cannot be undone, unless the caller said that he is sure.

    Raises:
        UsageError: the answer is no, or nobody is there to answer.
    """
    if is_sure:
        return
    warnings.print(f"{question} Gõ “có” rồi Enter để xác nhận:", markup=False)
    if sys.stdin.readline().strip().casefold() in AGREED:
        return
    raise UsageError("Chưa được xác nhận nên không thay đổi gì; thêm --yes để không hỏi lại.")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """Print a table for people."""
    table = Table(title=title or None, title_justify="left")
    for column in columns:
        # Codes are typed into other commands: they fold, they are never cut.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    words.print(table)


def fail(error: DondocError) -> NoReturn:
    """Tell the error in words (and as JSON when asked) and end with its exit code."""
    if "--json" in sys.argv:
        print(to_json({"error": str(error)}).decode())
    warnings.print(f"Lỗi: {error}", markup=False)
    raise SystemExit(MISUSED if isinstance(error, UsageError) else FOUND)


def read_day(text: str) -> date:
    """Read a day as d/m/yyyy or yyyy-mm-dd.

    Raises:
        UsageError: it is neither, or no such day exists.
    """
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise UsageError(f"Ngày '{text}' không đúng; hãy viết như 22/6/2026.")
