"""Reminders: the morning plan of the ladder, its forecast and its explanation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    PlanState,
    RegisteredContact,
    first_reachable,
    group_by_unit,
    insert_new,
    read_contacts,
    read_obligations,
    read_plans,
)
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.obligations import OPEN_STATES, Obligation
from models.plans import Plan
from models.reminder_explain import RungStanding, explain
from models.reminder_items import ChaseItem, PlannedReminder, ReminderItem, rung_key
from models.reminder_policy import Audience, ReminderPolicy
from models.reminders import due_letters
from models.units import ContactRole
from models.values import Value
from services.journal import lock_chain, note, record
from services.outbox import NewLetter, enqueue, ids_by_key
from services.pauses import read_pauses

PLANNER = "planner"


class Planning(Value):
    """What a morning round put in the outbox; again on the same day both counts are 0."""

    letters: int
    superseded: int


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


def plan_reminders(
    engine: Engine,
    *,
    commune: str,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
) -> Planning:
    """Put every reminder that is due in the outbox; the same instant again adds nothing."""
    with transaction(engine) as connection:
        # Two planners at once would each read half of what the other has written.
        lock_chain(connection, commune)
        chase = read_chase(connection, commune=commune, now=now)
        due = due_letters(
            chase.items, policy=policy, calendar=calendar, now=now, reminded=chase.reminded
        )
        letters = [_letter(chase, planned, calendar, commune=commune) for planned in due]
        added = enqueue(connection, letters, commune=commune, now=now)
        superseded = _consume(connection, due, commune=commune, now=now)
        if added or superseded:
            notes = [note("reminders.planned", commune, letters=added, superseded=superseded)]
            record(connection, notes, commune=commune, actor=PLANNER, at=now)
    return Planning(letters=added, superseded=superseded)


def _letter(
    chase: Chase, planned: PlannedReminder, calendar: WorkingCalendar, *, commune: str
) -> NewLetter:
    contact = chase.contacts[planned.recipient]
    return NewLetter(
        dedupe_key=_key(planned, commune),
        kind=planned.kind,
        plan_id=planned.items[0].obligation_id.split("/", 1)[0],
        unit_id=contact.unit_id,
        contact=contact,
        not_before=planned.send_at,
        not_after=calendar.close_of(planned.day),
        day=planned.day,
    )


def _key(planned: PlannedReminder, commune: str) -> str:
    # Contact ids are unique within a commune only.
    return f"reminder/{commune}/{planned.recipient}/{planned.day.isoformat()}"


def _consume(
    connection: Connection, due: Sequence[PlannedReminder], *, commune: str, now: datetime
) -> int:
    keys = [_key(planned, commune) for planned in due]
    ids = ids_by_key(connection, keys)
    sent = [
        _item_row(item, ids[key], now)
        for key, planned in zip(keys, due, strict=True)
        for item in planned.items
    ]
    overtaken = [_item_row(item, None, now) for planned in due for item in planned.superseded]
    insert_new(connection, tables.outbox_items, sent)
    return insert_new(connection, tables.outbox_items, overtaken)


def _item_row(item: ReminderItem, outbox_id: int | None, now: datetime) -> Mapping[str, object]:
    return {
        "dedupe_key": f"{item.obligation_id}/{item.rung}/{item.audience}",
        "outbox_id": outbox_id,
        "obligation_id": item.obligation_id,
        "rung": item.rung,
        "audience": item.audience,
        "kind": item.kind,
        "number": item.number,
        "at": now,
    }


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
