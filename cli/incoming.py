"""Commands about mails that came in: list, show, accept, ask, dismiss."""

from typing import Annotated

import typer

from cli.console import AsJson, By, answer, at_desk, print_table
from models.incoming import InboxState
from models.vietnamese import format_instant
from services.inbox_decisions import accept_mail, ask_unit, dismiss_mail
from services.inbox_desk import MailDetail, MailLine, count_mails, list_mails, read_detail
from services.mail_moves import ANSWERED, ASKED, FOR_PERSON, SETTLED

app = typer.Typer(help="Thư đến: thư chờ quyết định, thư chờ đơn vị.", no_args_is_help=True)
STATES = {
    InboxState.QUARANTINED: "chờ quyết định",
    InboxState.PERSON: "cần người đọc",
    InboxState.ASKED: "chờ đơn vị",
    InboxState.KEPT: "chờ ghi nhận",
    InboxState.SETTLED: "đã xong",
}
FATES = {
    ANSWERED: "Đã ghi nhận thành câu trả lời của đơn vị.",
    ASKED: "Đã gửi thư hỏi lại đơn vị.",
    FOR_PERSON: "Đã xác nhận là thư thật nhưng chưa tự ghi nhận được; xem lý do bằng lệnh show.",
    SETTLED: "Đã ghi nhận; thư không cần xử lý thêm.",
}
DONE_BEFORE = "Thư này đã được xử lý từ trước."
MailId = Annotated[int, typer.Argument(help="Số thư, xem trong `dondoc mail inbox list`.", min=1)]
Reason = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")]
About = Annotated[str | None, typer.Option("--obligation", help="Mã nghĩa vụ mà thư trả lời.")]
StateOption = Annotated[InboxState, typer.Option("--state", help="Chỉ thư ở trạng thái này.")]


@app.command("list")
def list_incoming(state: StateOption = InboxState.QUARANTINED, as_json: AsJson = False) -> None:
    """Liệt kê thư đến theo trạng thái, thư chờ lâu nhất trước."""
    with at_desk() as desk:
        found = list_mails(desk.engine, commune=desk.commune, state=state)
        counts = count_mails(desk.engine, commune=desk.commune)
    if as_json:
        answer(found, as_json=True, text="")
        return
    if found:
        columns = ("Số", "Đến lúc", "Người gửi", "Tiêu đề", "Đơn vị", "Lý do")
        print_table(columns, [_row(line) for line in found], title=f"Thư {STATES[state]}")
    text = "; ".join(f"{STATES[key]}: {counts[key]}" for key in STATES)
    answer(None, as_json=False, text=f"Thư đến: {text}.")


def _row(line: MailLine) -> tuple[str, ...]:
    arrived = format_instant(line.arrived_at or line.received_at)
    return (
        str(line.id), arrived, line.sender or "không rõ", line.subject or "", line.unit_id or "",
        line.reason,
    )  # fmt: skip


@app.command("show")
def show(mail: MailId, as_json: AsJson = False) -> None:
    """Cho xem một thư đến: nội dung, tệp, nhật ký."""
    with at_desk() as desk:
        detail = read_detail(desk.clerk, mail)
    if as_json:
        answer(detail, as_json=True, text="")
        return
    answer(None, as_json=False, text="\n".join(_told(detail)))


def _told(detail: MailDetail) -> list[str]:
    line = detail.line
    return [
        f"Thư đến số {line.id}: {line.subject or 'không có tiêu đề'}",
        f"Người gửi: {detail.sender_text or line.sender or 'không rõ'}",
        f"Trạng thái: {STATES[line.state]}. {line.reason}",
        *(f"Tệp: {file.name}" for file in detail.files),
        *(f"Đã thành bản gửi: {submission}" for submission in detail.submissions),
        "",
        detail.text or "(không có lời văn)",
        "",
        *(f"{format_instant(e.at)}, {e.actor}: {e.action} {e.reason}" for e in detail.journal),
    ]


@app.command("accept")
def accept(
    mail: MailId, *, reason: Reason, obligation: About = None, by: By = "quản trị",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Xác nhận đúng là thư của đơn vị, rồi ghi nhận như mọi thư trả lời."""
    with at_desk() as desk:
        fate = accept_mail(desk.clerk, mail, by=by, reason=reason, obligation_id=obligation)
    text = FATES[fate] if fate else DONE_BEFORE
    answer({"fate": fate}, as_json=as_json, text=text)


@app.command("ask")
def ask(
    mail: MailId, obligation: About = None, by: By = "quản trị", as_json: AsJson = False
) -> None:
    """Hỏi đơn vị, qua địa chỉ đã đăng ký, thư này có phải của đơn vị không."""
    with at_desk() as desk:
        is_asked = ask_unit(desk.clerk, mail, by=by, obligation_id=obligation)
    answer({"changed": is_asked}, as_json=as_json, text=FATES[ASKED] if is_asked else DONE_BEFORE)


@app.command("dismiss")
def dismiss(mail: MailId, reason: Reason, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Đóng một thư không phải câu trả lời; thư vẫn được lưu."""
    with at_desk() as desk:
        is_closed = dismiss_mail(desk.clerk, mail, by=by, reason=reason)
    text = "Đã đóng thư này." if is_closed else DONE_BEFORE
    answer({"changed": is_closed}, as_json=as_json, text=text)
