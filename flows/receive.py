"""Receive: a recipient of the final report has confirmed it, as a form."""

from prefect import flow

from tasks.actions import record_receipt
from tasks.delivery import send_letters
from tasks.parameters import By, PlanKey, RecipientKey
from tasks.run_names import name_run


@flow(name="receive", flow_run_name=name_run("Xác nhận"), timeout_seconds=600)
async def receive(plan: PlanKey, recipient: RecipientKey, by: By) -> None:
    """Ghi nhận nơi nhận đã nhận báo cáo; đủ nơi nhận thì kế hoạch kết thúc, các đơn vị được báo."""
    record_receipt(plan, recipient=recipient, by=by)
    await send_letters()
