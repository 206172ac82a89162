"""What a rehearsal leaves in its folder: summary, timeline, picture, and the report's files."""

from collections.abc import Sequence
from pathlib import Path

from pydantic_core import to_json

from adapters.database import transaction
from cli.rehearsal.home import Progress
from cli.rehearsal.play import Play
from cli.rehearsal.timeline_page import draw_timeline
from models.boards import Board
from models.obligations import Standing
from models.plans import PlanDossier
from models.rehearsal_summary import (
    Summary,
    last_instant,
    letter_counts,
    letter_states,
    open_rows,
    report_figures,
)
from models.timelines import TimelineKind, TimelineRow
from services.boards import read_board
from services.reports import ReportRecord, find_report, read_files
from services.timelines import read_timeline

REPORT = "report"


def write_outputs(play: Play, progress: Progress) -> Summary:
    """Write every output and return the summary; again writes the same."""
    out = play.stage.out
    timeline = read_timeline(play.engine, play.plan_id, calendar=play.calendar)
    board = read_board(play.engine, play.plan_id, calendar=play.calendar, as_of=play.now)
    report = find_report(play.engine, play.plan_id)
    files = save_report(play, report) if report is not None else ()
    summary = _summary(play, progress, board, timeline=timeline, report=report, files=files)
    write_timeline(out / "timeline.jsonl", timeline)
    page = draw_timeline(_as_issued(play), board, timeline, calendar=play.calendar)
    _write(out / "timeline.html", page.encode())
    _write(out / "summary.json", to_json(summary, indent=2) + b"\n")
    return summary


def _as_issued(play: Play) -> PlanDossier:
    plan = play.plan()
    return plan.dossier if plan is not None else play.dossier


def write_timeline(path: Path, timeline: Sequence[TimelineRow]) -> None:
    """Write one JSON document a line, in the timeline's order."""
    _write(path, b"".join(to_json(row) + b"\n" for row in timeline))


def save_report(play: Play, report: ReportRecord) -> tuple[Path, ...]:
    """Copy the report's files, drafts and issued ones, in to the folder; the issued come last."""
    folder = play.stage.out / REPORT
    folder.mkdir(exist_ok=True)
    with transaction(play.engine) as connection:
        roles = ("draft", "issued")
        files = [f for role in roles for f in read_files(connection, report.id, role=role)]
    for file in files:
        _write(folder / file.name, play.desk.blobs.get(file.sha256))
    return tuple(folder / file.name for file in files)


def _summary(
    play: Play,
    progress: Progress,
    board: Board,
    *,
    timeline: Sequence[TimelineRow],
    report: ReportRecord | None,
    files: Sequence[Path],
) -> Summary:
    plan = play.plan()
    counts = board.counts()
    return Summary(
        plan_id=play.plan_id,
        scenario_id=progress.scenario_id,
        issued_on=play.issued_on,
        letters=letter_counts(timeline),
        letter_states=letter_states(timeline),
        submissions=sum(row.kind is TimelineKind.SUBMISSION for row in timeline),
        returns=sum(row.what == "returned" for row in timeline if row.kind is TimelineKind.REVIEW),
        obligations=len(board.rows),
        done_on_time=counts[Standing.DONE_ON_TIME],
        done_late=counts[Standing.DONE_LATE],
        open=open_rows(board),
        reports=report_figures(board, timeline),
        report_versions=report.version if report else 0,
        report_number=report.number if report else None,
        report_sha256=report.sha256 if report else None,
        decided_at=last_instant(timeline, TimelineKind.DECISION),
        dispatched_at=last_instant(timeline, TimelineKind.DISPATCH),
        received_at=last_instant(timeline, TimelineKind.RECEIPT),
        plan_state=plan.state if plan else "",
        flow_runs=progress.flow_runs,
        seconds=round(progress.seconds, 1),
        files=tuple(str(path.relative_to(play.stage.out)) for path in files),
    )


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
