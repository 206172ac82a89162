"""Waive: free a unit of one obligation, as a form."""

from prefect import flow

from tasks.actions import waive_obligation
from tasks.parameters import By, ObligationKey, Reason
from tasks.run_names import name_run


@flow(name="waive", flow_run_name=name_run("Miễn"), timeout_seconds=600)
async def waive(obligation: ObligationKey, by: By, reason: Reason) -> None:
    """Miễn một nghĩa vụ cho đơn vị, có lý do; đơn vị không bị nhắc nữa."""
    waive_obligation(obligation, by=by, reason=reason)
