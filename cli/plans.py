"""Commands about plans: import, lint, activate, schedule, forecast, export."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.plan_files import read_dossier
from cli.console import FOUND, AsJson, By, answer, at_desk, print_table, read_day
from cli.words import PLAN_STATES
from config.settings import CONFIG_FOLDER
from models.back_schedule import back_schedule
from models.errors import UsageError
from models.plan_lint import LintFinding, lint_plan
from models.plans import PlanDossier
from models.vietnamese import format_instant
from services import forecasts, plans
from services.desk import Desk

app = typer.Typer(help="Kế hoạch: nạp, kiểm tra, ban hành, dự báo thư.", no_args_is_help=True)
PlanArg = Annotated[str, typer.Argument(help="Mã kế hoạch, hoặc đường dẫn tệp .yaml.")]


def find_plan_file(plan: str) -> Path | None:
    """The file a plan argument means: a path, or a name in config/plans; None for neither."""
    path = Path(plan)
    if path.suffix in {".yaml", ".yml"}:
        return path
    known = CONFIG_FOLDER / "plans" / f"{plan}.yaml"
    return known if known.exists() else None


def open_dossier(desk: Desk, plan: str) -> PlanDossier:
    """The plan in the ledger, else the plan of the file.

    Raises:
        UsageError: there is neither.
    """
    try:
        return plans.find_plan(desk.engine, plan).dossier
    except UsageError:
        path = find_plan_file(plan)
        if path is None:
            raise
        return read_dossier(path)


@app.command("import")
def import_plan(
    file: Annotated[str, typer.Argument(help="Tệp kế hoạch .yaml.")],
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Nạp kế hoạch (bản dự thảo) cùng danh mục đơn vị và chỉ tiêu."""
    path = find_plan_file(file)
    if path is None:
        raise UsageError(f"Không tìm thấy tệp kế hoạch '{file}'.")
    with at_desk() as desk:
        made = plans.import_plan(desk.engine, read_dossier(path), actor=by, now=desk.now)
    plan = made.dossier.plan
    text = (
        f"Đã nạp {plan.short_name} ({made.id}): {len(plan.phases)} giai đoạn, "
        f"{len(plan.duty_holders)} đầu mối, {len(made.dossier.units.units)} đơn vị, "
        f"{len(made.dossier.catalogue.indicators)} chỉ tiêu."
    )
    answer(
        {"plan": made.id, "state": made.state, "sha256": made.sha256}, as_json=as_json, text=text
    )


@app.command("list")
def list_plans(as_json: AsJson = False) -> None:
    """Liệt kê các kế hoạch đã nạp."""
    with at_desk() as desk:
        found = plans.find_plans(desk.engine, commune=desk.commune)
    rows = [{"plan": p.id, "name": p.dossier.plan.short_name, "state": p.state} for p in found]
    text = "\n".join(f"{p.id}  {p.dossier.plan.short_name}  {PLAN_STATES[p.state]}" for p in found)
    answer(rows, as_json=as_json, text=text or "Chưa có kế hoạch nào.")


@app.command("lint")
def lint(plan: PlanArg, as_json: AsJson = False) -> None:
    """Nêu các điểm còn thiếu, chưa rõ hoặc sai của kế hoạch; thoát 1 khi có điểm chặn ban hành."""
    with at_desk() as desk:
        dossier = open_dossier(desk, plan)
        findings = lint_plan(dossier, day=desk.calendar.day_of(desk.now))
    if as_json:
        answer(findings, as_json=True, text="")
    else:
        _print_findings(findings)
    if any(finding.blocking for finding in findings):
        raise typer.Exit(FOUND)


def _print_findings(findings: tuple[LintFinding, ...]) -> None:
    rows = [
        (f.code, "CHẶN" if f.blocking else "lưu ý", f.where, f.message, f.default) for f in findings
    ]
    print_table(("Mã", "Mức", "Ở đâu", "Nội dung", "Mặc định"), rows)


@app.command("activate")
def activate(
    plan: Annotated[str, typer.Argument(help="Mã kế hoạch đã nạp.")],
    *,
    number: Annotated[int, typer.Option("--number", help="Số văn bản do văn thư cấp.")],
    issued: Annotated[str, typer.Option("--issued", help="Ngày ban hành, ví dụ 11/5/2026.")],
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Đưa kế hoạch vào thực hiện với số và ngày ban hành; từ chối khi còn điểm chặn."""
    with at_desk() as desk:
        made = plans.activate_plan(
            desk.engine, plan, number=number, issued_on=read_day(issued), actor=by, now=desk.now,
            day=desk.calendar.day_of(desk.now),
        )  # fmt: skip
    text = f"{made.dossier.plan.short_name} đã có hiệu lực: số {number:02d}, ngày {issued}."
    answer({"plan": made.id, "state": made.state}, as_json=as_json, text=text)


@app.command("schedule")
def schedule(plan: PlanArg, as_json: AsJson = False) -> None:
    """Tính lùi các mốc nội bộ từ thời hạn báo cáo tỉnh; báo mốc nào vướng giai đoạn."""
    with at_desk() as desk:
        dossier = open_dossier(desk, plan)
        proposal = back_schedule(dossier.plan, calendar=desk.calendar, now=desk.now)
    if as_json:
        answer(proposal, as_json=True, text="")
        return
    rows = [(p.name, format_instant(p.due_at), p.reason) for p in proposal.proposals]
    print_table(("Mốc", "Thời hạn", "Căn cứ"), rows, title=dossier.plan.short_name)
    answer(None, as_json=False, text="\n".join(c.text for c in proposal.collisions))


@app.command("forecast")
def forecast(plan: PlanArg, as_json: AsJson = False) -> None:
    """Liệt kê mọi thư nhắc sẽ gửi nếu không đơn vị nào trả lời."""
    with at_desk() as desk:
        letters = forecasts.forecast_plan(
            desk.engine, open_dossier(desk, plan), policy=desk.policy, calendar=desk.calendar,
            now=desk.now,
        )  # fmt: skip
    if as_json:
        answer(letters, as_json=True, text="")
        return
    rows = [
        (
            format_instant(x.send_at),
            x.kind,
            x.recipient,
            ", ".join(i.obligation_id for i in x.items),
        )
        for x in letters
    ]
    print_table(("Lúc gửi", "Loại", "Người nhận", "Nghĩa vụ"), rows, title=f"{len(rows)} thư")


@app.command("export")
def export(plan: PlanArg) -> None:
    """In toàn bộ kế hoạch, danh mục đơn vị và chỉ tiêu dưới dạng JSON."""
    with at_desk() as desk:
        answer(open_dossier(desk, plan), as_json=True, text="")
