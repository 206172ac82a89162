"""What the pages of a plan show: how plans stand, a unit's letters and history, report files."""

from datetime import datetime

from sqlalchemy import Engine, func, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, read_plans
from models.boards import Board
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.journal import JournalEntry
from models.letters import LetterKind, LetterState
from models.standings import working_days_left
from models.submissions import Attachment
from models.values import Value
from services.boards import read_board
from services.journal import read_journal
from services.reports import ReportRecord, find_report, read_files
from services.signed_files import SIGNED

HISTORY_ENTRIES = 100
LETTERS = 100


class PlanOverview(Value):
    """A plan in force at a glance."""

    plan: PlanRecord
    board: Board
    due_at: datetime  # the province's deadline
    working_days_left: int
    report_version: int | None


class SentLetter(Value):
    """A letter to a unit: what it was, and what became of it."""

    kind: LetterKind
    subject: str | None
    state: LetterState
    at: datetime


def read_overviews(
    engine: Engine, *, commune: str, calendar: WorkingCalendar, now: datetime
) -> tuple[PlanOverview, ...]:
    """The commune's plans in force, the nearest deadline first."""
    with transaction(engine) as connection:
        plans = read_plans(connection, commune=commune, state=PlanState.ACTIVE)
    found = [_overview(engine, plan, calendar=calendar, now=now) for plan in plans]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.plan.id)))


def _overview(
    engine: Engine, plan: PlanRecord, *, calendar: WorkingCalendar, now: datetime
) -> PlanOverview:
    due = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    report = find_report(engine, plan.id)
    return PlanOverview(
        plan=plan,
        board=read_board(engine, plan.id, calendar=calendar, as_of=now),
        due_at=due,
        working_days_left=working_days_left(due, calendar=calendar, now=now),
        report_version=report.version if report else None,
    )


def read_letters(engine: Engine, *, plan: PlanRecord, unit_id: str) -> tuple[SentLetter, ...]:
    """The letters of the plan to the unit, newest first, at most a hundred."""
    c = tables.outbox.c
    statement = (
        select(c.kind, tables.frozen_letters.c.subject, c.state, c.settled_at, c.not_before)
        .select_from(tables.letters)
        .where(c.commune == plan.commune, c.plan_id == plan.id, c.unit_id == unit_id)
        .order_by(c.not_before.desc(), c.id.desc())
        .limit(LETTERS)
    )
    with transaction(engine) as connection:
        rows = connection.execute(statement).all()
    return tuple(
        SentLetter(
            kind=row.kind, subject=row.subject, state=row.state,
            at=row.settled_at or row.not_before,
        )
        for row in rows
    )  # fmt: skip


def read_history(engine: Engine, *, plan: PlanRecord, unit_id: str) -> tuple[JournalEntry, ...]:
    """What the journal says of the unit and its obligations in the plan, newest first."""
    prefixes = [f"{plan.id}/{r.id}/{unit_id}/" for r in plan.dossier.plan.requirements]
    found = [
        entry
        for prefix in [*prefixes, unit_id]
        for entry in read_journal(
            engine, commune=plan.commune, subject_prefix=prefix, limit=HISTORY_ENTRIES
        )
        if "/" in prefix or entry.subject == unit_id
    ]
    newest = sorted(found, key=lambda entry: entry.seq, reverse=True)
    return tuple(newest[:HISTORY_ENTRIES])


def find_files(engine: Engine, report: ReportRecord) -> tuple[Attachment, ...]:
    """The files of a report to offer: those issued and signed, else those of the draft."""
    with transaction(engine) as connection:
        issued = read_files(connection, report.id, role="issued")
        signed = read_files(connection, report.id, role=SIGNED)
        return (*issued, *signed) or read_files(connection, report.id, role="draft")


def count_plans(engine: Engine) -> int:
    """How many plans the ledger holds; the smallest sign that it answers.

    Raises:
        TransientError: it does not answer.
    """
    with transaction(engine) as connection:
        return connection.execute(select(func.count()).select_from(tables.plans)).scalar_one()
