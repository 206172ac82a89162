"""Reporting: reports are chased, added up, decided on and sent to the province in time."""

from prefect import flow

from tasks.artifacts import publish_board, publish_report
from tasks.delivery import send_letters
from tasks.parameters import Day, PlanId
from tasks.phases import assign_duties, open_phase
from tasks.reminders import plan_reminders
from tasks.reports import (
    ask_decision,
    assemble_report,
    chase_receipts,
    check_readiness,
    dispatch_if_ready,
    remind_leader,
    watch_countdown,
)
from tasks.run_names import name_run
from tasks.sessions import find_sessions


@flow(name="reporting", flow_run_name=name_run("Báo cáo"), timeout_seconds=1_800)
async def reporting(plan: PlanId = None, day: Day = None) -> None:
    """Giai đoạn báo cáo: đôn đốc, tổng hợp dự thảo, trình lãnh đạo, phát hành gửi tỉnh.

    Dự thảo tự lập khi đủ báo cáo, hoặc trước hạn của tỉnh hai ngày làm việc dù còn thiếu.
    """
    for session in find_sessions("reporting", plan, day):
        if session.acts:
            open_phase(session)
            assign_duties(session)
            plan_reminders()
            if check_readiness(session).is_due:
                assemble_report(session)
                ask_decision(session)
                remind_leader(session)
            dispatch_if_ready(session)
            chase_receipts(session)
            watch_countdown(session)
            await send_letters()
        await publish_board(session)
        await publish_report(session)
