"""Commands of the office about the final report: sign-offs, powers, signed file, package."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adapters.rule_sets import read_rule_set
from cli.console import FOUND, AsJson, By, answer, at_desk, read_day
from cli.reports import PlanArg
from models.delegations import Delegation, SigningForm
from models.errors import UsageError
from services import (
    decision_requests,
    delegations,
    dispatch_packages,
    report_differences,
    reports,
    signed_files,
)
from services.mailing import send_due
from services.sign_offs import WORDS, SignOffKind

app = typer.Typer()
ByHead = Annotated[str, typer.Option("--by", help="Họ tên, chức danh người xác nhận.")]
FileArg = Annotated[Path, typer.Argument(help="Tệp.")]


class Matter(StrEnum):
    """What is signed off."""

    CONTENT = "content"
    FORM = "form"


@app.command("sign-off")
def sign_off(
    plan: PlanArg,
    *,
    matter: Annotated[Matter, typer.Option("--matter", help="Nội dung hay thể thức.")],
    version: Annotated[int, typer.Option("--version", help="Lần dự thảo đã xem.")],
    content: Annotated[str, typer.Option("--content", help="Mã nội dung đã xem (8 ký tự đầu).")],
    by: ByHead,
    note: Annotated[str, typer.Option("--note", help="Ý kiến.")] = "",
    as_json: AsJson = False,
) -> None:
    """Xác nhận nội dung (đơn vị tham mưu) hoặc thể thức (Văn phòng); đủ hai thì trình lãnh đạo."""
    kind = SignOffKind(matter)
    with at_desk() as desk:
        done = decision_requests.sign_off_and_ask(
            desk.engine, plan, kind, version=version, sha256_prefix=content, by=by, note=note,
            rules=read_rule_set(), blobs=desk.blobs, calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        asyncio.run(send_due(desk))
    text = f"Đã xác nhận {WORDS[kind]}." + (" Đã trình lãnh đạo." if done.asked else "")
    answer(done, as_json=as_json, text=text)


@app.command("delegate")
def delegate(
    *,
    absent: Annotated[str, typer.Option("--for", help="Mã đầu mối của người được thay.")],
    stand_in: Annotated[str, typer.Option("--to", help="Mã đầu mối của người thay.")],
    form: Annotated[SigningForm, typer.Option("--form", help="KT, TL hoặc TUQ.")],
    since: Annotated[str, typer.Option("--from", help="Từ ngày, ví dụ 22/6/2026.")],
    until: Annotated[str, typer.Option("--until", help="Đến hết ngày.")],
    basis: Annotated[str, typer.Option("--basis", help="Văn bản giao, ủy quyền.")] = "",
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Ghi việc phân công, ủy quyền quyết định và ký thay."""
    entered = Delegation(
        delegator=absent, delegate=stand_in, form=form, from_on=read_day(since),
        until_on=read_day(until), basis=basis,
    )  # fmt: skip
    with at_desk() as desk:
        delegations.delegate(desk.engine, entered, commune=desk.commune, by=by, now=desk.now)
    answer(entered, as_json=as_json, text="Đã ghi phân công, ủy quyền.")


@app.command("signed")
def signed(plan: PlanArg, file: FileArg, by: By = "văn thư", as_json: AsJson = False) -> None:
    """Nhập bản PDF đã ký; chỉ nhận đúng nội dung đã duyệt, nhập rồi không thay được."""
    with at_desk() as desk:
        entered = signed_files.enter_signed(
            desk.engine, plan, _read(file), by=by, blobs=desk.blobs, now=desk.now
        )
    lines = [f"Đã nhập bản đã ký ({len(entered.signatures)} chữ ký)."]
    lines += [f"Lưu ý: {warning}." for warning in entered.warnings]
    answer(entered, as_json=as_json, text="\n".join(lines))


@app.command("package")
def package(
    plan: PlanArg,
    out: Annotated[Path | None, typer.Option("--out", help="Thư mục lưu gói.")] = None,
    by: By = "văn thư",
    as_json: AsJson = False,
) -> None:
    """Đóng gói báo cáo để nhập hệ thống văn bản và lưu trữ; không có gì mới thì giữ gói đã có."""
    with at_desk() as desk:
        made = dispatch_packages.make_package(
            desk.engine, plan, by=by, blobs=desk.blobs, now=desk.now
        )
        held = dispatch_packages.find_packages(desk.engine, made.report_id)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / made.name).write_bytes(desk.blobs.get(made.sha256))
    lines = [f"{made.name} ({made.size} byte), SHA-256 {made.sha256}"]
    lines += [f"Đã lưu tại {out / made.name}"] if out else []
    answer({"package": made, "packages": held}, as_json=as_json, text="\n".join(lines))


@app.command("verify-package")
def verify_package(file: FileArg, as_json: AsJson = False) -> None:
    """Kiểm tra gói: từng tệp theo danh mục, trích nhật ký theo mã băm; thoát 1 khi có sai khác."""
    faults = dispatch_packages.verify_package(_read(file))
    text = "\n".join(faults) or "Gói nguyên vẹn."
    answer({"faults": faults}, as_json=as_json, text=text)
    if faults:
        raise typer.Exit(FOUND)


@app.command("changes")
def changes(
    plan: PlanArg,
    version: Annotated[int | None, typer.Option("--version", help="Lần dự thảo.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cho biết một lần dự thảo khác lần trước ở đơn vị, số liệu, lời văn nào."""
    with at_desk() as desk:
        if reports.find_report(desk.engine, plan, version=version) is None:
            raise UsageError(f"Kế hoạch '{plan}' chưa có dự thảo báo cáo này.")
        found = report_differences.find_difference(desk.engine, plan, version=version)
    lines = found.lines if found else ("Đây là lần dự thảo đầu tiên.",)
    answer({"changes": found}, as_json=as_json, text="\n".join(lines) or "Không có thay đổi.")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"Không mở được tệp '{file}': {error.strerror}.") from error
