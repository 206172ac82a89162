"""Notices: the letters that tell a unit what became of its answer; none of them is a reminder."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection

from adapters.ledger import PlanRecord, first_reachable, read_contacts, read_submission
from models.calendars import WorkingCalendar
from models.letter_contexts import (
    AcceptedContext,
    ExtensionContext,
    QuestionContext,
    ReceiptContext,
    ReturnedContext,
)
from models.letter_frames import LetterContext
from models.letter_rows import RemarkRow
from models.letters import LetterKind
from models.obligations import Obligation
from models.products import product_name, short_product_name
from models.submissions import Channel, Submission
from models.units import ContactRole
from services.auto_replies import answer_slot
from services.outbox import NewLetter, enqueue

CHECK_WORKING_DAYS = 2  # the term of a review (domain.md 1.4 no. 17)
BY_CONTEXT = {"frame", "to"}  # known only when the letter is claimed


def notify_received(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    submission: Submission,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    """Acknowledge a version (E10)."""
    reviewed = plan.dossier.plan.requirement(obligation.requirement_id).reviewed_by is not None
    check_day = calendar.add_working_days(calendar.day_of(now), CHECK_WORKING_DAYS)
    facts = _product(plan, obligation) | {
        "received_at": submission.received_at,
        "on_time": submission.received_at <= obligation.effective_due_at,
        "receipt_code": submission.receipt_code,
        "files": tuple(a.name for a in submission.answer.attachments),
        "check_by": calendar.close_of(check_day) if reviewed else None,
    }
    key = f"receipt/{submission.id}"
    _tell(
        connection, plan, obligation, kind=LetterKind.RECEIPT, key=key, facts=facts, now=now,
        is_spaced=submission.channel is Channel.MAIL,
    )  # fmt: skip


def notify_accepted(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    now: datetime,
) -> None:
    """Tell that the latest version was accepted (E13)."""
    submission = read_submission(connection, obligation.id, obligation.version)
    requirement = plan.dossier.plan.requirement(obligation.requirement_id)
    facts = _product(plan, obligation) | {
        "received_at": submission.received_at,
        "on_time": obligation.is_on_time,
        "receipt_code": submission.receipt_code,
        "correct_by": requirement.supplement_until
        if requirement.supplement_until and requirement.supplement_until > now
        else None,
    }
    key = f"accepted/{submission.id}"
    _tell(connection, plan, obligation, kind=LetterKind.ACCEPTED, key=key, facts=facts, now=now)


def notify_returned(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    remarks: Mapping[str, str],
    due_at: datetime,
    now: datetime,
) -> None:
    """Tell which fields to mend and by when (E12)."""
    submission = read_submission(connection, obligation.id, obligation.version)
    rows = tuple(
        RemarkRow(field=field_name(plan, field), message=message)
        for field, message in remarks.items()
    )
    facts = _product(plan, obligation) | {
        "received_at": submission.received_at,
        "obligation_id": obligation.id,
        "times": obligation.returns + 1,
        "remarks": rows,
        "resend_by": due_at,
    }
    key = f"returned/{submission.id}"
    _tell(connection, plan, obligation, kind=LetterKind.RETURNED, key=key, facts=facts, now=now)


def notify_extension(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    until: datetime | None,
    refusal: str | None,
    by: str,
    now: datetime,
) -> None:
    """Tell whether more time was given (E18)."""
    facts = _product(plan, obligation) | {
        "task_code": obligation.requirement_id,
        "granted_until": until,
        "reason": refusal or "",
        "decided_by": by,
    }
    key = f"extension/{obligation.id}/{now.isoformat()}"
    _tell(connection, plan, obligation, kind=LetterKind.EXTENSION, key=key, facts=facts, now=now)


def notify_question(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    key: str,
    text: str,
    now: datetime,
) -> None:
    """Ask about the latest version (E24); its state stays as it is."""
    submission = read_submission(connection, obligation.id, obligation.version)
    facts = _product(plan, obligation) | {
        "received_at": submission.received_at,
        "question": text,
    }
    _tell(connection, plan, obligation, kind=LetterKind.QUESTION, key=key, facts=facts, now=now)


def field_name(plan: PlanRecord, field: str) -> str:
    """The words a unit knows a field by; a narrative key is its own name."""
    names = {i.id: f"{i.name} ({i.id})" for i in plan.dossier.catalogue.indicators}
    return names.get(field, field)


def _product(plan: PlanRecord, obligation: Obligation) -> dict[str, object]:
    return {
        "product": product_name(plan.dossier, obligation),
        "short_name": short_product_name(plan.dossier, obligation),
        "due_at": obligation.effective_due_at,
    }


CONTEXTS: dict[LetterKind, type[LetterContext]] = {
    LetterKind.RECEIPT: ReceiptContext,
    LetterKind.ACCEPTED: AcceptedContext,
    LetterKind.RETURNED: ReturnedContext,
    LetterKind.EXTENSION: ExtensionContext,
    LetterKind.QUESTION: QuestionContext,
}


def _tell(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    kind: LetterKind,
    key: str,
    facts: dict[str, object],
    now: datetime,
    is_spaced: bool = False,
) -> None:
    unit_id = obligation.unit_id
    contacts = read_contacts(connection, commune=plan.commune, unit_id=unit_id)
    contact = first_reachable(contacts, unit_id, ContactRole.CONTACT)
    if contact is None:  # every address of the unit bounced: the board says unreachable
        return
    # What answers a mail is spaced, so that two machines never keep each other busy.
    at = answer_slot(connection, contact.email, commune=plan.commune, now=now) if is_spaced else now
    if at is None:
        return
    letter = NewLetter(
        dedupe_key=key, kind=kind, plan_id=plan.id, unit_id=unit_id, contact=contact,
        not_before=at, facts=as_facts(CONTEXTS[kind], facts),
    )  # fmt: skip
    enqueue(connection, [letter], commune=plan.commune, now=now)


def as_facts(context: type[LetterContext], facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of a letter as plain data; frame and reader are added when it is claimed.

    Raises:
        ValueError: a fact the letter needs is missing, or one it does not know is given.
    """
    fields = context.model_fields
    needed = {name for name, field in fields.items() if field.is_required()} - BY_CONTEXT
    if needed - facts.keys() or facts.keys() - fields.keys():
        raise ValueError(f"{context.__name__}: {sorted(needed ^ facts.keys())}")
    return cast("dict[str, object]", to_jsonable_python(dict(facts)))
