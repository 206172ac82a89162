"""The morning plan of reminders and the leader's weekly bulletin."""

from prefect import task

from services import planners
from services.reminders import Planning
from tasks.desk import at_desk


@task(task_run_name="lập thư nhắc", retries=2, retry_delay_seconds=[5, 30])
def plan_reminders() -> Planning:
    """Put every reminder that is due in the outbox; again the same morning adds nothing."""
    with at_desk() as desk:
        return planners.plan_reminders(desk)


@task(task_run_name="bản tin tuần", retries=2, retry_delay_seconds=[5, 30])
def write_bulletins() -> int:
    """Write the leader's bulletin on the week's last working afternoon, once a week."""
    with at_desk() as desk:
        return planners.write_bulletins(desk)


@task(task_run_name="báo quá hạn rà soát", retries=2, retry_delay_seconds=[5, 30])
def escalate_reviews() -> int:
    """Tell the head of the reviewing office what is beyond its term; again adds nothing."""
    with at_desk() as desk:
        return planners.escalate_reviews(desk)
