"""Chase: the morning and afternoon round over all plans and phases."""

from prefect import flow

from tasks.alarms import tell_administrator
from tasks.artifacts import publish_matrix
from tasks.delivery import resolve_letters, send_letters
from tasks.reminders import escalate_reviews, plan_reminders, write_bulletins
from tasks.run_names import name_run


@flow(name="chase", flow_run_name=name_run("Đôn đốc"), timeout_seconds=1_800)
async def chase() -> None:
    """Vòng đôn đốc: mỗi người nhận nhiều nhất một thư nhắc một ngày, gộp mọi việc còn nợ.

    Ngày nghỉ, ngoài giờ hoặc chạy lại đều không gửi trùng; thư đến muộn được giữ tới khung giờ sau.
    """
    resolve_letters()
    plan_reminders()
    escalate_reviews()
    write_bulletins()
    await send_letters()
    await publish_matrix()
    await tell_administrator(round_of="chase")
