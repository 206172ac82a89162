"""Readiness: whether the report can be, or must be, assembled now."""

from datetime import datetime

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import read_plan
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.obligations import DONE_STATES
from models.values import Value
from services.reports import read_counted


class Readiness(Value):
    """Whether a draft is to be assembled now, and why."""

    is_complete: bool
    is_draft_day: bool
    missing: tuple[str, ...]

    @property
    def is_due(self) -> bool:
        """Complete, or so near the deadline that a partial draft must do."""
        return self.is_complete or self.is_draft_day


def read_readiness(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, now: datetime
) -> Readiness:
    """Whether the reports are complete, and whether the automatic draft's day has come."""
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        counted = read_counted(connection, plan)
    missing = tuple(
        plan.dossier.units.unit(o.unit_id).name for o in counted if o.state not in DONE_STATES
    )
    draft_day = calendar.add_working_days(
        calendar.day_of(due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})),
        -plan.dossier.plan.buffers.draft_days_before,
    )
    return Readiness(
        is_complete=bool(counted) and not missing,
        is_draft_day=calendar.day_of(now) >= draft_day,
        missing=missing,
    )
