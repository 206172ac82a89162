"""Periodic reports and the figures so far."""

from prefect import task
from prefect.artifacts import acreate_table_artifact

from adapters.outlines import read_outline
from models.sessions import Session
from services import periodics
from services.plans import find_plan
from tasks.artifacts import artifact_key
from tasks.desk import at_desk


@task(task_run_name="dự thảo báo cáo định kỳ", retries=1, retry_delay_seconds=30)
def draft_periodic_reports(session: Session) -> int:
    """Draft the periodic reports whose cut-off has passed; returns how many are new."""
    with at_desk() as desk:
        catalogue = find_plan(desk.engine, session.plan_id).dossier.catalogue
        return periodics.draft_periodic_reports(
            desk.engine,
            session.plan_id,
            outline=read_outline(catalogue.id),
            blobs=desk.blobs,
            calendar=desk.calendar,
            now=desk.now,
        )


@task(task_run_name="số liệu đến nay")
async def publish_figures(session: Session) -> None:
    """Publish the figures accepted so far."""
    with at_desk() as desk:
        figures = periodics.read_figures(desk.engine, session.plan_id)
    await acreate_table_artifact(
        table=figures or [{"Chỉ tiêu": "Chưa có số liệu được chấp nhận."}],
        key=f"so-lieu-{artifact_key(session.plan_id)}",
        description=session.plan_name,
    )
