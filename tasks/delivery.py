"""Sending what is due, and settling what a dead sender left behind."""

from prefect import task

from services import mailing
from services.delivery import Delivery
from tasks.desk import at_desk


@task(task_run_name="đối soát thư dở dang", retries=2, retry_delay_seconds=[5, 30])
def resolve_letters() -> int:
    """Settle letters whose sender died; returns how many there were."""
    with at_desk() as desk:
        return mailing.resolve_stranded(desk)


@task(task_run_name="gửi thư", timeout_seconds=1_200)
async def send_letters() -> Delivery:
    """Send every letter whose time has come; outside office hours receipts and urgent ones."""
    with at_desk() as desk:
        return await mailing.send_due(desk)
