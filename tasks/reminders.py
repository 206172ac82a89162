"""The morning plan of reminders and the leader's weekly bulletin."""

from prefect import task

from services import bulletins, compliance_watches, reminders
from services.reminders import Planning
from tasks.desk import at_desk


@task(task_run_name="lập thư nhắc", retries=2, retry_delay_seconds=[5, 30])
def plan_reminders() -> Planning:
    """Put every reminder that is due in the outbox; again the same morning adds nothing."""
    with at_desk() as desk:
        return reminders.plan_reminders(
            desk.engine,
            commune=desk.commune,
            policy=desk.policy,
            calendar=desk.calendar,
            now=desk.now,
        )


@task(task_run_name="bản tin tuần", retries=2, retry_delay_seconds=[5, 30])
def write_bulletins() -> int:
    """Write the leader's bulletin on the week's last working afternoon, once a week."""
    with at_desk() as desk:
        return bulletins.write_bulletins(
            desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="báo quá hạn rà soát", retries=2, retry_delay_seconds=[5, 30])
def escalate_reviews() -> int:
    """Tell the head of the reviewing office what is beyond its term; again adds nothing."""
    with at_desk() as desk:
        return compliance_watches.escalate_reviews(
            desk.engine, commune=desk.commune, calendar=desk.calendar, now=desk.now
        )
