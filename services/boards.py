"""The board: every unit's obligations and how they stand at an instant, past or present."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_contacts, read_obligations, read_plan
from models.boards import Board, BoardRow
from models.calendars import WorkingCalendar
from models.histories import Happening, HappeningKind, replay
from models.obligations import Obligation, ObligationState
from models.products import product_name
from models.standings import standing, standing_text
from services.reviews import ReviewVerdict


def read_board(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar, as_of: datetime
) -> Board:
    """The plan's board as of that instant, rows by unit order, phase and deadline.

    Raises:
        UsageError: there is no such plan.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        obligations = read_obligations(connection, commune=plan.commune, plan_id=plan_id)
        happenings = _happenings(connection, plan_id)
        contacts = read_contacts(connection, commune=plan.commune)
        reminders = _reminders(connection, plan_id, as_of)
    unreachable = {c.unit_id for c in contacts} - {
        c.unit_id for c in contacts if c.flagged_at is None or c.flagged_at > as_of
    }
    rows = [
        _row(plan, then, calendar=calendar, as_of=as_of, reminded=reminders[then.id],
             unreachable=then.unit_id in unreachable)
        for obligation in obligations
        if (then := replay(obligation, happenings[obligation.id], at=as_of)) is not None
    ]  # fmt: skip
    rows.sort(key=lambda r: (r.unit_order, r.phase_id, r.due_at, r.obligation_id))
    return Board(
        plan_id=plan_id, plan_name=plan.dossier.plan.short_name, as_of=as_of, rows=tuple(rows)
    )


def _row(
    plan: PlanRecord,
    obligation: Obligation,
    *,
    calendar: WorkingCalendar,
    as_of: datetime,
    reminded: int,
    unreachable: bool,
) -> BoardRow:
    unit = plan.dossier.units.unit(obligation.unit_id)
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    return BoardRow(
        obligation_id=obligation.id,
        unit_id=unit.id,
        unit_name=unit.name,
        unit_order=unit.order,
        requirement_id=requirement.id,
        requirement_name=requirement.short_name,
        product=product_name(plan.dossier, obligation),
        kind=requirement.kind,
        phase_id=obligation.phase_id,
        due_at=obligation.effective_due_at,
        state=obligation.state,
        standing=standing(obligation, calendar=calendar, now=as_of),
        text=standing_text(obligation, calendar=calendar, now=as_of),
        received_at=obligation.first_received_at,
        version=obligation.version,
        returns=obligation.returns,
        reminders=reminded,
        unreachable=unreachable and obligation.is_open,
    )


def _happenings(connection: Connection, plan_id: str) -> dict[str, list[Happening]]:
    found: dict[str, list[Happening]] = defaultdict(list)
    prefix = f"{plan_id}/"
    s, r, e = tables.submissions.c, tables.reviews.c, tables.extensions.c
    for row in connection.execute(
        select(s.obligation_id, s.received_at, s.version,
               s.answer["nil_reason"].as_string().label("nil"))
        .where(s.obligation_id.startswith(prefix, autoescape=True))
    ):  # fmt: skip
        kind = HappeningKind.NIL if row.nil not in {None, "null"} else HappeningKind.SUBMITTED
        sent = Happening(kind=kind, at=row.received_at, version=row.version)
        found[row.obligation_id].append(sent)
    for row in connection.execute(
        select(r.obligation_id, r.at, r.version, r.verdict, r.due_at, r.is_formal_defect)
        .where(r.obligation_id.startswith(prefix, autoescape=True)).order_by(r.id)
    ):  # fmt: skip
        reviewed = Happening(
            kind=HappeningKind(ReviewVerdict(row.verdict).value), at=row.at, until=row.due_at,
            version=row.version, is_formal_defect=row.is_formal_defect,
        )  # fmt: skip
        found[row.obligation_id].append(reviewed)
    for row in connection.execute(
        select(e.obligation_id, e.decided_at, e.granted_until).where(
            e.obligation_id.startswith(prefix, autoescape=True), e.granted_until.is_not(None)
        )
    ):
        extended = Happening(
            kind=HappeningKind.EXTENDED, at=row.decided_at, until=row.granted_until
        )
        found[row.obligation_id].append(extended)
    _close_unreviewed(connection, plan_id, found)
    return found


def _close_unreviewed(
    connection: Connection, plan_id: str, found: dict[str, list[Happening]]
) -> None:
    # Products accepted on receipt, and duties closed by another's verdict, have no review row.
    c = tables.obligations.c
    closed = select(c.id, c.closed_at, c.version).where(
        c.plan_id == plan_id, c.state == ObligationState.ACCEPTED, c.closed_at.is_not(None)
    )
    for row in connection.execute(closed):
        if not any(h.kind is HappeningKind.ACCEPTED for h in found[row.id]):
            closing = Happening(kind=HappeningKind.ACCEPTED, at=row.closed_at, version=row.version)
            found[row.id].append(closing)


def _reminders(connection: Connection, plan_id: str, as_of: datetime) -> dict[str, int]:
    items, outbox = tables.outbox_items.c, tables.outbox.c
    rows = connection.execute(
        select(items.obligation_id, items.outbox_id)
        .join_from(tables.outbox_items, tables.outbox, outbox.id == items.outbox_id)
        .where(items.obligation_id.startswith(f"{plan_id}/", autoescape=True),
               outbox.settled_at <= as_of, outbox.state == "accepted")
        .distinct()
    )  # fmt: skip
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.obligation_id] += 1
    return counts
