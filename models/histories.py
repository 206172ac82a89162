"""An obligation as it stood at an earlier instant, replayed from what happened to it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from models.obligations import Obligation, ObligationState
from models.values import Value


class HappeningKind(StrEnum):
    """What can happen to an obligation."""

    SUBMITTED = "submitted"
    NIL = "nil"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WAIVED = "waived"
    EXTENDED = "extended"


class Happening(Value):
    """One thing that happened at an instant; ``until`` is the deadline it set, if any.

    ``version`` orders what happened at one instant; a return for a formal defect voids what was
    received.
    """

    kind: HappeningKind
    at: datetime
    until: datetime | None = None
    version: int = 0
    is_formal_defect: bool = False


def replay(
    obligation: Obligation, happenings: Sequence[Happening], *, at: datetime
) -> Obligation | None:
    """The obligation as it stood at ``at``; None when it did not exist yet."""
    if obligation.opened_at > at:
        return None
    past = sorted((h for h in happenings if h.at <= at), key=lambda h: (h.at, h.version))
    if len(past) == len(happenings):
        return obligation
    state = obligation.model_copy(
        update={
            "state": ObligationState.OWED, "extended_to": None, "extended_at": None,
            "extended_since": None, "return_due_at": None, "first_received_at": None,
            "closed_at": None, "version": 0, "returns": 0,
        }
    )  # fmt: skip
    for happening in past:
        state = _after(state, happening)
    return state


def _after(obligation: Obligation, happening: Happening) -> Obligation:
    received = obligation.first_received_at or happening.at
    changes: dict[HappeningKind, dict[str, object]] = {
        HappeningKind.SUBMITTED: {
            "state": ObligationState.SUBMITTED, "version": obligation.version + 1,
            "first_received_at": received,
        },
        HappeningKind.NIL: {
            "state": ObligationState.NIL, "version": obligation.version + 1,
            "first_received_at": received,
        },
        HappeningKind.RETURNED: {
            "state": ObligationState.RETURNED, "returns": obligation.returns + 1,
            "return_due_at": happening.until,
            "first_received_at": (
                None if happening.is_formal_defect else obligation.first_received_at
            ),
        },
        HappeningKind.ACCEPTED: {"state": ObligationState.ACCEPTED, "closed_at": happening.at},
        HappeningKind.WAIVED: {"state": ObligationState.WAIVED, "closed_at": happening.at},
        HappeningKind.EXTENDED: _extension(obligation, happening),
    }  # fmt: skip
    return obligation.model_copy(update=changes[happening.kind])


def _extension(obligation: Obligation, happening: Happening) -> dict[str, object]:
    until = happening.until
    return dict(obligation.extended(until, at=happening.at)) if until else {}
