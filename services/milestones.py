"""Milestones: obligations that end by what the engine itself sees done, not by a submission."""

from datetime import datetime

from sqlalchemy import Connection, func, literal, update

from adapters import tables
from adapters.ledger import PlanRecord
from adapters.schema import Instant
from models.obligations import DONE_STATES, ObligationState
from models.plans import RequirementKind


def end_milestone(
    connection: Connection, plan: PlanRecord, kind: RequirementKind, *, now: datetime
) -> None:
    """End the plan's open obligations of that kind; those that ended before keep their instant."""
    c = tables.obligations.c
    instant = literal(now, Instant())  # untyped, it would be stored in its own zone
    connection.execute(
        update(tables.obligations)
        .where(c.plan_id == plan.id, c.kind == kind, c.state.not_in(sorted(DONE_STATES)))
        .values(
            state=ObligationState.ACCEPTED,
            closed_at=now,
            first_received_at=func.coalesce(c.first_received_at, instant),
        )
    )
