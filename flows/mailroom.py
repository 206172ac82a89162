"""Mailroom: every few minutes, what a dead sender left is settled and what is due is sent."""

from prefect import flow

from tasks.delivery import resolve_letters, send_letters
from tasks.run_names import name_run


@flow(name="mailroom", flow_run_name=name_run("Văn thư"), timeout_seconds=1_800)
async def mailroom() -> None:
    """Phòng thư: đối soát thư dở dang, gửi thư đến hạn gửi và thư cần gửi lại."""
    resolve_letters()
    await send_letters()
