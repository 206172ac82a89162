"""Reading the mailbox: replies and bounces are stored, then moved aside."""

from prefect import task

from services import fetching
from services.inbox import Fetched
from services.mail_answers import Taken, take_answers
from tasks.desk import at_desk


@task(task_run_name="nhận thư", retries=1, retry_delay_seconds=10, timeout_seconds=600)
def fetch_mail() -> Fetched:
    """Take in replies and bounces; returns how many of each kind came."""
    with at_desk() as desk:
        return fetching.fetch_mail(desk)


@task(task_run_name="ghi nhận thư trả lời", timeout_seconds=600)
def take_replies() -> Taken:
    """Make answers of the replies that wait; returns how many became what."""
    with at_desk() as desk:
        return take_answers(desk.clerk)
