"""Sessions: which plans' phases a flow run works on, for which day."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, read_plan, read_plans
from models.calendars import WorkingCalendar
from models.sessions import Session, why_idle


def find_sessions(
    engine: Engine,
    *,
    commune: str,
    flow: str,
    plan_id: str | None,
    day: date | None,
    calendar: WorkingCalendar,
    now: datetime,
) -> tuple[Session, ...]:
    """The phases that ``flow`` carries out, of one plan or of every plan in force.

    Without a named plan only phases in their window are listed; a named plan is always shown.

    Raises:
        UsageError: the named plan does not exist.
    """
    with transaction(engine) as connection:
        if plan_id is None:
            plans = read_plans(connection, commune=commune, state=PlanState.ACTIVE)
        else:
            plans = (read_plan(connection, plan_id),)
    found = (s for plan in plans for s in _sessions(plan, flow, day, calendar=calendar, now=now))
    return tuple(s for s in found if s.acts or plan_id is not None or day is not None)


def _sessions(
    plan: PlanRecord, flow: str, day: date | None, *, calendar: WorkingCalendar, now: datetime
) -> Iterator[Session]:
    today = calendar.day_of(now)
    wanted = day or today
    for phase in plan.dossier.plan.phases:
        if phase.flow != flow:
            continue
        why = why_idle(phase, issued_on=plan.issued_on, day=wanted, today=today)
        if plan.state is not PlanState.ACTIVE:
            why = "Kế hoạch chưa ban hành hoặc đã kết thúc."
        yield Session(
            plan_id=plan.id,
            plan_name=plan.dossier.plan.short_name,
            phase_id=phase.id,
            phase_name=phase.name,
            day=wanted,
            as_of=calendar.close_of(wanted) if wanted < today else now,
            acts=not why,
            why=why,
        )
