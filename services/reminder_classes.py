"""Deadline classes of a round: the pure machine decides once for all that climb in step."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    Case,
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
)

from adapters import tables
from adapters.ledger import PlanRecord
from adapters.round_tables import gather_statistics, round_classes, round_steps
from models.letters import LetterKind
from models.obligations import OPEN_STATES, Obligation
from models.reminder_classes import ClassStep, DeadlineClass, decide_class
from models.reminder_items import URGENCY_RANK
from models.reminder_policy import Audience
from models.reminder_rungs import Timetable
from models.units import ContactRole

PAGE = 500
BIT = {audience: 1 << place for place, audience in enumerate(Audience)}
NO_STEP = -1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
URGENCY_STEP = 10**17  # microseconds of three thousand years
BETTER = tables.contacts.alias("better")
SHARED = (
    "plan_id", "requirement_id", "state", "opened_at", "due_at", "extended_to", "extended_at",
    "return_due_at", "returns",
)  # fmt: skip


class Round(NamedTuple):
    """One planning round of a commune: its transaction, its plans in force and its calendar."""

    connection: Connection
    commune: str
    plans: Mapping[str, PlanRecord]
    superiors: Mapping[str, Mapping[Audience, str]]  # by plan: who can be reached
    timetable: Timetable
    class_ids: Iterator[int]


def owed(commune: str) -> Subquery:
    """The commune's open obligations with all that decides their class.

    ``since`` is the instant of the latest return, None where there was none.
    """
    o = tables.obligations.c
    return (
        select(o.id, o.unit_id, *(o[name] for name in SHARED), _since().label("since"))
        .where(o.commune == commune, o.state.in_(sorted(OPEN_STATES)))
        .subquery("owed")
    )


def _since() -> Case[datetime | None]:
    o, r = tables.obligations.c, tables.reviews.c
    returned: ScalarSelect[datetime] = (
        select(func.max(r.at))
        .where(r.obligation_id == o.id, r.verdict == "returned")
        .scalar_subquery()
    )
    return case((o.returns > 0, returned))


def speaks_for(contact: FromClause, role: ContactRole, commune: str) -> ColumnElement[bool]:
    """Whether a contact is the first of its unit in a role, never a flagged one."""
    c, b = contact.c, BETTER.c
    ahead = tuple_(b.rank, b.id) < tuple_(c.rank, c.id)
    same = (b.commune == commune, b.unit_id == c.unit_id, b.role == role, b.flagged_at.is_(None))
    beaten = exists(b.id).where(*same, ahead).correlate_except(BETTER)
    return and_(c.commune == commune, c.role == role, c.flagged_at.is_(None), ~beaten)


def find_superiors(
    connection: Connection, commune: str, plans: Mapping[str, PlanRecord]
) -> dict[str, dict[Audience, str]]:
    """Whom each plan names for the audiences above the units; who cannot be reached is absent."""
    wanted = {
        plan_id: {
            Audience.LEADER: record.dossier.plan.authority,
            Audience.COORDINATOR_HEAD: record.dossier.plan.coordinator,
        }
        for plan_id, record in plans.items()
    }
    units = {unit for named in wanted.values() for unit in named.values()}
    c = tables.contacts.c
    rows = connection.execute(
        select(c.unit_id, c.id).where(
            c.unit_id.in_(sorted(units)), speaks_for(tables.contacts, ContactRole.HEAD, commune)
        )
    )
    heads: dict[str, str] = {row.unit_id: row.id for row in rows}
    return {
        plan_id: {audience: heads[unit] for audience, unit in named.items() if unit in heads}
        for plan_id, named in wanted.items()
    }


def lay_classes(morning: Round, *, at: datetime) -> None:
    """Replace the classes of the round by those that have something to say at that instant.

    Classes are read page by page: there may be as many as obligations, and memory stays flat.
    """
    connection = morning.connection
    connection.execute(delete(round_classes))
    found = connection.execute(_classes(morning), execution_options={"yield_per": PAGE})
    for rows in found.mappings().partitions():
        classes, steps = [], []
        for row in rows:
            decided = _decide(morning, row, at)
            if decided is not None:
                class_id = next(morning.class_ids)
                classes.append(_class_row(morning, row, decided, class_id))
                steps += [_step_row(step, decided, class_id) for step in decided.steps]
        if classes:
            connection.execute(insert(round_classes), classes)
            connection.execute(insert(round_steps), steps)
    gather_statistics(connection, *round_classes.c, *round_steps.c)


def _classes(morning: Round) -> Select[tuple[object, ...]]:
    o = owed(morning.commune).c
    columns = [o[name] for name in (*SHARED, "since")]
    return select(*columns).where(o.plan_id.in_(sorted(morning.plans))).distinct()


def _decide(morning: Round, row: RowMapping, at: datetime) -> DeadlineClass | None:
    requirement = morning.plans[row["plan_id"]].dossier.plan.requirement(row["requirement_id"])
    shared = {name: row[name] for name in SHARED}
    obligation = Obligation.model_validate(
        shared
        | {"id": "", "unit_id": "", "period": ""}  # whoever owes it
        | {"kind": requirement.kind, "phase_id": requirement.phase}
    )
    return decide_class(
        obligation,
        ladder=requirement.ladder,
        chase_until=requirement.chase_until,
        since=row["since"],
        timetable=morning.timetable,
        at=at,
    )


def _class_row(
    morning: Round, row: RowMapping, decided: DeadlineClass, class_id: int
) -> dict[str, object]:
    superiors = morning.superiors[row["plan_id"]]
    return {str(name): value for name, value in row.items()} | {
        "class_id": class_id,
        "is_for_one": len({step.audience for step in decided.steps}) == 1,
        "leader_id": superiors.get(Audience.LEADER),
        "coordinator_id": superiors.get(Audience.COORDINATOR_HEAD),
        "contact_place": decided.last.get(Audience.CONTACT, NO_STEP),
        "head_place": decided.last.get(Audience.HEAD, NO_STEP),
        "leader_place": decided.last.get(Audience.LEADER, NO_STEP),
        "coordinator_place": decided.last.get(Audience.COORDINATOR_HEAD, NO_STEP),
    }


def _step_row(step: ClassStep, decided: DeadlineClass, class_id: int) -> dict[str, object]:
    return step.model_dump() | {
        "class_id": class_id,
        "suffix": f"/{step.key}",
        "bit": BIT[step.audience],
        "rank": rank_of(step.kind, decided.deadline),
    }


def rank_of(kind: LetterKind, deadline: datetime) -> int:
    """One number that orders by urgency, the most urgent first, and then by deadline."""
    elapsed = (deadline - EPOCH) // timedelta(microseconds=1)
    return (len(URGENCY_RANK) - URGENCY_RANK[kind]) * URGENCY_STEP + elapsed
