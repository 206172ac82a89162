"""Leader reports: one consolidated letter about every unit that has not sent one product (E09)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from adapters import tables
from adapters.ledger import RegisteredContact, first_reachable, group_by_unit, read_contacts
from models.addressees import Addressee
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.leader_contexts import LeaderReportContext
from models.letter_frames import LetterFrame
from models.letter_rows import LateUnitRow
from models.obligations import Obligation
from models.standings import working_days_left
from models.units import ContactRole
from services.countdowns import countdown_of
from services.digests import Digests, read_reminded_on
from services.plan_shelf import ShelvedPlan

IMPACT = "chưa tổng hợp được đầy đủ số liệu để báo cáo Ủy ban nhân dân tỉnh"


class Peers(NamedTuple):
    """Everybody who owes the products that a letter is about, and what is known of them."""

    obligations: Sequence[Obligation]
    contacts: dict[str, tuple[RegisteredContact, ...]]  # by unit
    times_reminded: dict[str, int]
    reasons: dict[str, str]


def compose_leader_report(
    connection: Connection,
    digests: Digests,
    letter_id: int,
    *,
    plan: ShelvedPlan,
    frame: LetterFrame,
    to: Addressee,
) -> LeaderReportContext:
    """Write who has sent the letter's products on time, who late, who not, in official order."""
    requirements = sorted(
        {item.position.owed.requirement_id for item in digests.open_items(letter_id)}
    )
    peers = _read_peers(connection, plan, requirements)
    sent = [o for o in peers.obligations if o.first_received_at is not None]
    dossier, calendar, now = plan.dossier, digests.calendar, digests.now
    deadline = due_at(dossier.plan.report_deadline, calendar=calendar, anchors={})
    return LeaderReportContext(
        frame=frame,
        to=to,
        product="; ".join(dossier.plan.requirement(r).name for r in requirements),
        at=now,
        sent_on_time=sum(o.is_on_time for o in sent),
        sent_late=sum(not o.is_on_time for o in sent),
        missing=tuple(
            _late_unit(plan, peers, o, calendar=calendar, now=now)
            for o in peers.obligations
            if o.is_open and o.first_received_at is None
        ),
        impact=IMPACT,
        working_days_left=max(0, working_days_left(deadline, calendar=calendar, now=now)),
        formal_letter_attached=True,
        blockers=_blockers(connection, plan, digests),
    )


def _blockers(connection: Connection, plan: ShelvedPlan, digests: Digests) -> tuple[str, ...]:
    found = countdown_of(connection, plan.record, calendar=digests.calendar, now=digests.now)
    return tuple(one.line for one in found.blockers) if found.is_near else ()


def _read_peers(connection: Connection, plan: ShelvedPlan, requirements: Sequence[str]) -> Peers:
    o = tables.obligations.c
    asked = (o.plan_id == plan.record.id, o.requirement_id.in_(requirements))
    columns = [column for column in o if column.name != "commune"]
    rows = connection.execute(select(*columns).where(*asked).order_by(o.id)).mappings()
    obligations = [Obligation.model_validate(dict(row)) for row in rows]
    obligations.sort(key=lambda one: (one.requirement_id, plan.units[one.unit_id].order))

    def among(column: ColumnElement[str]) -> ColumnElement[bool]:
        return column.in_(select(o.id).where(*asked))

    reminded = read_reminded_on(connection, among(tables.outbox_items.c.obligation_id))
    return Peers(
        obligations=obligations,
        contacts=group_by_unit(read_contacts(connection, commune=plan.record.commune)),
        times_reminded={key: len(days) for key, days in reminded.items()},
        reasons=_read_reasons(connection, among(tables.extensions.c.obligation_id)),
    )


def _read_reasons(connection: Connection, which: ColumnElement[bool]) -> dict[str, str]:
    e = tables.extensions.c
    rows = connection.execute(
        select(e.obligation_id, e.reason).where(which).order_by(e.requested_at)
    )
    return {row.obligation_id: row.reason for row in rows}


def _late_unit(
    plan: ShelvedPlan,
    peers: Peers,
    obligation: Obligation,
    *,
    calendar: WorkingCalendar,
    now: datetime,
) -> LateUnitRow:
    unit = plan.units[obligation.unit_id]
    head = first_reachable(peers.contacts.get(unit.id, ()), unit.id, ContactRole.HEAD)
    late = -working_days_left(obligation.effective_due_at, calendar=calendar, now=now)
    return LateUnitRow(
        unit_name=unit.name,
        head_name=(head.full_name or head.title) if head else "",
        working_days_late=max(0, late),
        times_reminded=peers.times_reminded.get(obligation.id, 0),
        reason=peers.reasons.get(obligation.id, ""),
    )
