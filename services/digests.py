"""Digests: what one reminder says, read afresh at the instant it is claimed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from adapters import tables
from adapters.ledger import (
    PlanRecord,
    RegisteredContact,
    first_reachable,
    read_contacts,
    read_obligations,
    read_plans,
)
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.leader_contexts import LeaderReportContext
from models.letter_contexts import ReminderContext
from models.letter_frames import LetterContext
from models.letter_rows import LateUnitRow, TaskRow
from models.letters import LetterKind
from models.obligations import Obligation
from models.products import product_name, short_product_name
from models.reminder_items import URGENCY_RANK
from models.reminder_rungs import rung_prefix
from models.standings import working_days_left
from models.units import ContactRole
from models.values import Value
from services.pauses import read_pauses


class DigestItem(Value):
    """One rung in a letter, with the obligation as it is now."""

    obligation: Obligation
    kind: LetterKind
    number: int


class Digests(Value):
    """What a batch of reminders needs: items, everybody's obligations, earlier letters."""

    items: dict[int, tuple[DigestItem, ...]]
    plans: dict[str, PlanRecord]
    obligations: tuple[Obligation, ...]
    contacts: tuple[RegisteredContact, ...]
    reminded_on: dict[str, tuple[date, ...]]
    reasons: dict[str, str]

    def open_items(self, letter_id: int) -> tuple[DigestItem, ...]:
        """Items whose unit still owes something, the most overdue first."""
        items = (i for i in self.items.get(letter_id, ()) if i.obligation.is_open)
        return tuple(sorted(items, key=lambda i: (i.obligation.effective_due_at, i.obligation.id)))

    def kind_of(self, letter_id: int) -> LetterKind:
        """The kind of the most urgent item that is left: no letter says late of what is not."""
        return max((i.kind for i in self.open_items(letter_id)), key=URGENCY_RANK.__getitem__)


def read_digests(
    connection: Connection,
    letter_ids: Sequence[int],
    *,
    commune: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> Digests:
    """Read once what all letters of a batch are written from.

    Items of an earlier ladder, before a return or an extension, and paused ones are left out.
    """
    obligations = read_obligations(connection, commune=commune)
    by_id = {o.id: o for o in obligations}
    paused = read_pauses(connection, commune=commune, now=now)
    i = tables.outbox_items.c
    found: dict[int, list[DigestItem]] = defaultdict(list)
    rows = connection.execute(
        select(i.outbox_id, i.obligation_id, i.rung, i.kind, i.number).where(
            i.outbox_id.in_(letter_ids)
        )
    )
    for row in rows:
        obligation = by_id[row.obligation_id]
        ladder = row.rung[: row.rung.rfind(":") + 1]
        rests = obligation.unit_id in paused or obligation.id in paused
        if ladder == rung_prefix(obligation, calendar) and not rests:
            item = DigestItem(obligation=obligation, kind=row.kind, number=row.number)
            found[row.outbox_id].append(item)
    return Digests(
        items={key: tuple(items) for key, items in found.items()},
        plans={p.id: p for p in read_plans(connection, commune=commune)},
        obligations=obligations,
        contacts=read_contacts(connection, commune=commune),
        reminded_on=_reminded_on(connection, commune) if found else {},
        reasons=_reasons(connection, commune) if found else {},
    )


def _reminded_on(connection: Connection, commune: str) -> dict[str, tuple[date, ...]]:
    items, outbox = tables.outbox_items.c, tables.outbox.c
    rows = connection.execute(
        select(items.obligation_id, outbox.day)
        .join_from(tables.outbox_items, tables.outbox, outbox.id == items.outbox_id)
        .where(outbox.commune == commune, outbox.state == "accepted", outbox.day.is_not(None))
        .distinct()
        .order_by(outbox.day)
    )
    found: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        found[row.obligation_id].append(row.day)
    return {key: tuple(days) for key, days in found.items()}


def _reasons(connection: Connection, commune: str) -> dict[str, str]:
    e, o = tables.extensions.c, tables.obligations.c
    rows = connection.execute(
        select(e.obligation_id, e.reason)
        .join_from(tables.extensions, tables.obligations, o.id == e.obligation_id)
        .where(o.commune == commune)
        .order_by(e.requested_at)
    )
    return {row.obligation_id: row.reason for row in rows}


def compose_digest(
    digests: Digests,
    letter_id: int,
    *,
    kind: LetterKind,
    plan: PlanRecord,
    shared: Mapping[str, object],
    calendar: WorkingCalendar,
    now: datetime,
) -> LetterContext:
    """Write one reminder: the leader's consolidated report, or what a unit's contact owes."""
    if kind is LetterKind.LEADER_INFORMED:
        return _leader_report(
            digests, letter_id, plan=plan, shared=shared, calendar=calendar, now=now
        )
    items = digests.open_items(letter_id)
    lead = max(items, key=lambda i: (i.kind is kind, i.number))
    ordered = (lead, *(i for i in items if i is not lead))
    today = calendar.day_of(now)
    unit_id = lead.obligation.unit_id
    silent = first_reachable(digests.contacts, unit_id, ContactRole.CONTACT)
    return ReminderContext.model_validate(
        dict(shared)
        | {
            "items": tuple(task_row(digests, i, calendar=calendar, now=now) for i in ordered),
            "at": now,
            "respond_by": calendar.close_of(calendar.next_working_day(today)),
            "extension_by": calendar.previous_working_day(
                calendar.day_of(lead.obligation.effective_due_at)
            ),
            "contact_name": (silent.full_name or silent.title) if silent else None,
        }
    )


def task_row(
    digests: Digests, item: DigestItem, *, calendar: WorkingCalendar, now: datetime
) -> TaskRow:
    """One obligation as a letter's row."""
    obligation = item.obligation
    plan = digests.plans[obligation.plan_id]
    return TaskRow(
        obligation_id=obligation.id,
        code=obligation.requirement_id,
        kind=obligation.kind,
        product=product_name(plan.dossier, obligation),
        short_name=short_product_name(plan.dossier, obligation),
        due_at=obligation.effective_due_at,
        working_days=working_days_left(obligation.effective_due_at, calendar=calendar, now=now),
        is_returned=obligation.returns > 0,
        overdue_times=item.number,
        reminded_on=digests.reminded_on.get(obligation.id, ()),
        reason=digests.reasons.get(obligation.id, ""),
        plan_code=plan.dossier.plan.code,
    )


def _leader_report(
    digests: Digests,
    letter_id: int,
    *,
    plan: PlanRecord,
    shared: Mapping[str, object],
    calendar: WorkingCalendar,
    now: datetime,
) -> LeaderReportContext:
    items = digests.open_items(letter_id)
    requirements = {i.obligation.requirement_id for i in items}
    peers = [
        o for o in digests.obligations if o.plan_id == plan.id and o.requirement_id in requirements
    ]
    units = plan.dossier.units
    peers.sort(key=lambda o: (o.requirement_id, units.unit(o.unit_id).order))
    sent = [o for o in peers if o.first_received_at is not None]
    names = [plan.dossier.plan.requirement(r).name for r in sorted(requirements)]
    deadline = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    return LeaderReportContext.model_validate(
        dict(shared)
        | {
            "product": "; ".join(names),
            "at": now,
            "sent_on_time": sum(o.is_on_time for o in sent),
            "sent_late": sum(not o.is_on_time for o in sent),
            "missing": tuple(
                _late_unit(digests, o, calendar=calendar, now=now)
                for o in peers
                if o.is_open and o.first_received_at is None
            ),
            "impact": "chưa tổng hợp được đầy đủ số liệu để báo cáo Ủy ban nhân dân tỉnh",
            "working_days_left": max(0, working_days_left(deadline, calendar=calendar, now=now)),
            "formal_letter_attached": True,
        }
    )


def _late_unit(
    digests: Digests, obligation: Obligation, *, calendar: WorkingCalendar, now: datetime
) -> LateUnitRow:
    unit = digests.plans[obligation.plan_id].dossier.units.unit(obligation.unit_id)
    head = first_reachable(digests.contacts, unit.id, ContactRole.HEAD)
    late = -working_days_left(obligation.effective_due_at, calendar=calendar, now=now)
    return LateUnitRow(
        unit_name=unit.name,
        head_name=(head.full_name or head.title) if head else "",
        working_days_late=max(0, late),
        times_reminded=len(digests.reminded_on.get(obligation.id, ())),
        reason=digests.reasons.get(obligation.id, ""),
    )
