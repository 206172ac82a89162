"""Issue: the number and day given by văn thư, then dispatch to the province."""

from prefect import flow

from tasks.actions import record_number
from tasks.delivery import send_letters
from tasks.parameters import By, IssueDay, Number, PlanKey
from tasks.reports import dispatch_numbered
from tasks.run_names import name_run


@flow(name="issue-report", flow_run_name=name_run("Phát hành"), timeout_seconds=600)
async def issue_report(plan: PlanKey, number: Number, issued_on: IssueDay, by: By) -> None:
    """Nhập số, ngày do văn thư cấp cho báo cáo đã duyệt và gửi tỉnh; chạy lại không gửi trùng."""
    record_number(plan, number=number, issued_on=issued_on, by=by)
    dispatch_numbered(plan, by=by)
    await send_letters()
