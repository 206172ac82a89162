"""Extend: more time for one obligation, as a form."""

from prefect import flow

from tasks.actions import grant_extension
from tasks.delivery import send_letters
from tasks.parameters import By, LastDay, ObligationKey, Reason
from tasks.run_names import name_run


@flow(name="extend", flow_run_name=name_run("Gia hạn"), timeout_seconds=600)
async def extend(obligation: ObligationKey, until: LastDay, by: By, reason: Reason) -> None:
    """Gia hạn một nghĩa vụ đến hết giờ làm việc của ngày đã chọn; thời hạn gốc vẫn được lưu."""
    grant_extension(obligation, until=until, by=by, reason=reason)
    await send_letters()
