"""What the pages of a unit show: its tasks, the form of one task, and what it sent."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import Field
from sqlalchemy import Connection, Engine, bindparam, func, select

from adapters import tables
from adapters.database import snapshot
from adapters.ledger import (
    PlanRecord,
    PlanState,
    read_obligations,
    read_plan,
    read_plans,
    read_submission,
)
from models.calendars import WorkingCalendar
from models.commitments import last_commitment_day
from models.errors import UsageError
from models.indicators import Indicator, IndicatorCatalogue
from models.obligations import Obligation, Standing
from models.plans import Requirement
from models.products import product_name
from models.standings import standing, standing_text
from models.submissions import Answer, Channel, Finding, Submission
from models.validation import asked_indicators, validate_answer
from models.values import Value

# Made once: making a statement at every page costs more than what is read by it.
_REMARKS = select(tables.reviews.c.remarks).where(
    tables.reviews.c.obligation_id == bindparam("obligation_id"),
    tables.reviews.c.version == bindparam("version"),
    tables.reviews.c.verdict == "returned",
)
_ASKED_EXTENSIONS = (
    select(tables.extensions.c.obligation_id)
    .join(tables.obligations, tables.obligations.c.id == tables.extensions.c.obligation_id)
    .where(
        tables.obligations.c.unit_id == bindparam("unit_id"),
        tables.extensions.c.decided_at.is_(None),
    )
)
_PAUSES = (
    select(tables.pauses.c.obligation_id, func.max(tables.pauses.c.until_at).label("until"))
    .where(
        tables.pauses.c.commune == bindparam("commune"),
        tables.pauses.c.unit_id == bindparam("unit_id"),
        tables.pauses.c.from_at <= bindparam("now"),
        tables.pauses.c.until_at > bindparam("now"),
    )
    .group_by(tables.pauses.c.obligation_id)
)

_OF_NONCE = select(tables.submissions.c.id).where(tables.submissions.c.nonce == bindparam("nonce"))


class Task(Value):
    """One obligation as its unit sees it, with its form and the latest version sent."""

    plan_id: str
    plan_name: str
    obligation: Obligation
    requirement: Requirement
    product: str
    wording: str  # the deadline as the plan words it
    standing: Standing
    text: str
    catalogue: IndicatorCatalogue
    asked: tuple[Indicator, ...] = ()
    previous: Submission | None = None
    remarks: dict[str, str] = Field(default_factory=dict)
    is_extension_asked: bool = False
    paused_until: datetime | None = None
    last_commitment_day: date


class SentVersion(Value):
    """One version of an answer: when and how it came, and what the office said of it."""

    version: int
    received_at: datetime
    receipt_code: str
    channel: Channel
    verdict: str | None = None
    verdict_at: datetime | None = None


def read_tasks(
    engine: Engine, *, commune: str, unit_id: str, calendar: WorkingCalendar, now: datetime
) -> tuple[Task, ...]:
    """What the unit owes or has sent in every plan in force, the nearest deadline first."""
    with snapshot(engine) as connection:
        plans = {p.id: p for p in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
        owed = read_obligations(connection, commune=commune, unit_id=unit_id)
        mine = [o for o in owed if o.plan_id in plans]
        asked = _asked_extensions(connection, unit_id)
        paused = _paused(connection, commune, unit_id, now)
        tasks = [
            _task(connection, plans[o.plan_id], o, calendar=calendar, now=now,
                  is_extension_asked=o.id in asked, paused=paused)
            for o in mine
        ]  # fmt: skip
    return tuple(sorted(tasks, key=lambda t: (t.obligation.effective_due_at, t.obligation.id)))


def read_task(
    engine: Engine, obligation_id: str, *, unit_id: str, calendar: WorkingCalendar, now: datetime
) -> Task:
    """One task of the unit.

    Raises:
        UsageError: the unit has no such task; another unit's is as good as none.
    """
    with snapshot(engine) as connection:
        plan_id = obligation_id.split("/", 1)[0]
        plan = read_plan(connection, plan_id)
        found = read_obligations(connection, commune=plan.commune, plan_id=plan_id, unit_id=unit_id)
        mine = next((o for o in found if o.id == obligation_id), None)
        if mine is None or plan.state is PlanState.DRAFT:
            raise UsageError("Đơn vị không có việc này; hãy mở lại từ trang của đơn vị.")
        return _task(
            connection, plan, mine, calendar=calendar, now=now,
            is_extension_asked=obligation_id in _asked_extensions(connection, unit_id),
            paused=_paused(connection, plan.commune, unit_id, now),
        )  # fmt: skip


def _task(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    calendar: WorkingCalendar,
    now: datetime,
    is_extension_asked: bool,
    paused: Mapping[str | None, datetime],
) -> Task:
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    periods = {period.id: period for period in requirement.periods}
    period = periods.get(obligation.period, requirement.periods[0])
    sent = obligation.version
    until = [paused[key] for key in (None, obligation.id) if key in paused]
    return Task(
        plan_id=plan.id,
        plan_name=f"Kế hoạch {plan.dossier.plan.campaign_short}",
        obligation=obligation,
        requirement=requirement,
        product=product_name(plan.dossier, obligation),
        wording=period.deadline.wording,
        standing=standing(obligation, calendar=calendar, now=now),
        text=standing_text(obligation, calendar=calendar, now=now),
        catalogue=plan.dossier.catalogue,
        asked=asked_indicators(
            plan.dossier, requirement, plan.dossier.units.unit(obligation.unit_id)
        ),
        previous=read_submission(connection, obligation.id, sent) if sent else None,
        remarks=read_remarks(connection, obligation),
        is_extension_asked=is_extension_asked,
        paused_until=max(until, default=None),
        last_commitment_day=last_commitment_day(
            today=calendar.day_of(now),
            due_day=calendar.day_of(obligation.effective_due_at),
            calendar=calendar,
        ),
    )


def read_remarks(connection: Connection, obligation: Obligation) -> dict[str, str]:
    """The remarks of the latest return, by field; empty where nothing is to be mended."""
    if not (obligation.is_open and obligation.version):
        return {}
    asked = {"obligation_id": obligation.id, "version": obligation.version}
    return dict(connection.execute(_REMARKS, asked).scalar_one_or_none() or {})


def _asked_extensions(connection: Connection, unit_id: str) -> frozenset[str]:
    return frozenset(connection.execute(_ASKED_EXTENSIONS, {"unit_id": unit_id}).scalars())


def _paused(
    connection: Connection, commune: str, unit_id: str, now: datetime
) -> dict[str | None, datetime]:
    asked = {"commune": commune, "unit_id": unit_id, "now": now}
    rows = connection.execute(_PAUSES, asked)
    return {row.obligation_id: row.until for row in rows}


def find_by_nonce(engine: Engine, nonce: str) -> str | None:
    """The id of the submission that nonce brought; None when it brought none."""
    with snapshot(engine) as connection:
        return connection.execute(_OF_NONCE, {"nonce": nonce}).scalar_one_or_none()


def read_version(engine: Engine, obligation_id: str, version: int) -> Submission:
    """One version of what was sent.

    Raises:
        UsageError: there is no such version.
    """
    with snapshot(engine) as connection:
        return read_submission(connection, obligation_id, version)


def read_versions(engine: Engine, obligation_id: str) -> tuple[SentVersion, ...]:
    """Every version of an answer with what became of it, the newest first."""
    s, r = tables.submissions.c, tables.reviews.c
    with snapshot(engine) as connection:
        sent = connection.execute(
            select(s.version, s.received_at, s.receipt_code, s.channel)
            .where(s.obligation_id == obligation_id)
            .order_by(s.version.desc())
        ).all()
        verdicts = {
            row.version: row
            for row in connection.execute(
                select(r.version, r.verdict, r.at)
                .where(r.obligation_id == obligation_id)
                .order_by(r.id)
            )
        }
    return tuple(
        SentVersion(
            version=row.version, received_at=row.received_at, receipt_code=row.receipt_code,
            channel=row.channel,
            verdict=verdicts[row.version].verdict if row.version in verdicts else None,
            verdict_at=verdicts[row.version].at if row.version in verdicts else None,
        )
        for row in sent
    )  # fmt: skip


def find_findings(task: Task, answer: Answer) -> tuple[Finding, ...]:
    """Every remark on an answer to the task, errors and questions, before or after it is sent."""
    return validate_answer(
        answer, asked=task.asked, catalogue=task.catalogue, requirement=task.requirement
    )
