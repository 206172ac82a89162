"""Dispatch: the decided, numbered report goes up once; its receipt is recorded; the plan ends."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    first_reachable,
    insert_new,
    read_contacts,
    read_obligations,
    read_plan,
)
from models.errors import RefusedError
from models.final_report import reconcile
from models.leader_contexts import DispatchContext
from models.letter_contexts import ClosingContext
from models.letters import LetterKind
from models.obligations import Obligation
from models.plans import RequirementKind
from models.submissions import Attachment
from models.units import ContactRole
from models.vietnamese import format_day, mid_sentence
from services.decisions import Verdict
from services.journal import note, record
from services.milestones import end_milestone
from services.notices import as_facts
from services.outbox import NewLetter, enqueue, ids_by_key
from services.plans import close_plan
from services.reports import ReportRecord, find_report, read_files, read_report


def dispatch_report(engine: Engine, plan_id: str, *, by: str, now: datetime) -> int:
    """Write to UBND tỉnh and the department with both files (E17); returns how many are new.

    Raises:
        RefusedError: the report is not approved, not numbered, or a figure does not reconcile.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id)
        _refuse_unready(report)
        files = read_files(connection, report.id, role="issued")
        letters = [
            _letter(connection, plan, report, unit_id=unit_id, files=files, now=now)
            for unit_id in recipients_of(plan)
        ]
        added = enqueue(connection, letters, commune=plan.commune, now=now)
        ids = ids_by_key(connection, [letter.dedupe_key for letter in letters])
        rows = [
            {"plan_id": plan_id, "recipient": letter.unit_id, "report_id": report.id, "at": now,
             "by": by, "outbox_id": ids[letter.dedupe_key]}
            for letter in letters
        ]  # fmt: skip
        insert_new(connection, tables.dispatches, rows)
        if added:
            end_milestone(connection, plan, RequirementKind.FINAL_REPORT, now=now)
            notes = [note("report.dispatched", report.id, sha256=report.sha256)]
            record(connection, notes, commune=plan.commune, actor=by, at=now)
    return added


def dispatch_if_ready(engine: Engine, plan_id: str, *, by: str, now: datetime) -> int:
    """Dispatch the newest version if it is approved and numbered; else 0, and nothing changes."""
    report = find_report(engine, plan_id)
    if report is None or report.verdict != Verdict.APPROVED or report.number is None:
        return 0
    return dispatch_report(engine, plan_id, by=by, now=now)


def recipients_of(plan: PlanRecord) -> tuple[str, ...]:
    """Unit ids the report goes to: the agency above, and the one it goes through."""
    source = plan.dossier.plan
    return tuple(dict.fromkeys((source.parent.id, source.channel.id)))


def _refuse_unready(report: ReportRecord) -> None:
    if report.verdict != Verdict.APPROVED:
        raise RefusedError("Báo cáo chưa được lãnh đạo phê duyệt nên chưa gửi được.")
    if report.number is None or report.issued_on is None:
        raise RefusedError("Báo cáo chưa có số, ngày; văn thư nhập bằng `dondoc report number`.")
    breaks = reconcile(report.content.report, report.content.totals)
    if breaks:
        lines = "\n".join(f"- {line}" for line in breaks)
        raise RefusedError(f"Số liệu trong báo cáo chưa khớp với dữ liệu gốc:\n{lines}")


def _letter(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    unit_id: str,
    files: tuple[Attachment, ...],
    now: datetime,
) -> NewLetter:
    source = plan.dossier.plan
    contacts = read_contacts(connection, commune=plan.commune)
    contact = first_reachable(contacts, unit_id, ContactRole.CONTACT)
    if contact is None:
        raise RefusedError(f"Nơi nhận '{unit_id}' chưa có địa chỉ thư trong danh mục.")
    basis = source.legal_basis[0]
    dated = f" ngày {format_day(basis.issued_on)}" if basis.issued_on else ""
    facts = {
        "recipients": tuple(plan.dossier.units.unit(u).name for u in recipients_of(plan)),
        "basis": f"{basis.type_name} số {basis.number}{dated} của {basis.agency}",
        "report_number": f"{report.number:02d}/{report.document.symbol}",
        "report_day": report.issued_on,
        "report_matter": mid_sentence(report.document.subject),
        "short_matter": f"kết quả {source.campaign_short}",
        "issued_at": now,
    }
    return NewLetter(
        dedupe_key=f"dispatch/{plan.id}/{unit_id}", kind=LetterKind.DISPATCH, plan_id=plan.id,
        unit_id=unit_id, contact=contact, not_before=now, parts=files,
        facts=as_facts(DispatchContext, facts),
    )  # fmt: skip


def confirm_receipt(
    engine: Engine, plan_id: str, *, recipient: str, by: str, now: datetime
) -> bool:
    """Record that a recipient has the report; when all have it, thank the units and end the plan.

    Returns False when the receipt was recorded before.

    Raises:
        RefusedError: nothing was dispatched to that recipient.
    """
    d = tables.dispatches.c
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        sent = connection.execute(
            select(tables.dispatches).where(d.plan_id == plan_id)
        ).all()  # fmt: skip
        mine = [row for row in sent if row.recipient == recipient]
        if not mine:
            raise RefusedError(f"Chưa gửi báo cáo của '{plan_id}' tới '{recipient}'.")
        if mine[0].receipt_at is not None:
            return False
        connection.execute(
            update(tables.dispatches)
            .where(d.plan_id == plan_id, d.recipient == recipient)
            .values(receipt_at=now, receipt_by=by)
        )
        notes = [note("report.receipt", f"{plan_id}/{recipient}")]
        record(connection, notes, commune=plan.commune, actor=by, at=now)
        if all(row.receipt_at is not None or row.recipient == recipient for row in sent):
            _close(connection, plan, by=by, now=now)
    return True


def _close(connection: Connection, plan: PlanRecord, *, by: str, now: datetime) -> None:
    report = read_report(connection, plan.id)
    obligations = read_obligations(connection, commune=plan.commune, plan_id=plan.id)
    documents = sum(o.version for o in obligations) + report.version
    facts = as_facts(
        ClosingContext,
        {
            "dispatched_on": report.issued_on,
            "document_count": documents,
            "kept_at": plan.dossier.units.unit(plan.dossier.plan.coordinator).name,
        },
    )
    letters = _thanks(connection, plan, obligations, facts=facts, now=now)
    enqueue(connection, letters, commune=plan.commune, now=now)
    close_plan(connection, plan, actor=by, now=now)


def _thanks(
    connection: Connection,
    plan: PlanRecord,
    obligations: Sequence[Obligation],
    *,
    facts: dict[str, object],
    now: datetime,
) -> list[NewLetter]:
    contacts = read_contacts(connection, commune=plan.commune)
    units = sorted({o.unit_id for o in obligations} - {plan.dossier.plan.authority})
    reached = [(unit, first_reachable(contacts, unit, ContactRole.CONTACT)) for unit in units]
    return [
        NewLetter(
            dedupe_key=f"closing/{plan.id}/{unit_id}", kind=LetterKind.CLOSING, plan_id=plan.id,
            unit_id=unit_id, contact=contact, not_before=now, facts=facts,
        )
        for unit_id, contact in reached
        if contact is not None
    ]  # fmt: skip
