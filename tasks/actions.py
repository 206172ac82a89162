"""What a person decides in a form: each task calls one service."""

from datetime import date

from prefect import task

from adapters.rule_sets import read_rule_set
from services import (
    decision_requests,
    decisions,
    extensions,
    report_numbers,
    report_receipts,
    reviews,
)
from tasks.desk import at_desk
from tasks.vocabulary import DecisionChoice, SignOffChoice


@task(task_run_name="ghi quyết định")
def record_decision(
    plan: str, *, version: int, content: str, decision: DecisionChoice, by: str, comment: str
) -> bool:
    """Record the leader's decision on the version seen."""
    with at_desk() as desk:
        return decisions.decide(
            desk.engine, plan, version=version, sha256_prefix=content, verdict=decision.verdict,
            by=by, comment=comment, calendar=desk.calendar, now=desk.now,
        )  # fmt: skip


@task(task_run_name="ghi xác nhận dự thảo")
def record_sign_off(
    plan: str, *, version: int, content: str, matter: SignOffChoice, by: str, note: str
) -> bool:
    """Record who answers for content or form of the version seen; ask the leader when both do."""
    with at_desk() as desk:
        return decision_requests.sign_off_and_ask(
            desk.engine, plan, matter.kind, version=version, sha256_prefix=content, by=by,
            note=note, rules=read_rule_set(), blobs=desk.blobs, calendar=desk.calendar,
            now=desk.now,
        ).changed  # fmt: skip


@task(task_run_name="ghi số, ngày")
def record_number(plan: str, *, number: int, issued_on: date, by: str) -> str:
    """Record the number and day given by văn thư; returns the report's id."""
    with at_desk() as desk:
        return report_numbers.number_report(
            desk.engine, plan, number=number, issued_on=issued_on, by=by, blobs=desk.blobs,
            now=desk.now,
        ).id  # fmt: skip


@task(task_run_name="gia hạn {obligation}")
def grant_extension(obligation: str, *, until: date, by: str, reason: str) -> None:
    """Give the unit until the close of that day."""
    with at_desk() as desk:
        extensions.grant_extension(
            desk.engine, obligation, until=desk.calendar.close_of(until), by=by, reason=reason,
            now=desk.now,
        )  # fmt: skip


@task(task_run_name="miễn {obligation}")
def waive_obligation(obligation: str, *, by: str, reason: str) -> bool:
    """Free the unit of the obligation."""
    with at_desk() as desk:
        return reviews.waive(desk.engine, obligation, reason=reason, by=by, now=desk.now)


@task(task_run_name="ghi nhận nơi nhận")
def record_receipt(plan: str, *, recipient: str, by: str) -> bool:
    """Record that a recipient has the report."""
    with at_desk() as desk:
        return report_receipts.confirm_receipt(
            desk.engine, plan, recipient=recipient, by=by, now=desk.now
        )
