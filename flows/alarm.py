"""Alarm: started by Prefect's automations when a run fails or a round does not come."""

from prefect import flow

from tasks.alarms import report_failed_run, tell_administrator
from tasks.parameters import FailedFlow, FailedRun, FailedRunId, FailedState


# Named without the ledger, which may be what failed.
@flow(name="alarm", flow_run_name="Cảnh báo", timeout_seconds=900)
async def alarm(
    failed_flow: FailedFlow = "",
    run: FailedRun = "",
    run_id: FailedRunId = "",
    state: FailedState = "",
) -> None:
    """Cảnh báo: xem có lượt chạy lỗi, thiếu lượt đôn đốc hoặc thư ứ đọng, rồi báo người quản trị.

    Chạy lại không báo trùng; khi mọi việc bình thường thì không gửi gì.
    """
    if run_id:
        await report_failed_run(flow=failed_flow, run=run, run_id=run_id, state=state)
    await tell_administrator()
