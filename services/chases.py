"""Chases: everything the reminder machine needs to know about a commune's open obligations."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from adapters import tables
from adapters.ledger import (
    PlanRecord,
    PlanState,
    RegisteredContact,
    first_reachable,
    group_by_unit,
    read_contacts,
    read_obligations,
    read_plans,
)
from models.obligations import OPEN_STATES, Obligation
from models.plans import Plan
from models.reminder_items import ChaseItem, rung_key
from models.reminder_policy import Audience
from models.units import ContactRole
from models.values import Value
from services.pauses import read_pauses


class Consumed(Value):
    """The rungs of one obligation that are used up, and those among them without a letter."""

    rungs: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()


NOTHING = Consumed()


class Chase(Value):
    """All that the pure machine needs to know about one commune."""

    plans: dict[str, PlanRecord]
    contacts: dict[str, RegisteredContact]
    items: tuple[ChaseItem, ...]
    reminded: dict[str, frozenset[date]]


def read_chase(connection: Connection, *, commune: str, now: datetime) -> Chase:
    """Read the commune's open obligations with their ladders, pauses and consumed rungs."""
    plans = {p.id: p for p in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
    contacts = read_contacts(connection, commune=commune)
    by_unit = group_by_unit(contacts)
    obligations = [
        o
        for o in read_obligations(connection, commune=commune, states=sorted(OPEN_STATES))
        if o.plan_id in plans
    ]
    paused = read_pauses(connection, commune=commune, now=now)
    consumed = _consumed(connection, commune)
    returned = _returned(connection, commune)
    return Chase(
        plans=plans,
        contacts={c.id: c for c in contacts},
        items=tuple(
            _item(plans[o.plan_id], o, by_unit, paused=paused, consumed=consumed, since=returned)
            for o in obligations
        ),
        reminded=_reminded(connection, commune, now),
    )


def _item(
    plan: PlanRecord,
    obligation: Obligation,
    by_unit: Mapping[str, Sequence[RegisteredContact]],
    *,
    paused: Mapping[str, datetime],
    consumed: Mapping[str, Consumed],
    since: Mapping[str, datetime],
) -> ChaseItem:
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    until = [paused[k] for k in (obligation.unit_id, obligation.id) if k in paused]
    return ChaseItem(
        obligation=obligation,
        ladder=requirement.ladder,
        chase_until=requirement.chase_until,
        paused_until=max(until, default=None),
        recipients=recipients_for(plan.dossier.plan, obligation.unit_id, by_unit),
        consumed=consumed.get(obligation.id, NOTHING).rungs,
        superseded=consumed.get(obligation.id, NOTHING).superseded,
        since=since.get(obligation.id) if obligation.returns else None,
    )


def recipients_for(
    plan: Plan, unit_id: str, by_unit: Mapping[str, Sequence[RegisteredContact]]
) -> dict[Audience, str]:
    """Who is written to about a unit, by audience; one that cannot be reached is absent."""
    wanted = {
        Audience.CONTACT: (unit_id, ContactRole.CONTACT),
        Audience.HEAD: (unit_id, ContactRole.HEAD),
        Audience.LEADER: (plan.authority, ContactRole.HEAD),
        Audience.COORDINATOR_HEAD: (plan.coordinator, ContactRole.HEAD),
    }
    found = {
        audience: first_reachable(by_unit.get(unit, ()), unit, role)
        for audience, (unit, role) in wanted.items()
    }
    return {audience: contact.id for audience, contact in found.items() if contact is not None}


def _consumed(connection: Connection, commune: str) -> dict[str, Consumed]:
    items, obligations = tables.outbox_items.c, tables.obligations.c
    rows = connection.execute(
        select(items.obligation_id, items.rung, items.audience, items.outbox_id)
        .join_from(tables.outbox_items, tables.obligations, obligations.id == items.obligation_id)
        .where(obligations.commune == commune, obligations.state.in_(sorted(OPEN_STATES)))
    )
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        found[row.obligation_id][rung_key(row.rung, Audience(row.audience))] = row.outbox_id is None
    return {
        key: Consumed(
            rungs=frozenset(rungs), superseded=frozenset(r for r, lone in rungs.items() if lone)
        )
        for key, rungs in found.items()
    }


def _returned(connection: Connection, commune: str) -> dict[str, datetime]:
    r, o = tables.reviews.c, tables.obligations.c
    rows = connection.execute(
        select(r.obligation_id, func.max(r.at).label("at"))
        .join_from(tables.reviews, tables.obligations, o.id == r.obligation_id)
        .where(o.commune == commune, r.verdict == "returned")
        .group_by(r.obligation_id)
    )
    return {row.obligation_id: row.at for row in rows}


def _reminded(connection: Connection, commune: str, now: datetime) -> dict[str, frozenset[date]]:
    c = tables.outbox.c
    rows = connection.execute(
        select(c.contact_id, c.day).where(
            c.commune == commune, c.day.is_not(None), c.day >= (now - timedelta(days=2)).date()
        )
    )
    found: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        found[row.contact_id].add(row.day)
    return {contact: frozenset(days) for contact, days in found.items()}
