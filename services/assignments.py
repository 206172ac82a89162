"""Assignments: the issued plan goes to every unit with a duty, with what it owes and by when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    RegisteredContact,
    first_reachable,
    read_contacts,
    read_obligations,
    read_plan,
)
from models.assignment_annex import build_assignment_annex
from models.calendars import WorkingCalendar
from models.letter_contexts import AssignmentContext
from models.letter_rows import DutyRow, TaskRow
from models.letters import LetterKind
from models.obligations import Obligation
from models.plans import DutyRole
from models.products import product_name, short_product_name
from models.standings import working_days_left
from models.submissions import Attachment
from models.units import ContactRole, Unit
from services.files import PDF, render_files
from services.journal import note, record
from services.notices import as_facts
from services.outbox import NewLetter, enqueue

OFFICE = "dondoc"
ROLE_NAMES = {
    DutyRole.DIRECT: "chỉ đạo",
    DutyRole.INSPECT: "kiểm tra, rà soát",
    DutyRole.ADVISE: "tham mưu",
    DutyRole.LEAD: "chủ trì",
    DutyRole.LEAD_BY_DEFAULT: "chủ trì (mặc định)",
    DutyRole.SUPPORT: "phối hợp",
    DutyRole.OWN_INITIATIVE: "chủ động thực hiện",
    DutyRole.TAKE_PART: "tham gia",
    DutyRole.REPORT: "báo cáo",
    DutyRole.CARRY_OUT: "triển khai",
}


def issue_assignments(
    engine: Engine, plan_id: str, *, blobs: BlobStore, calendar: WorkingCalendar, now: datetime
) -> int:
    """Write E01 once to the contact and the head of every unit with a duty; returns how many.

    The head gets a letter of his own, for people of one unit are never put in To and Cc together
    with a link that is personal (domain.md 4.5 step 0).
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        obligations = read_obligations(connection, commune=plan.commune, plan_id=plan_id)
        missing = _unassigned(connection, plan, obligations, calendar=calendar, now=now)
    if not missing:
        return 0
    annex = _annex(plan, blobs, now)
    with transaction(engine) as connection:
        contacts = read_contacts(connection, commune=plan.commune)
        letters = [
            letter
            for unit in missing
            for letter in _letters(
                plan, unit, contacts, obligations=obligations, annex=annex, calendar=calendar,
                now=now,
            )
        ]  # fmt: skip
        added = enqueue(connection, letters, commune=plan.commune, now=now)
        if added:
            notes = [note("plan.assigned", plan_id, letters=added)]
            record(connection, notes, commune=plan.commune, actor=OFFICE, at=now)
    return added


def _unassigned(
    connection: Connection,
    plan: PlanRecord,
    obligations: Sequence[Obligation],
    *,
    calendar: WorkingCalendar,
    now: datetime,
) -> list[Unit]:
    owing = {o.unit_id for o in obligations}
    c = tables.outbox.c
    written = connection.execute(
        select(c.unit_id).where(c.plan_id == plan.id, c.kind == LetterKind.ASSIGNMENT)
    ).scalars()
    known = set(written)
    day = calendar.day_of(now)
    return [
        unit
        for unit in sorted(plan.dossier.units.units, key=lambda u: u.order)
        if unit.id not in known
        and unit.is_valid_on(day)
        and (unit.id in owing or plan.dossier.holders_of(unit))
        and unit.id != plan.dossier.plan.authority
    ]


def _annex(plan: PlanRecord, blobs: BlobStore, now: datetime) -> tuple[Attachment, ...]:
    document = build_assignment_annex(plan.dossier)
    files = render_files(document, name="Phu-luc-phan-cong", blobs=blobs, at=now)
    return tuple(file for file in files if file.media_type == PDF)


def _letters(
    plan: PlanRecord,
    unit: Unit,
    contacts: Sequence[RegisteredContact],
    *,
    obligations: Sequence[Obligation],
    annex: tuple[Attachment, ...],
    calendar: WorkingCalendar,
    now: datetime,
) -> list[NewLetter]:
    reached = [
        first_reachable(contacts, unit.id, role) for role in (ContactRole.CONTACT, ContactRole.HEAD)
    ]
    products = tuple(
        _product(plan, o, calendar=calendar, now=now) for o in obligations if o.unit_id == unit.id
    )
    facts = {
        "duties": _duties(plan, unit),
        "products": tuple(sorted(products, key=lambda p: (p.due_at, p.code))),
    }
    return [
        NewLetter(
            dedupe_key=f"assignment/{plan.id}/{contact.id}", kind=LetterKind.ASSIGNMENT,
            plan_id=plan.id, unit_id=unit.id, contact=contact, not_before=now, parts=annex,
            facts=as_facts(AssignmentContext, facts),
        )
        for contact in {c.id: c for c in reached if c is not None}.values()
    ]  # fmt: skip


def _duties(plan: PlanRecord, unit: Unit) -> tuple[DutyRow, ...]:
    return tuple(
        DutyRow(code=duty.id, text=plan.dossier.plan.verbatim.get(duty.id, duty.text),
                role=ROLE_NAMES[duty.role], product=duty.deliverable)
        for holder in plan.dossier.holders_of(unit)
        for duty in holder.duties
    )  # fmt: skip


def _product(
    plan: PlanRecord, obligation: Obligation, *, calendar: WorkingCalendar, now: datetime
) -> TaskRow:
    due = obligation.effective_due_at
    return TaskRow(
        obligation_id=obligation.id,
        code=obligation.requirement_id,
        kind=obligation.kind,
        product=product_name(plan.dossier, obligation),
        short_name=short_product_name(plan.dossier, obligation),
        due_at=due,
        working_days=working_days_left(due, calendar=calendar, now=now),
    )
