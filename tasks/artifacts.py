"""Artifacts: what a run shows in the Prefect UI, in Vietnamese."""

import re

from prefect import task
from prefect.artifacts import (
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
)

from models.board_texts import list_table, matrix_table, summary_text
from models.boards import Board
from models.sessions import Session
from services.boards import read_board
from services.plans import find_active_plans
from services.report_texts import report_text
from services.reports import find_report
from tasks.desk import at_desk


@task(task_run_name="bảng theo dõi {session.phase_id}")
async def publish_board(session: Session) -> None:
    """Publish the phase's table, progress and summary as of the session's instant."""
    with at_desk() as desk:
        whole = read_board(
            desk.engine, session.plan_id, calendar=desk.calendar, as_of=session.as_of
        )
        portal = desk.settings.portal_url
    board = whole.of_phase(session.phase_id)
    title = f"{session.phase_name} - {session.plan_name}"
    key = artifact_key(f"{session.plan_id}-{session.phase_id}")
    await acreate_table_artifact(table=list_table(board), key=f"bang-{key}", description=title)
    await acreate_progress_artifact(
        progress=float(board.percent_done), key=f"tien-do-{key}", description=title
    )
    why = f"\n\n> {session.why}" if session.why else ""
    await acreate_markdown_artifact(
        markdown=summary_text(board, title=title) + why, key=f"tom-tat-{key}", description=title
    )
    await acreate_link_artifact(
        link=f"{portal}/ke-hoach/{session.plan_id}", link_text="Bảng theo dõi và dự thảo báo cáo",
        key=f"lien-ket-{key}", description=title,
    )  # fmt: skip


@task(task_run_name="bảng chung")
async def publish_matrix() -> None:
    """Publish one table a plan: units down, what they owe across."""
    for board in _active_boards():
        key = artifact_key(board.plan_id)
        await acreate_table_artifact(
            table=matrix_table(board), key=f"don-vi-{key}", description=board.plan_name
        )
        await acreate_markdown_artifact(
            markdown=summary_text(board, title=board.plan_name), key=f"chung-{key}",
            description=board.plan_name,
        )  # fmt: skip


@task(task_run_name="dự thảo báo cáo")
async def publish_report(session: Session) -> None:
    """Publish where the final report stands: version, who is missing, decision, number."""
    with at_desk() as desk:
        report = find_report(desk.engine, session.plan_id)
        portal = desk.settings.portal_url
    key = artifact_key(session.plan_id)
    await acreate_markdown_artifact(
        markdown=report_text(report), key=f"bao-cao-{key}", description=session.plan_name
    )
    if report is not None:
        await acreate_link_artifact(
            link=f"{portal}/ke-hoach/{session.plan_id}/bao-cao/{report.version}",
            link_text=f"Dự thảo báo cáo lần {report.version}", key=f"du-thao-{key}",
            description=session.plan_name,
        )  # fmt: skip


def _active_boards() -> list[Board]:
    with at_desk() as desk:
        found = find_active_plans(desk.engine, commune=desk.commune)
        return [
            read_board(desk.engine, plan.id, calendar=desk.calendar, as_of=desk.now)
            for plan in found
        ]


def artifact_key(text: str) -> str:
    """The text as Prefect wants keys: lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
