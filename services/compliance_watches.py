"""Compliance reviews beyond their term: told to the head of the reviewing office, never passed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    PlanState,
    RegisteredContact,
    first_reachable,
    read_contacts,
    read_plans,
)
from models.calendars import WorkingCalendar
from models.letter_contexts import ComplianceOverdueContext
from models.letter_rows import OverduePlanRow
from models.letters import LetterKind
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.products import product_name
from models.units import ContactRole
from services.notices import CHECK_WORKING_DAYS, as_facts
from services.outbox import NewLetter, enqueue


def escalate_reviews(
    engine: Engine, *, commune: str, calendar: WorkingCalendar, now: datetime
) -> int:
    """Write to the head of each office whose reviews became overdue (E25); returns how many.

    One letter for a plan and an office tells all that is overdue; another follows only when more
    becomes so. On days off nothing is written.
    """
    if not calendar.is_working_day(calendar.day_of(now)):
        return 0
    with transaction(engine) as connection:
        plans = {p.id: p for p in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
        contacts = read_contacts(connection, commune=commune)
        o = tables.obligations
        statement = select(o).where(
            o.c.commune == commune, o.c.kind == RequirementKind.COMPLIANCE_REVIEW,
            o.c.state == ObligationState.OWED, o.c.due_at < now,
        )  # fmt: skip
        overdue: dict[tuple[str, str], list[Obligation]] = defaultdict(list)
        for row in connection.execute(statement.order_by(o.c.due_at, o.c.id)).mappings():
            known = {key: row[key] for key in Obligation.model_fields if key in row}
            found = Obligation.model_validate(known)
            if found.effective_due_at < now and found.plan_id in plans:
                overdue[found.plan_id, found.unit_id].append(found)
        letters = [
            _letter(plans[plan_id], head, mine, calendar=calendar, now=now)
            for (plan_id, unit_id), mine in overdue.items()
            for head in [first_reachable(contacts, unit_id, ContactRole.HEAD)]
            if head is not None
        ]
        return enqueue(connection, letters, commune=commune, now=now)


def _letter(
    plan: PlanRecord,
    head: RegisteredContact,
    overdue: Sequence[Obligation],
    *,
    calendar: WorkingCalendar,
    now: datetime,
) -> NewLetter:
    today = calendar.day_of(now)
    rows = tuple(
        OverduePlanRow(
            unit_name=plan.dossier.units.unit(one.period.partition(":")[0]).name,
            product=product_name(plan.dossier, one),
            due_at=one.effective_due_at,
            working_days_late=calendar.working_days_between(
                calendar.day_of(one.effective_due_at), today
            ),
        )
        for one in overdue
    )
    # The latest term that passed: what is settled since changes no key, what passed since does.
    newest = max(one.effective_due_at for one in overdue)
    facts = {"plans": rows, "term_working_days": CHECK_WORKING_DAYS}
    return NewLetter(
        dedupe_key=f"compliance/{plan.id}/{head.unit_id}/{newest.isoformat()}",
        kind=LetterKind.COMPLIANCE_OVERDUE, plan_id=plan.id, unit_id=head.unit_id, contact=head,
        not_before=now, facts=as_facts(ComplianceOverdueContext, facts),
    )  # fmt: skip
