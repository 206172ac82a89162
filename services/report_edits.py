"""Editing the final report: the office's text for a part, given back, or confirmed anew."""

from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_plan
from models.errors import ConflictError, RefusedError, UsageError
from models.report_edits import (
    EditedPlace,
    clean_edit,
    edited_places,
    refuse_altered_quotations,
)
from models.report_outline import ReportOutline
from models.report_prose import Material
from models.vietnamese import format_instant
from services.journal import note, record
from services.report_edit_records import read_edits
from services.report_records import latest_report
from services.reports import gather_material, read_counted


def read_places(
    engine: Engine, plan_id: str, *, outline: ReportOutline | None
) -> tuple[EditedPlace, ...]:
    """Every part of the report, the engine's text beside the office's, in the outline's order.

    Raises:
        RefusedError: the plan has no report to assemble.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        material = _material(connection, plan, outline)
        return edited_places(material, read_edits(connection, plan_id))


def edit_place(
    engine: Engine,
    plan_id: str,
    *,
    place: str,
    text: str,
    outline: ReportOutline | None,
    by: str,
    now: datetime,
    seen: int | None = None,
) -> bool:
    """Keep the office's text for a part as a new version; False when it stands already.

    No text gives the part back to the engine. ``seen`` is the version the writer started from, 0
    for none; without it whatever stands is replaced.

    Raises:
        UsageError: the outline has no such part.
        ConflictError: somebody else wrote a version meanwhile.
        RefusedError: the text is too long, alters a quotation, or the report is approved.
    """
    cleaned = clean_edit(text)
    with transaction(engine) as connection:
        plan, found, material = _opened(connection, plan_id, place, outline)
        _refuse_overtaken(found, seen)
        standing = found.edits[0].text if found.edits else ""
        if cleaned == standing and not found.is_unconfirmed:
            return False
        refuse_altered_quotations(place, cleaned, material)
        action = "report.edited" if cleaned else "report.unedited"
        _keep(connection, plan, found, text=cleaned, action=action, by=by, now=now)
    return True


def confirm_place(
    engine: Engine,
    plan_id: str,
    *,
    place: str,
    outline: ReportOutline | None,
    seen: int,
    draft: str,
    by: str,
    now: datetime,
) -> bool:
    """Say that the office's text still holds beside what the engine writes now; False the 2nd time.

    Raises:
        UsageError: the outline has no such part.
        ConflictError: another version stands, or the engine's text is not the ``draft`` seen.
        RefusedError: the report is approved.
    """
    with transaction(engine) as connection:
        plan, found, _ = _opened(connection, plan_id, place, outline)
        _refuse_overtaken(found, seen)
        if not found.is_unconfirmed or found.own is None:
            return False
        if " ".join(draft.split()) != " ".join(found.draft.text.split()):
            raise ConflictError(
                f"Nội dung máy soạn ở mục “{found.heading}” vừa thay đổi; đề nghị xem lại."
            )
        text = found.own.text
        _keep(connection, plan, found, text=text, action="report.reconfirmed", by=by, now=now)
    return True


def _opened(
    connection: Connection, plan_id: str, place: str, outline: ReportOutline | None
) -> tuple[PlanRecord, EditedPlace, Material]:
    # Two writers at once: the second waits here, then sees what the first wrote.
    held = select(tables.plans.c.id).where(tables.plans.c.id == plan_id).with_for_update()
    connection.execute(held)
    plan = read_plan(connection, plan_id)
    report = latest_report(connection, plan_id)
    if report is not None and report.verdict == "approved":
        raise RefusedError("Báo cáo đã được phê duyệt nên không biên tập được nữa.")
    material = _material(connection, plan, outline)
    places = edited_places(material, read_edits(connection, plan_id))
    found = next((one for one in places if one.place == place), None)
    if found is None:
        known = ", ".join(one.place for one in places)
        raise UsageError(f"Đề cương báo cáo không có mục '{place}'; các mục: {known}.")
    return plan, found, material


def _material(connection: Connection, plan: PlanRecord, outline: ReportOutline | None) -> Material:
    return gather_material(connection, plan, outline, counted=read_counted(connection, plan))


def _refuse_overtaken(found: EditedPlace, seen: int | None) -> None:
    latest = found.edits[0] if found.edits else None
    if seen is None or seen == (latest.id if latest else 0):
        return
    told = f"{latest.by} đã sửa lúc {format_instant(latest.at)}" if latest else "đã có thay đổi"
    raise ConflictError(
        f"Mục “{found.heading}” {told}; đề nghị xem bản mới rồi ghép nội dung của đồng chí vào."
    )


def _keep(
    connection: Connection,
    plan: PlanRecord,
    found: EditedPlace,
    *,
    text: str,
    action: str,
    by: str,
    now: datetime,
) -> None:
    row = {"plan_id": plan.id, "place": found.place, "text": text, "draft": found.draft.text,
           "by": by, "at": now}  # fmt: skip
    connection.execute(insert(tables.report_edits).values(row))
    notes = [note(action, plan.id, place=found.place)]
    record(connection, notes, commune=plan.commune, actor=by, at=now)
