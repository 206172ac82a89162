"""Obligations: one requirement, one unit, one period; its states and its standing at an instant."""

from datetime import datetime
from enum import StrEnum

from models.plans import RequirementKind
from models.values import Value


class ObligationState(StrEnum):
    """What is stored; late, open and complete are derived (design.md 4)."""

    OWED = "owed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    NIL = "nil"  # không phát sinh, waiting to be accepted
    ACCEPTED = "accepted"
    WAIVED = "waived"


OPEN_STATES = frozenset({ObligationState.OWED, ObligationState.RETURNED})
DONE_STATES = frozenset({ObligationState.ACCEPTED, ObligationState.WAIVED})


class Standing(StrEnum):
    """How an obligation stands at an instant (domain.md 7.2); never stored."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    WAITING_REVIEW = "waiting_review"
    RETURNED = "returned"
    DUE_SOON = "due_soon"  # 0..3 working days left
    IN_TIME = "in_time"
    OVERDUE = "overdue"
    WAIVED = "waived"


class Obligation(Value):
    """One obligation as the ledger holds it.

    ``due_at`` is the original instant and never changes; ``extended_to`` is the extension granted
    at ``extended_at``, and ``extended_since`` the first grant of an unbroken run of extensions;
    ``return_due_at`` is the shorter deadline of the latest return.
    ``first_received_at`` is the first submission that the unit did not have to redo for a formal
    defect: on time is judged by it.
    """

    id: str  # plan/requirement/unit/period
    plan_id: str
    requirement_id: str
    kind: RequirementKind
    unit_id: str
    period: str
    phase_id: str
    state: ObligationState
    opened_at: datetime
    due_at: datetime
    extended_to: datetime | None = None
    extended_at: datetime | None = None
    extended_since: datetime | None = None
    return_due_at: datetime | None = None
    first_received_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 0  # latest submission
    returns: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the unit still has something to send."""
        return self.state in OPEN_STATES

    @property
    def effective_due_at(self) -> datetime:
        """The instant that counts now: a return's deadline, else an extension or the original."""
        if self.state is ObligationState.RETURNED and self.return_due_at is not None:
            return self.return_due_at
        return self.extended_to or self.due_at

    @property
    def judged_due_at(self) -> datetime:
        """The instant on time is judged by; an extension granted too late cleans no delay."""
        since = self.extended_since or self.extended_at
        granted_in_time = since is not None and since <= self.due_at
        return self.extended_to if self.extended_to and granted_in_time else self.due_at

    @property
    def is_on_time(self) -> bool:
        """Whether what counts was received by the deadline (inclusive)."""
        return self.first_received_at is not None and self.first_received_at <= self.judged_due_at

    def extended(self, until: datetime, *, at: datetime) -> dict[str, datetime]:
        """The fields that an extension granted at that instant changes; the original stays."""
        if self.state is ObligationState.RETURNED:
            return {"return_due_at": until}
        in_force = self.extended_to is not None and at <= self.extended_to
        since = (self.extended_since or self.extended_at) if in_force else None
        return {"extended_to": until, "extended_at": at, "extended_since": since or at}


def obligation_id(plan_id: str, requirement_id: str, unit_id: str, period: str) -> str:
    """The derived identity of an obligation."""
    return f"{plan_id}/{requirement_id}/{unit_id}/{period}"
