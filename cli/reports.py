"""Commands about the final report: assemble, edit, decide, number, dispatch, receipt, trace."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from adapters.outlines import read_outline
from cli.console import AsJson, By, answer, at_desk, print_table, read_day
from models.errors import UsageError
from models.figure_traces import FigureTrace
from models.vietnamese import format_short_instant
from services import (
    decision_requests,
    decisions,
    dispatches,
    plans,
    report_edits,
    report_numbers,
    report_receipts,
    report_traces,
    reports,
)
from services.decisions import Verdict
from services.mailing import send_due
from services.report_texts import report_text

app = typer.Typer(help="Báo cáo tổng kết: tổng hợp, trình, cấp số, gửi tỉnh.", no_args_is_help=True)
PlanArg = Annotated[str, typer.Argument(help="Mã kế hoạch.")]


@app.command("assemble")
def assemble(
    plan: PlanArg,
    out: Annotated[Path | None, typer.Option("--out", help="Thư mục lưu DOCX, PDF.")] = None,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Tổng hợp dự thảo từ các báo cáo đã chấp nhận; số liệu không đổi thì không tạo bản mới."""
    with at_desk() as desk:
        catalogue = plans.find_plan(desk.engine, plan).dossier.catalogue
        report = reports.assemble(
            desk.engine, plan, outline=read_outline(catalogue.id), blobs=desk.blobs, actor=by,
            now=desk.now,
        )  # fmt: skip
        saved = reports.save_files(desk.engine, report, blobs=desk.blobs, folder=out) if out else ()
    lines = [report_text(report), *(str(path) for path in saved)]
    told = {"report": report.id, "version": report.version, "sha256": report.sha256,
            "partial": report.partial, "files": [str(path) for path in saved]}  # fmt: skip
    answer(told, as_json=as_json, text="\n".join(lines))


@app.command("edit")
def edit(
    plan: PlanArg,
    *,
    place: Annotated[str, typer.Option("--place", help="Mã mục trong đề cương.")],
    text: Annotated[str, typer.Option("--text", help="Nội dung thay cho mục đó; trống: bỏ.")],
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Ghi nội dung do cán bộ biên tập cho một mục; lần tổng hợp sau sẽ dùng."""
    with at_desk() as desk:
        catalogue = plans.find_plan(desk.engine, plan).dossier.catalogue
        changed = report_edits.edit_place(
            desk.engine, plan, place=place, text=text, outline=read_outline(catalogue.id), by=by,
            now=desk.now,
        )  # fmt: skip
    told = f"Đã ghi nội dung mục '{place}'." if changed else f"Mục '{place}' đã có nội dung này."
    answer({"changed": changed}, as_json=as_json, text=told)


@app.command("submit")
def submit(plan: PlanArg, as_json: AsJson = False) -> None:
    """Trình dự thảo mới nhất để lãnh đạo quyết định."""
    with at_desk() as desk:
        asked = decision_requests.ask_decision(
            desk.engine, plan, calendar=desk.calendar, now=desk.now
        )
        asyncio.run(send_due(desk))
    text = "Đã trình lãnh đạo." if asked else "Dự thảo này đã được trình hoặc đã có quyết định."
    answer({"asked": asked}, as_json=as_json, text=text)


@app.command("decide")
def decide(
    plan: PlanArg,
    *,
    version: Annotated[int, typer.Option("--version", help="Lần dự thảo đã xem.")],
    content: Annotated[str, typer.Option("--content", help="Mã nội dung đã xem (8 ký tự đầu).")],
    approve: Annotated[bool, typer.Option("--approve", help="Phê duyệt.")] = False,
    give_back: Annotated[bool, typer.Option("--return", help="Trả lại, kèm --comment.")] = False,
    pass_on: Annotated[bool, typer.Option("--pass-on", help="Chuyển xin ý kiến Chủ tịch.")] = False,
    by: Annotated[str, typer.Option("--by", help="Họ tên, chức danh hoặc mã người quyết định.")],
    comment: Annotated[str, typer.Option("--comment", help="Ý kiến.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ghi quyết định của lãnh đạo trên đúng nội dung đã xem."""
    verdict = _verdict(approve=approve, give_back=give_back, pass_on=pass_on)
    with at_desk() as desk:
        changed = decisions.decide(
            desk.engine, plan, version=version, sha256_prefix=content, by=by, comment=comment,
            verdict=verdict, calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
        asyncio.run(send_due(desk))
    answer({"changed": changed}, as_json=as_json, text="Đã ghi quyết định.")


def _verdict(*, approve: bool, give_back: bool, pass_on: bool) -> Verdict:
    chosen = [
        verdict
        for verdict, is_chosen in (
            (Verdict.APPROVED, approve), (Verdict.RETURNED, give_back), (Verdict.PASSED_ON, pass_on)
        )
        if is_chosen
    ]  # fmt: skip
    if len(chosen) != 1:
        raise UsageError("Hãy chọn đúng một: --approve, --return hoặc --pass-on.")
    return chosen[0]


@app.command("number")
def number(
    plan: PlanArg,
    *,
    number: Annotated[int, typer.Option("--number", help="Số do văn thư cấp.")],
    issued: Annotated[str, typer.Option("--issued", help="Ngày, ví dụ 26/6/2026.")],
    by: By = "văn thư",
    as_json: AsJson = False,
) -> None:
    """Nhập số, ngày văn thư đã cấp cho báo cáo đã duyệt."""
    with at_desk() as desk:
        report = report_numbers.number_report(
            desk.engine, plan, number=number, issued_on=read_day(issued), by=by, blobs=desk.blobs,
            now=desk.now,
        )  # fmt: skip
    answer({"report": report.id, "number": number}, as_json=as_json, text=report_text(report))


@app.command("dispatch")
def dispatch(plan: PlanArg, by: By = "văn thư", as_json: AsJson = False) -> None:
    """Gửi báo cáo đã duyệt, đã có số tới UBND tỉnh và sở; chạy lại không gửi lần hai."""
    with at_desk() as desk:
        added = dispatches.dispatch_report(
            desk.engine, plan, by=by, blobs=desk.blobs, calendar=desk.calendar, now=desk.now
        )
        sent = asyncio.run(send_due(desk))
    text = f"Đã lập {added} thư gửi báo cáo; đã gửi {sent.accepted}."
    answer({"letters": added, "delivery": sent}, as_json=as_json, text=text)


@app.command("receipt")
def receipt(
    plan: PlanArg,
    recipient: Annotated[str, typer.Option("--from", help="Mã nơi nhận, ví dụ ubnd-tinh.")],
    by: By = "văn thư",
    as_json: AsJson = False,
) -> None:
    """Ghi nhận nơi nhận đã nhận báo cáo; đủ nơi nhận thì kế hoạch kết thúc."""
    with at_desk() as desk:
        changed = report_receipts.confirm_receipt(
            desk.engine, plan, recipient=recipient, by=by, now=desk.now
        )
    answer({"changed": changed}, as_json=as_json, text=f"Đã ghi nhận '{recipient}' nhận báo cáo.")


@app.command("trace")
def trace(
    figure: Annotated[str, typer.Argument(help="Mã chỉ tiêu, ví dụ TT01.")],
    plan: Annotated[str, typer.Option("--plan", help="Mã kế hoạch.")],
    as_json: AsJson = False,
) -> None:
    """Cho biết một số liệu trong báo cáo được cộng từ bản nộp, mục nào của đơn vị nào."""
    with at_desk() as desk:
        found = report_traces.trace_figure(desk.engine, plan, figure)
    if as_json:
        answer(found, as_json=True, text="")
    else:
        _print_trace(found)
    if not found.agrees:
        raise typer.Exit(1)


def _print_trace(found: FigureTrace) -> None:
    rows = [
        (s.unit_name, s.submission_id, s.field, s.value, s.entered_by or s.sent_by,
         format_short_instant(s.received_at) if s.received_at else "",
         "; ".join(filter(None, ("cộng" if s.counted else "không cộng", s.why))))
        for s in found.sources
    ]  # fmt: skip
    columns = ("Đơn vị", "Bản nộp", "Mục", "Giá trị", "Người nhập", "Nhận lúc", "Tính vào")
    verdict = "khớp" if found.agrees else f"KHÔNG khớp: tính lại được {found.recomputed}"
    title = f"{found.reference} - {found.name} = {found.value} ({verdict})"
    print_table(columns, rows, title=title)
    told = {"Công thức": found.formula, "Đơn vị": "; ".join(found.units)}
    answer(None, as_json=False, text="\n".join(f"{k}: {v}" for k, v in told.items() if v))
