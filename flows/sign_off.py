"""Sign off: who answers for the content, and who for the form, of a draft, as a form."""

from prefect import flow

from tasks.actions import record_sign_off
from tasks.delivery import send_letters
from tasks.parameters import By, ContentCode, Note, PlanKey, SignOffMatter, Version
from tasks.run_names import name_run


@flow(name="sign-off", flow_run_name=name_run("Xác nhận dự thảo"), timeout_seconds=600)
async def sign_off(
    *, plan: PlanKey, version: Version, content: ContentCode, matter: SignOffMatter, by: By,
    note: Note = "",
) -> None:  # fmt: skip
    """Ghi xác nhận nội dung hoặc thể thức của dự thảo; đủ hai xác nhận thì trình lãnh đạo."""
    record_sign_off(plan, version=version, content=content, matter=matter, by=by, note=note)
    await send_letters()
