"""One product under review: its versions, what was decided, asked and noted about it."""

from datetime import datetime

from pydantic import Field
from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_obligation, read_plan
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.journal import JournalEntry
from models.submissions import Finding, Submission
from models.units import Unit
from models.values import Value
from services.journal import read_journal
from services.portal_views import Task, find_findings, read_task
from services.questions import Question, read_questions
from services.reviews import ReviewVerdict


class PastReview(Value):
    """A verdict that was given on a version."""

    version: int
    verdict: ReviewVerdict
    reviewer: str
    at: datetime
    remarks: dict[str, str] = Field(default_factory=dict)
    reason: str | None = None
    due_at: datetime | None = None
    is_formal_defect: bool = False


class ExtensionRequest(Value):
    """A request for more time, decided or not."""

    requested_at: datetime
    requested_by: str
    reason: str
    proposed_due_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    granted_until: datetime | None
    refusal: str | None

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided."""
        return self.decided_at is None


class ReviewItem(Value):
    """An obligation with all that is known of it, for the office."""

    plan: PlanRecord
    unit: Unit
    task: Task
    versions: tuple[Submission, ...]  # the oldest first
    doubts: tuple[Finding, ...]
    reviews: tuple[PastReview, ...]
    extensions: tuple[ExtensionRequest, ...]
    questions: tuple[Question, ...]
    history: tuple[JournalEntry, ...]

    @property
    def latest(self) -> Submission | None:
        """The version that counts; None when nothing was sent."""
        return self.versions[-1] if self.versions else None

    def version(self, number: int) -> Submission | None:
        """The version of that number."""
        return next((v for v in self.versions if v.version == number), None)


def read_review_item(
    engine: Engine, obligation_id: str, *, commune: str, calendar: WorkingCalendar, now: datetime
) -> ReviewItem:
    """Return an obligation of the commune with its whole story.

    Raises:
        UsageError: the commune has no such obligation.
    """
    with transaction(engine) as connection:
        obligation = read_obligation(connection, obligation_id)
        plan = read_plan(connection, obligation.plan_id)
        if plan.commune != commune:
            raise UsageError(f"Không có nghĩa vụ '{obligation_id}'.")
        versions = _versions(connection, obligation_id)
        reviews = _reviews(connection, obligation_id)
        extensions = read_extensions(connection, obligation_id)
        questions = read_questions(connection, obligation_id, commune=commune)
    task = read_task(engine, obligation_id, unit_id=obligation.unit_id, calendar=calendar, now=now)
    return ReviewItem(
        plan=plan, unit=plan.dossier.units.unit(obligation.unit_id), task=task, versions=versions,
        doubts=find_findings(task, versions[-1].answer) if versions else (),
        reviews=reviews, extensions=extensions, questions=questions,
        history=read_own_journal(engine, obligation_id, commune=commune),
    )  # fmt: skip


def read_own_journal(
    engine: Engine, obligation_id: str, *, commune: str
) -> tuple[JournalEntry, ...]:
    """What the journal says of one obligation and its versions, the newest first."""
    found = read_journal(engine, commune=commune, subject_prefix=obligation_id)
    own = (obligation_id, f"{obligation_id}@")
    mine = [e for e in found if e.subject == own[0] or e.subject.startswith(own[1])]
    return tuple(reversed(mine))


def _versions(connection: Connection, obligation_id: str) -> tuple[Submission, ...]:
    s = tables.submissions.c
    columns = [column for column in s if column.name != "nonce"]
    rows = connection.execute(
        select(*columns).where(s.obligation_id == obligation_id).order_by(s.version)
    ).mappings()
    return tuple(Submission.model_validate(dict(row)) for row in rows)


def _reviews(connection: Connection, obligation_id: str) -> tuple[PastReview, ...]:
    r = tables.reviews.c
    columns = [r[name] for name in PastReview.model_fields]
    rows = connection.execute(
        select(*columns).where(r.obligation_id == obligation_id).order_by(r.id)
    ).mappings()
    return tuple(PastReview.model_validate(dict(row)) for row in rows)


def read_extensions(connection: Connection, obligation_id: str) -> tuple[ExtensionRequest, ...]:
    """Every request for more time for an obligation, the oldest first."""
    e = tables.extensions.c
    columns = [e[name] for name in ExtensionRequest.model_fields]
    rows = connection.execute(
        select(*columns).where(e.obligation_id == obligation_id).order_by(e.id)
    ).mappings()
    return tuple(ExtensionRequest.model_validate(dict(row)) for row in rows)
