"""The final report's way: readiness, draft, decision asked, dispatch."""

from prefect import task

from adapters.outlines import read_outline
from models.sessions import Session
from services import countdowns, decision_requests, dispatches, readiness, report_receipts, reports
from services.plans import find_plan
from services.readiness import Readiness
from tasks.desk import at_desk


@task(task_run_name="kiểm tra đủ báo cáo")
def check_readiness(session: Session) -> Readiness:
    """Whether the units' reports are complete, or the day of the automatic draft has come."""
    with at_desk() as desk:
        return readiness.read_readiness(
            desk.engine, session.plan_id, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="tổng hợp dự thảo", retries=1, retry_delay_seconds=30, timeout_seconds=600)
def assemble_report(session: Session) -> str:
    """Assemble the report from what is accepted; the same answers give the same id."""
    with at_desk() as desk:
        catalogue = find_plan(desk.engine, session.plan_id).dossier.catalogue
        made = reports.assemble(
            desk.engine,
            session.plan_id,
            outline=read_outline(catalogue.id),
            blobs=desk.blobs,
            actor="dondoc",
            now=desk.now,
        )
        return made.id


@task(task_run_name="trình lãnh đạo", retries=2, retry_delay_seconds=[5, 30])
def ask_decision(session: Session) -> bool:
    """Put the newest draft before the leader, once, when content and form are signed off."""
    with at_desk() as desk:
        return decision_requests.ask_if_signed_off(
            desk.engine, session.plan_id, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="nhắc lãnh đạo", retries=2, retry_delay_seconds=[5, 30])
def remind_leader(session: Session) -> bool:
    """Put the draft before the leader again while nobody decides, at most once a day."""
    with at_desk() as desk:
        return decision_requests.remind_decider(
            desk.engine, session.plan_id, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="nhắc xác nhận đã nhận", retries=2, retry_delay_seconds=[5, 30])
def chase_receipts(session: Session) -> int:
    """Ask for receipts that have not come, at most twice; returns how many letters are new."""
    with at_desk() as desk:
        return report_receipts.chase_receipts(
            desk.engine, session.plan_id, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="đếm ngược", retries=2, retry_delay_seconds=[5, 30])
def watch_countdown(session: Session) -> int:
    """Raise an alarm for what stands past its last safe hour; returns how many are new."""
    with at_desk() as desk:
        return countdowns.watch_countdown(
            desk.engine, session.plan_id, calendar=desk.calendar, now=desk.now
        )


@task(task_run_name="phát hành báo cáo", retries=2, retry_delay_seconds=[5, 30])
def dispatch_if_ready(session: Session) -> int:
    """Dispatch a report that is approved and numbered; returns how many letters are new."""
    with at_desk() as desk:
        return dispatches.dispatch_if_ready(
            desk.engine, session.plan_id, by="dondoc", blobs=desk.blobs, calendar=desk.calendar,
            now=desk.now,
        )  # fmt: skip


@task(task_run_name="phát hành báo cáo", retries=2, retry_delay_seconds=[5, 30])
def dispatch_numbered(plan: str, *, by: str) -> int:
    """Dispatch the approved and numbered report of a plan; returns how many letters are new."""
    with at_desk() as desk:
        return dispatches.dispatch_report(
            desk.engine, plan, by=by, blobs=desk.blobs, calendar=desk.calendar, now=desk.now
        )
