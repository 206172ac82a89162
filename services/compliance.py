"""Compliance reviews of detailed plans: suggested by rules, marked and decided by a person."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import Connection, Engine, func, insert, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.document_reading import read_document
from adapters.ledger import PlanRecord, read_obligation, read_plan
from models.calendars import WorkingCalendar
from models.compliance import (
    ComplianceRow,
    Result,
    Suggestion,
    completion_text,
    correction_text,
    refuse_unfounded,
    suggest_contact,
    suggest_days,
    suggest_form,
)
from models.document_rules import RuleSet, Severity
from models.errors import ConflictError, DondocError, RefusedError
from models.nd30_document import ReadDocument
from models.nd30_lint import lint
from models.plans import RequirementKind
from models.submissions import Submission
from models.units import Unit
from models.values import Value
from services.journal import note, record
from services.questions import ask_on
from services.reviews import accept_on, return_on

FIELD = "Phiếu rà soát"  # no field of the form: a returned plan is open in all its fields
READABLE = frozenset({".docx", ".pdf"})
PLAN_TYPE = "KH"


class ComplianceForm(Value):
    """A form as it was signed: its marks, its result, by whom and when."""

    obligation_id: str
    version: int
    edition: int
    rows: tuple[ComplianceRow, ...]
    result: Result
    by: str
    at: datetime


def read_forms(engine: Engine, obligation_id: str, *, commune: str) -> tuple[ComplianceForm, ...]:
    """Return every form made over a detailed plan, the oldest first."""
    f = tables.compliance_forms
    statement = (
        select(f)
        .where(f.c.commune == commune, f.c.obligation_id == obligation_id)
        .order_by(f.c.version, f.c.edition)
    )
    with transaction(engine) as connection:
        rows = connection.execute(statement).mappings().all()
    known = ComplianceForm.model_fields
    return tuple(ComplianceForm.model_validate({key: row[key] for key in known}) for row in rows)


def suggest(
    plan: PlanRecord,
    unit: Unit,
    submission: Submission,
    *,
    blobs: BlobStore,
    rules: RuleSet,
    calendar: WorkingCalendar,
) -> dict[int, Suggestion]:
    """Return what the machine finds on the points that it can judge, by number."""
    documents = _documents(submission, blobs)
    said = [*submission.answer.narrative.values()]
    text = "\n".join([*said, *(line.text for one in documents for line in one.lines)])
    first = plan.issued_on or calendar.day_of(submission.received_at)
    last = max(phase.ends_on for phase in plan.dossier.plan.phases)
    breaches = [
        f"{breach.wrong} ({breach.place})"
        for one in documents
        for breach in lint(one, rules, kind=PLAN_TYPE).breaches
        if breach.severity is Severity.ERROR
    ]
    form = suggest_form(unit.kind, breaches if documents else None)
    found = {
        2: suggest_days(text, first=first, last=last, calendar=calendar),
        3: form,
        12: suggest_contact(text),
    }
    return {number: one for number, one in found.items() if one is not None}


def _documents(submission: Submission, blobs: BlobStore) -> list[ReadDocument]:
    found = []
    for file in submission.answer.attachments:
        if PurePath(file.name).suffix.lower() in READABLE:
            try:
                found.append(read_document(blobs.get(file.sha256), name=file.name))
            except DondocError:
                continue  # a file that cannot be read suggests nothing; the reviewer opens it
    return found


def judge_plan(
    engine: Engine,
    obligation_id: str,
    *,
    seen: int,
    seen_editions: int,
    rows: Sequence[ComplianceRow],
    result: Result,
    by: str,
    unit_id: str | None,
    due_at: datetime | None,
    now: datetime,
) -> ComplianceForm:
    """Keep a form and do what it decides: accept the plan, or return it, in one transaction.

    ``seen_editions`` is how many forms of this version the reviewer saw; ``due_at`` the term of a
    return.

    Raises:
        RefusedError: a mark or reason is missing, or nothing waits for a review.
        VersionChangedError: the unit sent a newer version.
        ConflictError: somebody else signed a form meanwhile.
        SelfApprovalError: the reviewer entered the plan, or belongs to its unit.
    """
    refuse_unfounded(rows, result)
    with transaction(engine) as connection:
        plan = _plan_of(connection, obligation_id)
        edition = _edition(connection, obligation_id, seen, seen_editions)
        verdict = Verdict(by=by, unit_id=unit_id, due_at=due_at, seen=seen, now=now)
        if not _decide(connection, obligation_id, rows, result, verdict=verdict):
            raise ConflictError("Kế hoạch này đã có kết quả; hãy tải lại trang.")
        if result is Result.PASS_WITH_REMARKS:
            text = completion_text(rows)
            ask_on(connection, obligation_id, text=text, by=by, now=now)
        form = ComplianceForm(
            obligation_id=obligation_id, version=seen, edition=edition, rows=tuple(rows),
            result=result, by=by, at=now,
        )  # fmt: skip
        _store(connection, form, plan.commune)
    return form


class Verdict(Value):
    """By whom and when a form was signed, over which version, and the term of a return."""

    by: str
    unit_id: str | None
    due_at: datetime | None
    seen: int
    now: datetime


def _decide(
    connection: Connection,
    obligation_id: str,
    rows: Sequence[ComplianceRow],
    result: Result,
    *,
    verdict: Verdict,
) -> bool:
    """Accept or return the plan; False when that was done before."""
    who, now, seen = verdict.by, verdict.now, verdict.seen
    if result is not Result.RETURN:
        return accept_on(
            connection, obligation_id, reviewer=who, now=now, seen=seen, unit_id=verdict.unit_id,
            is_by_form=True,
        )  # fmt: skip
    if verdict.due_at is None:
        raise RefusedError("Hãy chọn hạn gửi lại.")
    return return_on(
        connection, obligation_id, remarks={FIELD: correction_text(rows)}, due_at=verdict.due_at,
        reviewer=who, now=now, seen=seen,
    )  # fmt: skip


def _plan_of(connection: Connection, obligation_id: str) -> PlanRecord:
    obligation = read_obligation(connection, obligation_id)
    plan = read_plan(connection, obligation.plan_id)
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    if requirement.kind is not RequirementKind.DETAILED_PLAN:
        raise RefusedError("Phiếu rà soát chỉ lập cho kế hoạch chi tiết của đơn vị.")
    return plan


def _edition(connection: Connection, obligation_id: str, version: int, seen: int) -> int:
    f = tables.compliance_forms.c
    held = connection.execute(
        select(func.count()).where(f.obligation_id == obligation_id, f.version == version)
    ).scalar_one()
    if held != seen:
        raise ConflictError("Đã có người ký phiếu rà soát cho bản này; hãy tải lại trang để xem.")
    return int(held) + 1


def _store(connection: Connection, form: ComplianceForm, commune: str) -> None:
    plain = form.model_dump(mode="json", include={"rows"})
    row = form.model_dump(exclude={"rows"}) | plain | {"commune": commune}
    connection.execute(insert(tables.compliance_forms).values(row))
    failed = [str(one.number) for one in form.rows if one.mark == "fail"]
    told = note(
        "compliance.signed", f"{form.obligation_id}@{form.version}", result=form.result,
        failed=failed, overridden=[str(one.number) for one in form.rows if one.is_overridden],
    )  # fmt: skip
    record(connection, [told], commune=commune, actor=form.by, at=form.at)
