"""Mailroom: every few minutes, what is left over is settled, mail read, what is due sent."""

from prefect import flow

from tasks.alarms import tell_administrator
from tasks.delivery import resolve_letters, send_letters
from tasks.inbox import fetch_mail, take_replies
from tasks.run_names import name_run


@flow(name="mailroom", flow_run_name=name_run("Văn thư"), timeout_seconds=1_800)
async def mailroom() -> None:
    """Phòng thư: đối soát thư dở dang, nhận thư và câu trả lời, gửi thư đến lượt, báo sự cố."""
    resolve_letters()
    # Before sending: a letter that came back is written again in the same round. A mailbox that is
    # away stops no letter; its alarm is raised by the task.
    fetch_mail(return_state=True)
    take_replies(return_state=True)
    await send_letters()
    await tell_administrator(round_of="mailroom")
