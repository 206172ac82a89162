"""Preparation: the plan is issued, duties are assigned, plans are chased and reviewed."""

from prefect import flow

from tasks.artifacts import publish_board
from tasks.delivery import send_letters
from tasks.parameters import Day, PlanId
from tasks.phases import assign_duties, open_phase
from tasks.reminders import plan_reminders
from tasks.run_names import name_run
from tasks.sessions import find_sessions


@flow(name="preparation", flow_run_name=name_run("Chuẩn bị"), timeout_seconds=1_800)
async def preparation(plan: PlanId = None, day: Day = None) -> None:
    """Giai đoạn chuẩn bị: ban hành, giao nhiệm vụ, đôn đốc kế hoạch chi tiết, bảng sẵn sàng.

    Chạy lại bao nhiêu lần cũng không gửi trùng; ngoài thời gian của giai đoạn chỉ hiển thị.
    """
    for session in find_sessions("preparation", plan, day):
        if session.acts:
            open_phase(session)
            assign_duties(session)
            plan_reminders()
            await send_letters()
        await publish_board(session)
