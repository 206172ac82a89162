"""Finding the phases a run works on."""

from datetime import date

from prefect import task

from models.sessions import Session
from services import sessions
from tasks.desk import at_desk


@task(task_run_name="tìm giai đoạn")
def find_sessions(flow: str, plan: str | None, day: date | None) -> tuple[Session, ...]:
    """List the plans' phases that this flow carries out on that day."""
    with at_desk() as desk:
        return sessions.find_sessions(
            desk.engine, commune=desk.commune, flow=flow, plan_id=plan, day=day,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
