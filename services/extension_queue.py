"""Requests for more time that wait for an answer, the oldest first."""

from datetime import datetime

from sqlalchemy import Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanState, read_plans
from models.obligations import Obligation
from models.products import product_name
from models.values import Value


class WaitingRequest(Value):
    """One request for more time, with what it is about."""

    obligation: Obligation
    plan_name: str
    unit_name: str
    product: str
    requested_at: datetime
    reason: str
    proposed_due_at: datetime | None


def read_requests(engine: Engine, *, commune: str) -> tuple[WaitingRequest, ...]:
    """Every undecided request in the commune's plans in force, the oldest first."""
    o, e = tables.obligations, tables.extensions
    statement = (
        select(o, e.c.requested_at, e.c.reason, e.c.proposed_due_at)
        .join(e, e.c.obligation_id == o.c.id)
        .where(o.c.commune == commune, e.c.decided_at.is_(None))
        .order_by(e.c.requested_at, e.c.id)
    )
    with transaction(engine) as connection:
        plans = {p.id: p for p in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
        rows = connection.execute(statement).mappings().all()
    found = []
    for row in rows:
        known = {key: row[key] for key in Obligation.model_fields if key in row}
        owed = Obligation.model_validate(known)
        if (plan := plans.get(owed.plan_id)) is not None:
            request = WaitingRequest(
                obligation=owed, plan_name=f"Kế hoạch {plan.dossier.plan.campaign_short}",
                unit_name=plan.dossier.units.unit(owed.unit_id).name,
                product=product_name(plan.dossier, owed), requested_at=row["requested_at"],
                reason=row["reason"], proposed_due_at=row["proposed_due_at"],
            )  # fmt: skip
            found.append(request)
    return tuple(found)
