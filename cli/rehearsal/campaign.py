"""One rehearsal from beginning to end: find the plan, set the stage, play, write, serve."""

import asyncio
from pathlib import Path

from pydantic_core import to_json

from adapters.calendars import read_calendar
from adapters.plan_files import read_dossier, read_dossiers
from adapters.scenarios import read_scenario
from cli.rehearsal.home import Progress, digest_of, open_progress, save_progress, sole_player
from cli.rehearsal.performance import perform
from cli.rehearsal.progress_line import say
from cli.rehearsal.serving import keep_serving, refuse_taken_ports
from cli.rehearsal.stage import Stage, set_stage
from cli.runtime import web_child
from config.clock import set_simulated_now
from config.settings import CONFIG_FOLDER
from deployments.supervisor import Supervisor
from models.castings import Casting, cast_units
from models.errors import UsageError
from models.plans import PlanDossier
from models.rehearsal_steps import plan_steps
from models.rehearsal_summary import Summary
from models.rehearsal_ways import BY_SERVICE, Ways, read_ways
from models.vietnamese import format_instant

PLANS = CONFIG_FOLDER / "plans"
HOME = Path("var") / "rehearsal"
INTERRUPTED = 1


def rehearse(
    plan: str,
    *,
    scenario: str = "typical",
    through: str = "",
    out: Path | None = None,
    serve: bool,
    as_json: bool,
) -> int:
    """Play the plan's campaign and return the exit code; an interrupted one is continued.

    ``through`` names the ways the units' answers take: portal, mail; none is the service.

    Raises:
        UsageError: plan, scenario or folder are not what they should be, or a port is taken.
    """
    dossier, ways = find_dossier(plan), read_ways(through)
    casting = cast_units(read_scenario(scenario), dossier)
    folder = out or HOME / f"{dossier.plan.id}-{casting.scenario.id}"
    with sole_player(folder):
        progress = open_progress(folder, _wanted(dossier, casting, ways))
        save_progress(folder, progress)
        stage = set_stage(folder, dossier, casting, ways=ways, serve=serve)
        return asyncio.run(
            _run(stage, dossier, casting, progress=progress, serve=serve, as_json=as_json)
        )


def find_dossier(plan: str) -> PlanDossier:
    """Read the plan at that path, or of that file name or id among the plans that ship.

    Raises:
        UsageError: there is no such plan.
        PlanInvalidError: its files are wrong.
    """
    for path in (Path(plan), PLANS / f"{plan}.yaml"):
        if path.is_file():
            return read_dossier(path)
    known = {dossier.plan.id: dossier for dossier in read_dossiers(PLANS)}
    if plan not in known:
        names = ", ".join(sorted(path.stem for path in PLANS.glob("*.yaml")))
        raise UsageError(
            f"Không có kế hoạch “{plan}”; hãy ghi đường dẫn tệp, hoặc một trong: {names}."
        )
    return known[plan]


def _wanted(dossier: PlanDossier, casting: Casting, ways: Ways) -> Progress:
    scenario = casting.scenario
    return Progress(
        plan_id=dossier.plan.id, scenario_id=scenario.id, digest=digest_of(dossier, scenario, ways)
    )


async def _run(
    stage: Stage,
    dossier: PlanDossier,
    casting: Casting,
    *,
    progress: Progress,
    serve: bool,
    as_json: bool,
) -> int:
    # Prefect reads its environment when it is imported: only now is it complete.
    from deployments.engine import server_child  # noqa: PLC0415
    from deployments.session import prefect_session  # noqa: PLC0415

    steps = plan_steps(dossier, casting, read_calendar())
    set_simulated_now(stage.clock, steps[0].instant)  # the pages tell the time from their start
    refuse_taken_ports(stage, serves_pages=serve or stage.ways != BY_SERVICE)
    summary: Summary | None = None
    async with Supervisor(say) as supervisor:
        await supervisor.start(server_child(stage.environment))
        if stage.ways != BY_SERVICE:
            await supervisor.start(web_child(stage.settings, stage.environment, catches_mail=False))
        with prefect_session(stage.environment):
            summary = await perform(stage, dossier, casting, steps, progress=progress)
            tell(summary, stage, as_json=as_json)
            if serve:
                await keep_serving(stage, dossier, supervisor, summary)
    if summary is None:
        say("Đã dừng giữa chừng; chạy lại đúng lệnh này để tiếp tục.")
        return INTERRUPTED
    return 0


def tell(summary: Summary, stage: Stage, *, as_json: bool) -> None:
    """Tell the result: as JSON on stdout when asked, in words on stderr."""
    if as_json:
        print(to_json(summary, indent=2).decode(), flush=True)
    reports = summary.reports
    sent = len(reports.on_time) + len(reports.late)
    say(
        f"Diễn tập xong sau {summary.seconds:.0f} giây, {summary.flow_runs} lượt chạy: "
        f"{sum(summary.letters.values())} thư, {summary.submissions} bản nộp; "
        f"{sent}/{sent + len(reports.missing)} báo cáo của đơn vị."
    )
    if reports.missing:
        say(f"Chưa gửi báo cáo: {'; '.join(reports.missing)}.")
    sent_at = summary.dispatched_at
    say(f"Báo cáo gửi cấp trên: {format_instant(sent_at) if sent_at else 'chưa gửi'}.")
    for name in ("summary.json", "timeline.html", "timeline.jsonl", *summary.files):
        say(f"  {stage.out / name}")
