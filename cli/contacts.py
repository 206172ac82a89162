"""Commands about contacts: links, changes, held files, redaction on request."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import AsJson, By, Yes, answer, at_desk, confirm, print_table
from cli.words import tell_redacted
from models.contact_changes import ChangeState
from models.redactions import RedactionOrder
from models.vietnamese import format_instant
from services.contact_changes import decide_change, find_changes
from services.held_uploads import find_held, settle_held
from services.personal_links import revoke_links, send_link
from services.redaction_files import with_files
from services.redactions import redact_contact

app = typer.Typer(
    help="Đầu mối: liên kết cá nhân, đề nghị đổi, tệp giữ lại, xóa dữ liệu cá nhân.",
    no_args_is_help=True,
)
Contact = Annotated[str, typer.Argument(help="Mã đầu mối, ví dụ thon-01.head.")]
Number = Annotated[int, typer.Argument(help="Số thứ tự, có trong danh sách.")]
Reason = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")]


@app.command("revoke")
def revoke(
    contact: Contact, *, reason: Reason, by: By = "quản trị", as_json: AsJson = False
) -> None:
    """Thu hồi ngay mọi liên kết và phiên đang mở của đầu mối; thư sau mang liên kết mới."""
    with at_desk() as desk:
        number = revoke_links(
            desk.engine, commune=desk.commune, contact_id=contact, reason=reason, by=by,
            now=desk.now,
        )  # fmt: skip
    answer({"serial": number}, as_json=as_json, text="Đã thu hồi các liên kết cũ.")


@app.command("redact")
def redact(
    contact: Contact,
    *,
    reason: Reason,
    address: Annotated[
        str | None,
        typer.Option(
            "--address", help="Chỉ xóa của người cũ mang địa chỉ này; mã đã có người mới."
        ),
    ] = None,
    yes: Yes = False,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Xóa dữ liệu cá nhân của một đầu mối theo yêu cầu; không khôi phục được."""
    with at_desk() as desk:
        confirm(f"Xóa hẳn dữ liệu cá nhân của đầu mối '{contact}'?", is_sure=yes)
        order = RedactionOrder(commune=desk.commune, reason=reason, by=by, now=desk.now)
        done = redact_contact(desk.engine, contact, order=order, address=address)
        done = with_files(desk, done)
    answer(done, as_json=as_json, text=tell_redacted(done))


@app.command("send")
def send(contact: Contact, *, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Gửi liên kết mới tới địa chỉ đã đăng ký của đầu mối."""
    with at_desk() as desk:
        goes = send_link(desk.engine, commune=desk.commune, contact_id=contact, by=by, now=desk.now)
    text = (
        "Đã xếp thư gửi." if goes else "Thư trước chưa quá 15 phút, hoặc hôm nay đã gửi đủ 5 thư."
    )
    answer({"sent": goes}, as_json=as_json, text=text)


@app.command("changes")
def list_changes(as_json: AsJson = False) -> None:
    """Liệt kê các đề nghị đổi đầu mối đang chờ."""
    with at_desk() as desk:
        found = find_changes(desk.engine, commune=desk.commune, state=ChangeState.ASKED)
    if as_json or not found:
        answer(found, as_json=as_json, text="Không có đề nghị nào đang chờ.")
        return
    rows = [
        (str(one.id), one.contact_id, one.old_email, one.email, one.reason,
         format_instant(one.asked_at))
        for one in found
    ]  # fmt: skip
    print_table(("Số", "Đầu mối", "Đang đăng ký", "Đề nghị", "Lý do", "Lúc"), rows, title="Đề nghị")


@app.command("agree")
def agree(number: Number, *, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Đồng ý một đề nghị đổi đầu mối; có hiệu lực ngay, liên kết cũ hết hiệu lực."""
    _decide(number, agreed=True, by=by, as_json=as_json, reason="")


@app.command("refuse")
def refuse(number: Number, *, reason: Reason, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Không đồng ý một đề nghị đổi đầu mối."""
    _decide(number, agreed=False, by=by, as_json=as_json, reason=reason)


def _decide(number: int, *, agreed: bool, by: str, as_json: bool, reason: str) -> None:
    with at_desk() as desk:
        done = decide_change(
            desk.engine, number, commune=desk.commune, agreed=agreed, by=by, now=desk.now,
            refusal=reason,
        )  # fmt: skip
    answer(done, as_json=as_json, text="Đã ghi nhận.")


@app.command("files")
def list_files(as_json: AsJson = False) -> None:
    """Liệt kê các tệp giữ lại để kiểm tra; tệp nằm trong kho theo mã SHA-256."""
    with at_desk() as desk:
        found = find_held(desk.engine, commune=desk.commune)
    if as_json or not found:
        answer(found, as_json=as_json, text="Không có tệp nào giữ lại.")
        return
    rows = [(str(one.id), one.unit_id, one.name, one.reason, one.sha256[:12]) for one in found]
    print_table(("Số", "Đơn vị", "Tên tệp", "Lý do", "Mã"), rows, title="Tệp giữ lại")


@app.command("save-file")
def save_file(
    number: Number,
    to: Annotated[Path, typer.Argument(help="Nơi ghi tệp; chỉ mở trên máy đã quét vi-rút.")],
    *,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Ghi một tệp giữ lại ra ngoài để kiểm tra và ghi nhận đã xử lý."""
    with at_desk() as desk:
        found = {one.id: one for one in find_held(desk.engine, commune=desk.commune)}
        if number in found:
            to.write_bytes(desk.blobs.get(found[number].sha256))
        settle_held(desk.engine, number, commune=desk.commune, by=by, now=desk.now)
    answer({"saved": str(to)}, as_json=as_json, text=f"Đã ghi ra {to}.")
