"""The queue of reviews: what was sent and waits to be judged, the oldest first."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, read_plans
from models.calendars import WorkingCalendar
from models.obligations import Obligation
from models.plans import RequirementKind
from models.products import product_name
from models.submissions import Channel, Submission
from models.validation import asked_indicators, validate_answer
from models.values import Value
from services.notices import CHECK_WORKING_DAYS
from services.reviews import WAITING


class Waiting(Value):
    """One version that waits for a review."""

    obligation: Obligation
    plan_id: str
    plan_name: str
    phase_id: str
    kind: RequirementKind
    product: str
    unit_name: str
    received_at: datetime
    channel: Channel
    entered_by: str | None
    sha256: str
    files: int
    doubts: int  # remarks that the checks of the form made
    open_questions: int
    check_by: datetime
    is_late: bool  # the term of the review has passed

    @property
    def is_plain(self) -> bool:
        """Whether nothing in it asks for a second look, so that several are accepted at once."""
        if self.kind is RequirementKind.DETAILED_PLAN:  # judged on a form of its own
            return False
        no_trouble = not (self.doubts or self.open_questions or self.obligation.returns)
        return no_trouble and self.entered_by is None


class QueueFilter(Value):
    """What the reviewer chose to see; empty words mean everything."""

    plan: str = ""
    phase: str = ""
    product: str = ""
    unit: str = ""

    def takes(self, one: Waiting) -> bool:
        """Whether the reviewer wants to see it."""
        chosen = (self.plan, self.phase, self.product, self.unit)
        o = one.obligation
        return all(
            wanted in {"", has}
            for wanted, has in zip(
                chosen, (one.plan_id, one.phase_id, o.requirement_id, o.unit_id), strict=True
            )
        )


def read_queue(
    engine: Engine, *, commune: str, calendar: WorkingCalendar, now: datetime
) -> tuple[Waiting, ...]:
    """Everything of the commune's plans in force that waits for a review, the oldest first."""
    with transaction(engine) as connection:
        plans = {p.id: p for p in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
        asked = _open_questions(connection, commune)
        rows = list(_rows(connection, commune))
    found = [
        _waiting(plans[o.plan_id], o, sent, asked=asked.get(o.id, 0), calendar=calendar, now=now)
        for o, sent in rows
        if o.plan_id in plans
    ]
    return tuple(sorted(found, key=lambda one: (one.received_at, one.obligation.id)))


def _rows(connection: Connection, commune: str) -> Iterator[tuple[Obligation, Submission]]:
    o, s = tables.obligations, tables.submissions
    known = [column for column in s.c if column.name != "nonce"]
    statement = (
        select(o, *(column.label(f"sent_{column.name}") for column in known))
        .join(s, (s.c.obligation_id == o.c.id) & (s.c.version == o.c.version))
        .where(o.c.commune == commune, o.c.state.in_(WAITING))
    )
    for row in connection.execute(statement).mappings():
        mine = {key: row[key] for key in Obligation.model_fields if key in row}
        sent = {column.name: row[f"sent_{column.name}"] for column in known}
        yield Obligation.model_validate(mine), Submission.model_validate(sent)


def _open_questions(connection: Connection, commune: str) -> dict[str, int]:
    q = tables.questions.c
    statement = (
        select(q.obligation_id, func.count())
        .where(q.commune == commune, q.answered_at.is_(None))
        .group_by(q.obligation_id)
    )
    return {id_: int(count) for id_, count in connection.execute(statement)}


def _waiting(
    plan: PlanRecord,
    obligation: Obligation,
    sent: Submission,
    *,
    asked: int,
    calendar: WorkingCalendar,
    now: datetime,
) -> Waiting:
    unit = plan.dossier.units.unit(obligation.unit_id)
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    doubts = validate_answer(
        sent.answer, asked=asked_indicators(plan.dossier, requirement, unit),
        catalogue=plan.dossier.catalogue, requirement=requirement,
    )  # fmt: skip
    day = calendar.add_working_days(calendar.day_of(sent.received_at), CHECK_WORKING_DAYS)
    return Waiting(
        obligation=obligation, plan_id=plan.id,
        plan_name=f"Kế hoạch {plan.dossier.plan.campaign_short}", phase_id=obligation.phase_id,
        kind=requirement.kind,
        product=product_name(plan.dossier, obligation), unit_name=unit.name,
        received_at=sent.received_at, channel=sent.channel, entered_by=sent.entered_by,
        sha256=sent.sha256, files=len(sent.answer.attachments), doubts=len(doubts),
        open_questions=asked, check_by=calendar.close_of(day), is_late=calendar.close_of(day) < now,
    )  # fmt: skip
