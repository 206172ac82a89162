"""Opening phases and assigning duties."""

from prefect import task

from models.sessions import Session
from services import assignments, phases
from services.phases import Opening
from tasks.desk import at_desk


@task(task_run_name="mở giai đoạn {session.phase_id}", retries=2, retry_delay_seconds=[5, 30])
def open_phase(session: Session) -> Opening:
    """Make sure that every obligation of the plan exists; again adds nothing."""
    with at_desk() as desk:
        return phases.open_phase(
            desk.engine, session.plan_id, session.phase_id, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="giao nhiệm vụ", retries=2, retry_delay_seconds=[5, 30])
def assign_duties(session: Session) -> int:
    """Write to every unit not yet written to; returns how many letters are new."""
    with at_desk() as desk:
        return assignments.issue_assignments(
            desk.engine, session.plan_id, blobs=desk.blobs, calendar=desk.calendar, now=desk.now
        )
