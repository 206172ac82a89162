"""Submissions: taken in once, versioned, checked, acknowledged by letter."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_obligation, read_plan, refuse_closed
from models.answer_values import composed
from models.calendars import WorkingCalendar
from models.errors import ConflictError, RefusedError, SubmissionInvalidError
from models.obligations import Obligation, ObligationState
from models.submissions import Answer, Channel, Finding, Submission
from models.validation import asked_indicators, validate_answer
from models.values import Value
from services import phases
from services.drafts import drop_draft
from services.journal import note, record
from services.notices import notify_received

# Made once: a statement made anew for each answer costs more than its execution.
_OF_NONCE = select(*[c for c in tables.submissions.c if c.name != "nonce"]).where(
    tables.submissions.c.nonce == bindparam("nonce")
)
_STORE = insert(tables.submissions)
_ADVANCE = (
    update(tables.obligations)
    .where(tables.obligations.c.id == bindparam("of"))
    .values({n: bindparam(n) for n in ("state", "version", "first_received_at", "closed_at")})
)


class Receipt(Value):
    """What the sender is told: the version, its code and what should still be looked at."""

    submission: Submission
    is_new: bool
    warnings: tuple[Finding, ...] = ()


def submit(
    engine: Engine,
    obligation_id: str,
    answer: Answer,
    *,
    channel: Channel,
    sent_by: str,
    nonce: str,
    calendar: WorkingCalendar,
    now: datetime,
    entered_by: str | None = None,
    arrived_at: datetime | None = None,
    origin: str | None = None,
) -> Receipt:
    """Store the answer as the next version and acknowledge it by letter.

    Texts are stored in NFC. The same ``nonce`` again with the same answer returns the first
    receipt. What came earlier than it is read, by mail, counts from ``arrived_at``. ``origin`` is
    the network it came from, shortened, for the journal alone.

    Raises:
        SubmissionInvalidError: a field breaks its indicator's rule; nothing is stored.
        ConflictError: the nonce was used with another answer or for another obligation.
        RefusedError: the obligation is closed and must be reopened first.
    """
    with transaction(engine) as connection:
        return submit_on(
            connection, obligation_id, answer, channel=channel, sent_by=sent_by, nonce=nonce,
            calendar=calendar, now=now, entered_by=entered_by, arrived_at=arrived_at,
            origin=origin,
        )  # fmt: skip


def submit_on(
    connection: Connection,
    obligation_id: str,
    answer: Answer,
    *,
    channel: Channel,
    sent_by: str,
    nonce: str,
    calendar: WorkingCalendar,
    now: datetime,
    entered_by: str | None = None,
    arrived_at: datetime | None = None,
    origin: str | None = None,
) -> Receipt:
    """Store the answer in an open transaction; as ``submit``."""
    obligation, answer = read_obligation(connection, obligation_id), composed(answer)
    if (earlier := _earlier(connection, nonce, obligation_id, answer)) is not None:
        return Receipt(submission=earlier, is_new=False)
    plan = _open_plan(connection, obligation)
    warnings = _check(plan, obligation, answer)
    submission = Submission(
        id=f"{obligation_id}@{obligation.version + 1}", obligation_id=obligation_id,
        version=obligation.version + 1, received_at=arrived_at or now, channel=channel,
        sent_by=sent_by, entered_by=entered_by, answer=answer, sha256=answer_hash(answer),
        receipt_code=_receipt_code(obligation_id, nonce),
    )  # fmt: skip
    _store(connection, plan, submission, nonce=nonce, origin=origin, now=now)
    if entered_by is None:  # what the office enters leaves the draft of the unit alone
        drop_draft(connection, obligation_id, sent_by)
    _advance(connection, plan, obligation, submission=submission, calendar=calendar, now=now)
    notify_received(connection, plan, obligation, submission=submission, calendar=calendar,
                    now=now)  # fmt: skip
    return Receipt(submission=submission, is_new=True, warnings=warnings)


def _store(
    connection: Connection,
    plan: PlanRecord,
    submission: Submission,
    *,
    nonce: str,
    origin: str | None,
    now: datetime,
) -> None:
    row = submission.model_dump(mode="json", include={"answer"})
    values = submission.model_dump(exclude={"answer"}) | row | {"nonce": nonce}
    connection.execute(_STORE, values)
    told = note(
        "submission.received", submission.id, channel=submission.channel,
        sent_by=submission.sent_by, entered_by=submission.entered_by, sha256=submission.sha256,
        nil=bool(submission.answer.nil_reason), origin=origin,
    )  # fmt: skip
    actor = submission.entered_by or submission.sent_by
    record(connection, [told], commune=plan.commune, actor=actor, at=now)


def _earlier(
    connection: Connection, nonce: str, obligation_id: str, answer: Answer
) -> Submission | None:
    row = connection.execute(_OF_NONCE, {"nonce": nonce}).mappings().first()
    if row is None:
        return None
    if (row["obligation_id"], row["sha256"]) != (obligation_id, answer_hash(answer)):
        raise ConflictError(
            "Mã gửi này đã được dùng cho một nội dung khác; hãy tải lại trang rồi gửi lại."
        )
    return Submission.model_validate(dict(row))


def _open_plan(connection: Connection, obligation: Obligation) -> PlanRecord:
    plan = read_plan(connection, obligation.plan_id)
    refuse_closed(plan)
    if obligation.state in {ObligationState.ACCEPTED, ObligationState.WAIVED}:
        raise RefusedError(
            f"'{obligation.id}' đã được chấp nhận hoặc miễn; "
            "hãy đề nghị Phòng phụ trách mở lại trước khi gửi bản mới."
        )
    return plan


def _check(plan: PlanRecord, obligation: Obligation, answer: Answer) -> tuple[Finding, ...]:
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    unit = plan.dossier.units.unit(obligation.unit_id)
    findings = validate_answer(
        answer,
        asked=asked_indicators(plan.dossier, requirement, unit),
        catalogue=plan.dossier.catalogue,
        requirement=requirement,
    )
    errors = tuple(f for f in findings if f.is_error)
    if errors:
        raise SubmissionInvalidError(errors)
    return findings


def _advance(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    submission: Submission,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    state = ObligationState.NIL if submission.answer.nil_reason else ObligationState.SUBMITTED
    if requirement.reviewed_by is None:
        state = ObligationState.ACCEPTED
    changes = {
        "state": state,
        "version": submission.version,
        "first_received_at": obligation.first_received_at or submission.received_at,
        "closed_at": now if state is ObligationState.ACCEPTED else None,
    }
    connection.execute(_ADVANCE, {"of": obligation.id} | changes)
    if state is not ObligationState.ACCEPTED:
        phases.open_on_receipt(
            connection, plan, requirement.id, calendar=calendar, now=now,
            period=f"{obligation.unit_id}:{obligation.version + 1}",
        )  # fmt: skip


def answer_hash(answer: Answer) -> str:
    """The SHA-256 of an answer's content."""
    return hashlib.sha256(answer.model_dump_json().encode()).hexdigest()


def _receipt_code(obligation_id: str, nonce: str) -> str:
    # Only letters and digits that nobody confuses when reading the code over the phone.
    digest = hashlib.sha256(f"{obligation_id}\n{nonce}".encode()).digest()
    number = int.from_bytes(digest[:8])
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "TN-" + "".join(alphabet[number >> (5 * i) & 31] for i in range(8))
