"""The forecast: every reminder still to come if nobody answers, even before the plan is issued."""

from datetime import datetime

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    PlanState,
    RegisteredContact,
    group_by_unit,
    read_obligations,
)
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.obligations import Obligation
from models.plans import PlanDossier
from models.reminder_forecast import forecast
from models.reminder_items import ChaseItem, PlannedReminder
from models.reminder_policy import ReminderPolicy
from services.chases import read_chase, recipients_for
from services.phases import obligation_rows


def forecast_plan(
    engine: Engine,
    dossier: PlanDossier,
    *,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
) -> tuple[PlannedReminder, ...]:
    """Every reminder of the plan until its report is due, by instant and recipient.

    A plan whose obligations are not open yet is forecast as if they were opened at ``now``.
    """
    plan = dossier.plan
    until = due_at(plan.report_deadline, calendar=calendar, anchors={})
    with transaction(engine) as connection:
        chase = read_chase(connection, commune=plan.commune, now=now)
        known = read_obligations(connection, commune=plan.commune, plan_id=plan.id)
    items = tuple(i for i in chase.items if i.obligation.plan_id == plan.id)
    if not known:
        items = _imagined(dossier, calendar=calendar, now=now)
    return forecast(
        items, policy=policy, calendar=calendar, now=now, until=until, reminded=chase.reminded
    )


def _imagined(
    dossier: PlanDossier, *, calendar: WorkingCalendar, now: datetime
) -> tuple[ChaseItem, ...]:
    plan = dossier.plan
    record = PlanRecord(
        id=plan.id, commune=plan.commune, dossier=dossier, sha256="", state=PlanState.DRAFT,
        number=plan.number, issued_on=plan.issued_on, imported_at=now, activated_at=None,
        activated_by=None,
    )  # fmt: skip
    contacts = [
        RegisteredContact.model_validate(contact.model_dump() | {"unit_id": unit.id})
        for unit in dossier.units.units
        for contact in unit.contacts
    ]
    by_unit = group_by_unit(contacts)
    found = []
    for row in obligation_rows(record, calendar, now, counted_from=plan.issued_on):
        values = {key: value for key, value in row.items() if key != "commune"}
        obligation = Obligation.model_validate(values)
        requirement = plan.requirement(obligation.requirement_id)
        found.append(
            ChaseItem(
                obligation=obligation,
                ladder=requirement.ladder,
                chase_until=requirement.chase_until,
                recipients=recipients_for(plan, obligation.unit_id, by_unit),
            )
        )
    return tuple(found)
