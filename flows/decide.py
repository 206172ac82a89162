"""Decide: the leader's decision on a draft of the final report, as a form."""

from prefect import flow

from tasks.actions import record_decision
from tasks.delivery import send_letters
from tasks.parameters import By, Comment, ContentCode, Decision, PlanKey, Version
from tasks.run_names import name_run


@flow(name="decide", flow_run_name=name_run("Quyết định"), timeout_seconds=600)
async def decide(
    *, plan: PlanKey, version: Version, content: ContentCode, decision: Decision, by: By,
    comment: Comment = "",
) -> None:  # fmt: skip
    """Ghi quyết định của lãnh đạo đối với dự thảo báo cáo; chỉ nhận đúng nội dung đã xem."""
    record_decision(
        plan, version=version, content=content, decision=decision, by=by, comment=comment
    )
    await send_letters()
