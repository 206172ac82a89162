"""Commands about alarms: what is open, and that it was dealt with."""

from typing import Annotated

import typer

from cli.console import AsJson, By, answer, at_desk, print_table
from models.vietnamese import format_instant
from services.alarms import read_alarms, settle_alarm

app = typer.Typer(help="Cảnh báo: việc bất thường cần người quản trị xử lý.", no_args_is_help=True)


@app.command("list")
def list_alarms(as_json: AsJson = False) -> None:
    """Liệt kê các cảnh báo chưa xử lý, việc khẩn đứng trước."""
    with at_desk() as desk:
        found = read_alarms(desk.engine, commune=desk.commune)
    if as_json or not found:
        answer(found, as_json=as_json, text="Không có cảnh báo nào.")
        return
    rows = [
        (
            a.kind.heading,
            a.text,
            format_instant(a.raised_at),
            format_instant(a.told_at) if a.told_at else "chưa báo",
            a.dedupe_key,
        )
        for a in found
    ]
    print_table(("Việc", "Nội dung", "Từ lúc", "Đã báo lúc", "Mã"), rows, title="Cảnh báo")


@app.command("settle")
def settle(
    key: Annotated[str, typer.Argument(help="Mã cảnh báo, có trong `dondoc alarms list`.")],
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Ghi nhận đã xử lý một cảnh báo; ghi lại lần nữa không thay đổi gì."""
    with at_desk() as desk:
        changed = settle_alarm(desk.engine, key, commune=desk.commune, by=by, now=desk.now)
    text = "Đã ghi nhận." if changed else "Cảnh báo này đã được ghi nhận trước đó."
    answer({"settled": changed}, as_json=as_json, text=text)
