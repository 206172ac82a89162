"""Activities: what was held so far, periodic reports chased and put before the leader."""

from prefect import flow

from tasks.artifacts import publish_board
from tasks.delivery import send_letters
from tasks.parameters import Day, PlanId
from tasks.periodics import draft_periodic_reports, publish_figures
from tasks.phases import assign_duties, open_phase
from tasks.reminders import plan_reminders, write_bulletins
from tasks.run_names import name_run
from tasks.sessions import find_sessions


@flow(name="activities", flow_run_name=name_run("Tổ chức"), timeout_seconds=1_800)
async def activities(plan: PlanId = None, day: Day = None) -> None:
    """Giai đoạn tổ chức: hoạt động và số liệu đã có, đôn đốc báo cáo định kỳ, bản tin lãnh đạo.

    Chạy lại bao nhiêu lần cũng không gửi trùng; ngoài thời gian của giai đoạn chỉ hiển thị.
    """
    for session in find_sessions("activities", plan, day):
        if session.acts:
            open_phase(session)
            assign_duties(session)
            draft_periodic_reports(session)
            plan_reminders()
            write_bulletins()
            await send_letters()
        await publish_board(session)
        await publish_figures(session)
