"""Reviews: a submitted version is accepted, returned by field, or the obligation is waived."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    insert_new,
    read_obligation,
    read_plan,
    read_submission,
    refuse_closed,
)
from models.errors import RefusedError, SelfApprovalError, VersionChangedError
from models.obligations import DONE_STATES, Obligation, ObligationState
from models.plans import RequirementKind
from services.journal import note, record
from services.notices import notify_accepted, notify_returned

WAITING = frozenset({ObligationState.SUBMITTED, ObligationState.NIL})


class ReviewVerdict(StrEnum):
    """What a review decides."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"


def accept(
    engine: Engine,
    obligation_id: str,
    *,
    reviewer: str,
    now: datetime,
    seen: int | None = None,
    unit_id: str | None = None,
) -> bool:
    """Accept the latest version and tell the unit; False when it was accepted before.

    ``seen`` is the version judged, where it is known; ``unit_id`` the reviewer's own unit.

    Raises:
        RefusedError: nothing waits for a review, or the product is judged by its own form.
        VersionChangedError: a newer version came in.
        SelfApprovalError: the reviewer entered the version, or belongs to the unit.
    """
    with transaction(engine) as connection:
        return accept_on(
            connection, obligation_id, reviewer=reviewer, now=now, seen=seen, unit_id=unit_id
        )


def accept_on(
    connection: Connection,
    obligation_id: str,
    *,
    reviewer: str,
    now: datetime,
    seen: int | None = None,
    unit_id: str | None = None,
    is_by_form: bool = False,
) -> bool:
    """Accept in an open transaction; as ``accept``, a detailed plan only by its form."""
    obligation = read_obligation(connection, obligation_id)
    if obligation.state is ObligationState.ACCEPTED:
        return False
    _refuse_unsubmitted(obligation)
    refuse_changed(obligation, seen)
    refuse_own(connection, obligation, reviewer=reviewer, unit_id=unit_id)
    plan = read_plan(connection, obligation.plan_id)
    refuse_closed(plan)
    if not is_by_form:
        _refuse_formless(plan, obligation)
    _store(connection, plan, obligation, verdict=ReviewVerdict.ACCEPTED, reviewer=reviewer, now=now)
    _set(connection, obligation_id, state=ObligationState.ACCEPTED, closed_at=now)
    notify_accepted(connection, plan, obligation, now=now)
    return True


def return_to_unit(
    engine: Engine,
    obligation_id: str,
    *,
    remarks: Mapping[str, str],
    due_at: datetime,
    reviewer: str,
    now: datetime,
    is_formal_defect: bool = False,
    seen: int | None = None,
) -> bool:
    """Return the latest version for the named fields only, by a shorter deadline of its own.

    A formal defect (empty, wrong file, another unit's figures) means that nothing valid was
    received: on time will be judged by the next version. False when it was returned before.

    Raises:
        RefusedError: nothing waits for a review, no field is named, or the deadline has passed.
        VersionChangedError: a newer version than ``seen`` came in.
    """
    with transaction(engine) as connection:
        return return_on(
            connection, obligation_id, remarks=remarks, due_at=due_at, reviewer=reviewer, now=now,
            is_formal_defect=is_formal_defect, seen=seen,
        )  # fmt: skip


def return_on(
    connection: Connection,
    obligation_id: str,
    *,
    remarks: Mapping[str, str],
    due_at: datetime,
    reviewer: str,
    now: datetime,
    is_formal_defect: bool = False,
    seen: int | None = None,
) -> bool:
    """Return in an open transaction; as ``return_to_unit``."""
    if not remarks:
        raise RefusedError("Hãy ghi ít nhất một mục cần bổ sung trước khi trả lại.")
    if due_at <= now:
        raise RefusedError("Hạn bổ sung phải sau thời điểm trả lại.")
    obligation = read_obligation(connection, obligation_id)
    if obligation.state is ObligationState.RETURNED:
        return False
    _refuse_unsubmitted(obligation)
    refuse_changed(obligation, seen)
    plan = read_plan(connection, obligation.plan_id)
    refuse_closed(plan)
    _store(connection, plan, obligation, verdict=ReviewVerdict.RETURNED, reviewer=reviewer,
           now=now, remarks=remarks, due_at=due_at,
           is_formal_defect=is_formal_defect)  # fmt: skip
    received_at = None if is_formal_defect else obligation.first_received_at
    _set(connection, obligation_id, state=ObligationState.RETURNED, return_due_at=due_at,
         returns=obligation.returns + 1, first_received_at=received_at)  # fmt: skip
    notify_returned(connection, plan, obligation, remarks=remarks, due_at=due_at,
                    now=now)  # fmt: skip
    return True


def waive(engine: Engine, obligation_id: str, *, reason: str, by: str, now: datetime) -> bool:
    """Free the unit of the obligation, with a reason; False when it was waived before.

    Raises:
        RefusedError: the obligation is accepted, or no reason is given.
    """
    if not reason.strip():
        raise RefusedError("Hãy ghi lý do miễn.")
    with transaction(engine) as connection:
        obligation = read_obligation(connection, obligation_id)
        if obligation.state is ObligationState.WAIVED:
            return False
        if obligation.state in DONE_STATES:
            raise RefusedError(f"'{obligation_id}' đã được chấp nhận, không miễn được nữa.")
        plan = read_plan(connection, obligation.plan_id)
        refuse_closed(plan)
        _store(connection, plan, obligation, verdict=ReviewVerdict.WAIVED, reviewer=by, now=now,
               reason=reason)  # fmt: skip
        _set(connection, obligation_id, state=ObligationState.WAIVED, closed_at=now)
    return True


def refuse_changed(obligation: Obligation, seen: int | None) -> None:
    """Let a judgement pass that was made on the latest version.

    Raises:
        VersionChangedError: a newer version came in since.
    """
    if seen is not None and seen != obligation.version:
        raise VersionChangedError(
            f"Trong lúc xem xét, đơn vị đã gửi bản {obligation.version}; chưa ghi nhận quyết định "
            f"đối với bản {seen}. Hãy xem phần thay đổi rồi quyết định lại."
        )


def refuse_own(
    connection: Connection, obligation: Obligation, *, reviewer: str, unit_id: str | None
) -> None:
    """Let a review pass by somebody who has no part in the answer.

    Raises:
        SelfApprovalError: the reviewer entered the version, or belongs to the unit.
    """
    entered_by = read_submission(connection, obligation.id, obligation.version).entered_by
    if reviewer == entered_by or unit_id == obligation.unit_id:
        why = (
            "đồng chí đã nhập thay bản này" if reviewer == entered_by else "bản này của đơn vị mình"
        )
        raise SelfApprovalError(f"Không tự duyệt được: {why}; hãy để người khác thẩm định.")


def _refuse_formless(plan: PlanRecord, obligation: Obligation) -> None:
    kind = plan.dossier.plan.requirement(obligation.requirement_id).kind
    if kind is RequirementKind.DETAILED_PLAN:
        raise RefusedError(
            f"'{obligation.id}' là kế hoạch chi tiết, chỉ được chấp nhận bằng phiếu rà soát 12 "
            f"tiêu chí; hãy lập phiếu tại trang /tham-dinh/ra-soat/{obligation.id}."
        )


def _refuse_unsubmitted(obligation: Obligation) -> None:
    if obligation.state not in WAITING:
        raise RefusedError(f"'{obligation.id}' chưa có bản nộp nào đang chờ thẩm định.")


def _store(
    connection: Connection,
    plan: PlanRecord,
    obligation: Obligation,
    *,
    verdict: ReviewVerdict,
    reviewer: str,
    now: datetime,
    remarks: Mapping[str, str] | None = None,
    reason: str | None = None,
    due_at: datetime | None = None,
    is_formal_defect: bool = False,
) -> None:
    row = {
        "obligation_id": obligation.id, "version": obligation.version, "verdict": verdict,
        "reviewer": reviewer, "at": now, "remarks": dict(remarks or {}), "reason": reason,
        "due_at": due_at, "is_formal_defect": is_formal_defect,
    }  # fmt: skip
    insert_new(connection, tables.reviews, [row])
    _close_review_duties(connection, plan, obligation, now)
    fields = list(remarks or {})
    notes = [
        note(
            f"review.{verdict}",
            f"{obligation.id}@{obligation.version}",
            fields=fields,
            reason=reason,
        )
    ]
    record(connection, notes, commune=plan.commune, actor=reviewer, at=now)


def _close_review_duties(
    connection: Connection, plan: PlanRecord, obligation: Obligation, now: datetime
) -> None:
    # The verdict is what the reviewing office owed for this version and for those it replaced.
    duties = [
        r.id
        for r in plan.dossier.plan.requirements
        if r.opens_on_receipt_of == obligation.requirement_id
    ]
    if not duties:
        return
    versions = [f"{obligation.unit_id}:{n + 1}" for n in range(obligation.version)]
    c = tables.obligations.c
    connection.execute(
        update(tables.obligations)
        .where(
            c.plan_id == obligation.plan_id,
            c.requirement_id.in_(duties),
            c.period.in_(versions),
            c.state == ObligationState.OWED,
        )
        .values(state=ObligationState.ACCEPTED, first_received_at=now, closed_at=now)
    )


def _set(connection: Connection, obligation_id: str, **values: object) -> None:
    connection.execute(
        update(tables.obligations).where(tables.obligations.c.id == obligation_id).values(values)
    )
