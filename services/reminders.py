"""Reminders: the morning plan of the ladder, and why each letter went or did not."""

from datetime import datetime
from itertools import count

from sqlalchemy import Connection, Engine, func, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanState, read_plans
from adapters.round_tables import look_at_new, scratch_tables
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.reminder_explain import RungStanding, explain
from models.reminder_policy import ReminderPolicy
from models.reminder_rungs import Timetable
from models.values import Value
from services.brakes import check_storm
from services.chases import read_chase
from services.journal import lock_chain, note, record
from services.reminder_calls import call_recipients
from services.reminder_classes import Round, find_superiors
from services.reminder_letters import write_letters

PLANNER = "planner"
_JOINED = (tables.obligations, tables.contacts, tables.outbox, tables.outbox_items)


class Planning(Value):
    """What a morning round put in the outbox; again on the same day both counts are 0."""

    letters: int
    superseded: int
    hold: str | None = None  # why nothing was planned


def plan_reminders(
    engine: Engine,
    *,
    commune: str,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
) -> Planning:
    """Put every reminder that is due in the outbox; the same instant again adds nothing.

    What it writes is what `due_letters` decides, found by a few statements over all obligations.
    """
    with transaction(engine) as connection:
        # Two planners at once would each read half of what the other has written.
        lock_chain(connection, commune)
        look_at_new(connection, *_JOINED)
        plans = {p.id: p for p in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
        morning = Round(
            connection=connection,
            commune=commune,
            plans=plans,
            superiors=find_superiors(connection, commune, plans),
            timetable=Timetable(policy, calendar),
            class_ids=count(1),
        )
        with scratch_tables(connection):
            instants = call_recipients(morning, policy=policy, now=now)
            letters, superseded = write_letters(morning, instants, now=now)
        planned = Planning(letters=letters, superseded=superseded)
        if letters or superseded:
            _tell(connection, planned, commune=commune, now=now)
    return planned


def _tell(connection: Connection, planned: Planning, *, commune: str, now: datetime) -> None:
    """Journal what was planned, and hold everything when it is more than makes sense."""
    notes = [note("reminders.planned", commune, **planned.model_dump(exclude={"hold"}))]
    record(connection, notes, commune=commune, actor=PLANNER, at=now)
    recipients = _count_reachable(connection, commune)
    check_storm(
        connection, commune=commune, planned=planned.letters, recipients=recipients, now=now
    )


def _count_reachable(connection: Connection, commune: str) -> int:
    c = tables.contacts.c
    reachable = select(func.count()).where(c.commune == commune, c.flagged_at.is_(None))
    return connection.execute(reachable).scalar_one()


def explain_unit(
    engine: Engine,
    *,
    commune: str,
    unit_id: str,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
) -> dict[str, tuple[RungStanding, ...]]:
    """For each open obligation of the unit: every rung, its instant, and why it went or did not.

    Raises:
        UsageError: the commune has no such unit.
    """
    with transaction(engine) as connection:
        chase = read_chase(connection, commune=commune, now=now)
    if unit_id not in {contact.unit_id for contact in chase.contacts.values()}:
        raise UsageError(f"Danh mục không có đơn vị '{unit_id}'; xem mã trong `dondoc status`.")
    return {
        item.obligation.id: explain(
            item, policy=policy, calendar=calendar, now=now, reminded=chase.reminded
        )
        for item in chase.items
        if item.obligation.unit_id == unit_id
    }
