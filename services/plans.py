"""Plans: taken in as drafts, activated once, their register kept up to date."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from adapters import tables
from adapters.database import snapshot, transaction
from adapters.ledger import (
    PlanRecord,
    PlanState,
    RegisteredContact,
    insert_new,
    read_contacts,
    read_plan,
    read_plans,
)
from models.contact_changes import Reach
from models.errors import RefusedError
from models.plan_lint import lint_plan
from models.plans import PlanDossier
from services.contact_changes import read_changed
from services.journal import note, record
from services.redaction_refusals import refuse_redacted

NO_LONGER_LISTED = "Không còn trong danh mục đơn vị."


def import_plan(engine: Engine, dossier: PlanDossier, *, actor: str, now: datetime) -> PlanRecord:
    """Store the plan as a draft; again with the same content changes nothing.

    An active plan keeps its text: only its unit register and catalogue may be renewed. Contacts
    take what the register says; a corrected address is written to again.

    Raises:
        RefusedError: the plan is active and its own text differs, or the register names somebody
            whose data were redacted.
    """
    plan = dossier.plan
    with transaction(engine) as connection:
        known = connection.execute(
            select(tables.plans.c.sha256).where(tables.plans.c.id == plan.id)
        ).scalar_one_or_none()
        if known == _sha256(dossier):
            return read_plan(connection, plan.id)
        if known is None:
            connection.execute(insert(tables.plans).values(_row(dossier, now)))
        else:
            _renew(connection, dossier)
        _register_contacts(connection, dossier, now)
        notes = [note("plan.imported", plan.id, sha256=_sha256(dossier))]
        record(connection, notes, commune=plan.commune, actor=actor, at=now)
        return read_plan(connection, plan.id)


def activate_plan(  # the signature is the command's own words
    engine: Engine,
    plan_id: str,
    *,
    number: int,
    issued_on: date,
    actor: str,
    now: datetime,
    day: date,
) -> PlanRecord:
    """Put the plan in force under its number and day of issue; the same again changes nothing.

    Raises:
        RefusedError: a blocking finding is open, or the plan is in force under another number.
    """
    with transaction(engine) as connection:
        known = read_plan(connection, plan_id)
        if known.state is not PlanState.DRAFT:
            return _already(known, number, issued_on)
        plan = known.dossier.plan.model_copy(update={"number": number, "issued_on": issued_on})
        _refuse_blocked(known.dossier.model_copy(update={"plan": plan}), day)
        connection.execute(
            update(tables.plans)
            .where(tables.plans.c.id == plan_id)
            .values(
                number=number,
                issued_on=issued_on,
                state=PlanState.ACTIVE,
                activated_at=now,
                activated_by=actor,
            )
        )
        notes = [note("plan.activated", plan_id, number=number, issued_on=issued_on.isoformat())]
        record(connection, notes, commune=known.commune, actor=actor, at=now)
        return read_plan(connection, plan_id)


def close_plan(connection: Connection, plan: PlanRecord, *, actor: str, now: datetime) -> bool:
    """End an active plan; False when it was ended before."""
    changed = connection.execute(
        update(tables.plans)
        .where(tables.plans.c.id == plan.id, tables.plans.c.state == PlanState.ACTIVE)
        .values(state=PlanState.CLOSED)
    ).rowcount
    if changed:
        record(
            connection, [note("plan.closed", plan.id)], commune=plan.commune, actor=actor, at=now
        )
    return bool(changed)


def find_plan(engine: Engine, plan_id: str) -> PlanRecord:
    """The plan of that id.

    Raises:
        UsageError: there is no such plan.
    """
    with snapshot(engine) as connection:
        return read_plan(connection, plan_id)


def find_plans(engine: Engine, *, commune: str) -> tuple[PlanRecord, ...]:
    """The commune's plans, oldest import first."""
    with snapshot(engine) as connection:
        return read_plans(connection, commune=commune)


def find_active_plans(engine: Engine, *, commune: str) -> tuple[PlanRecord, ...]:
    """The commune's plans in force, oldest import first."""
    with snapshot(engine) as connection:
        return read_plans(connection, commune=commune, state=PlanState.ACTIVE)


def unit_names(engine: Engine, *, commune: str) -> dict[str, str]:
    """The names of the units of all the commune's plans, by id."""
    plans = find_plans(engine, commune=commune)
    return {unit.id: unit.name for plan in plans for unit in plan.dossier.units.units}


def name_plans(engine: Engine, *, commune: str, plan_id: str | None) -> str:
    """The short name of a plan, or of the only one in force, or how many are in force.

    Raises:
        UsageError: there is no such plan.
    """
    if plan_id is not None:
        return find_plan(engine, plan_id).dossier.plan.short_name
    active = find_active_plans(engine, commune=commune)
    return active[0].dossier.plan.short_name if len(active) == 1 else f"{len(active)} kế hoạch"


def _row(dossier: PlanDossier, now: datetime) -> dict[str, object]:
    plan = dossier.plan
    return {
        "id": plan.id, "commune": plan.commune, "dossier": dossier.model_dump(mode="json"),
        "sha256": _sha256(dossier), "state": PlanState.DRAFT, "number": plan.number,
        "issued_on": plan.issued_on, "imported_at": now,
    }  # fmt: skip


def _renew(connection: Connection, dossier: PlanDossier) -> None:
    known = read_plan(connection, dossier.plan.id)
    blanks = {"number": None, "issued_on": None}
    same_text = known.dossier.plan.model_copy(update=blanks) == dossier.plan.model_copy(
        update=blanks
    )
    if known.state is not PlanState.DRAFT and not same_text:
        raise RefusedError(
            f"Kế hoạch '{known.id}' đã ban hành nên không sửa được nội dung; "
            "chỉ cập nhật được danh mục đơn vị và chỉ tiêu. Hãy nạp bản mới dưới mã khác."
        )
    connection.execute(
        update(tables.plans)
        .where(tables.plans.c.id == known.id)
        .values(dossier=dossier.model_dump(mode="json"), sha256=_sha256(dossier))
    )


def _register_contacts(connection: Connection, dossier: PlanDossier, now: datetime) -> None:
    commune = dossier.plan.commune
    known = {contact.id: contact for contact in read_contacts(connection, commune=commune)}
    changed = read_changed(connection, commune)
    refuse_redacted(connection, dossier)
    rows = [
        _kept(RegisteredContact(**contact.model_dump(), unit_id=unit.id), known, changed)
        for unit in dossier.units.units
        for contact in unit.contacts
    ]
    new = [row.model_dump() | {"commune": commune} for row in rows if row.id not in known]
    insert_new(connection, tables.contacts, new)
    c = tables.contacts.c
    for row in rows:
        if row.id in known and row != known[row.id]:
            of_contact = update(tables.contacts).where(c.commune == commune, c.id == row.id)
            connection.execute(of_contact.values(row.model_dump(exclude={"id"})))
    # Letters still name them, so they stay; nobody is written to there any more.
    gone = c.id.not_in([row.id for row in rows]) & c.unit_id.in_({row.unit_id for row in rows})
    connection.execute(
        update(tables.contacts)
        .where(c.commune == commune, gone, c.flagged_at.is_(None))
        .values(flagged_at=now, flag_reason=NO_LONGER_LISTED, link_serial=c.link_serial + 1)
    )


def _kept(
    contact: RegisteredContact,
    known: Mapping[str, RegisteredContact],
    changed: Mapping[str, frozenset[Reach]],
) -> RegisteredContact:
    """The contact as the register says, with what the register does not know of it."""
    old = known.get(contact.id)
    if old is None:
        return contact
    if Reach.of(contact) in changed.get(contact.id, ()):  # the register says what was changed
        contact = contact.model_copy(update=Reach.of(old)._asdict())
    if old.email != contact.email:  # a corrected address starts anew, also its links
        return contact.model_copy(update={"link_serial": old.link_serial + 1})
    # A dead address stays flagged.
    keep = {"flagged_at", "flag_reason", "link_serial"}
    return contact.model_copy(update=old.model_dump(include=keep))


def _already(known: PlanRecord, number: int, issued_on: date) -> PlanRecord:
    if (known.number, known.issued_on) != (number, issued_on):
        raise RefusedError(
            f"Kế hoạch '{known.id}' đã ban hành với số {known.number}, không đổi được số, ngày."
        )
    return known


def _refuse_blocked(dossier: PlanDossier, day: date) -> None:
    blocking = [f for f in lint_plan(dossier, day=day) if f.blocking]
    if blocking:
        lines = "\n".join(f"- {f.where}: {f.message}" for f in blocking)
        raise RefusedError(f"Chưa thể đưa kế hoạch vào thực hiện; cần xử lý trước:\n{lines}")


def _sha256(dossier: PlanDossier) -> str:
    return hashlib.sha256(dossier.model_dump_json().encode()).hexdigest()
