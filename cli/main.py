"""The ``dondoc`` command: groups of commands, exit codes 0, 1 (refused, found) and 2 (misuse)."""

from typing import Annotated

import typer

from cli import (
    accounts,
    alarms,
    board,
    documents,
    hand,
    mail,
    operations,
    plans,
    report_signing,
    reports,
    unit_forms,
    up,
)
from cli.console import fail, words
from cli.rehearse import rehearse_command
from models.errors import DondocError

VERSION = "0.1.0"
app = typer.Typer(
    name="dondoc",
    help="Đôn Đốc: theo dõi, đôn đốc và tổng hợp kết quả thực hiện kế hoạch của xã.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(plans.app, name="plan")
reports.app.add_typer(report_signing.app)
reports.app.add_typer(unit_forms.app)
app.add_typer(reports.app, name="report")
app.add_typer(mail.app, name="mail")
app.add_typer(accounts.app, name="account")
app.add_typer(alarms.app, name="alarms")
app.add_typer(board.journal_app, name="journal")
app.command("lint-document")(documents.lint_document)
app.command("status")(board.status)
app.command("explain")(board.explain)
app.command("remind")(hand.remind)
app.command("enter")(hand.enter)
app.command("accept")(hand.accept)
app.command("return")(hand.return_to_unit)
app.command("extend")(hand.extend)
app.command("waive")(hand.waive)
app.command("silence")(hand.silence)
app.command("call")(hand.call)
app.command("commit")(hand.commit)
app.command("doctor")(operations.doctor)
app.command("migrate")(operations.migrate_command)
app.command("up")(up.up)
app.command("rehearse")(rehearse_command)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="In phiên bản rồi thoát.")] = False,
) -> None:
    """Đôn Đốc: theo dõi, đôn đốc và tổng hợp kết quả thực hiện kế hoạch của xã."""
    if version:
        words.print(VERSION)
        raise typer.Exit


def main() -> None:
    """Run the command; an error is told in Vietnamese, never as a traceback."""
    try:
        app()
    except DondocError as error:
        fail(error)
