"""Telling the administrator what is wrong."""

from prefect import task

from services import alarm_desk
from tasks.desk import at_desk


@task(task_run_name="báo người quản trị", timeout_seconds=600)
async def tell_administrator(*, round_of: str | None = None) -> int:
    """Look for what is wrong and tell it by e-mail; returns how many alarms were told.

    ``round_of`` names the flow whose round has just succeeded.
    """
    with at_desk() as desk:
        return await alarm_desk.look_and_tell(desk, round_of=round_of)


@task(task_run_name="ghi lượt chạy lỗi", timeout_seconds=300)
async def report_failed_run(*, flow: str, run: str, run_id: str, state: str) -> bool:
    """Raise the alarm that a flow run failed; the same flow's is told once in some hours."""
    with at_desk() as desk:
        return await alarm_desk.report_failed_run(
            desk, flow=flow, run=run, run_id=run_id, state=state
        )
