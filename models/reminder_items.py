"""What the reminder machine takes in and gives out."""

from datetime import date, datetime

from pydantic import Field

from models.letters import LetterKind
from models.obligations import Obligation, ObligationState
from models.reminder_policy import Audience
from models.values import Value

URGENCY = (
    LetterKind.REMIND_EARLY,
    LetterKind.REMIND_SOON,
    LetterKind.REMIND_TOMORROW,
    LetterKind.REMIND_TODAY,
    LetterKind.OVERDUE_FIRST,
    LetterKind.HEAD_INFORMED,
    LetterKind.OVERDUE_AGAIN,
    LetterKind.LEADER_INFORMED,
)
URGENCY_RANK = {kind: rank for rank, kind in enumerate(URGENCY)}


class ChaseItem(Value):
    """One obligation as the machine sees it.

    ``recipients`` lacks an audience that cannot be reached. ``consumed`` holds "rung/audience"
    keys sent, queued or superseded; ``superseded`` those of them that got no letter. ``since``
    is when the present ladder began (the return's instant); rungs before it never existed.
    ``chase_until`` is the first day on which nobody is chased any more.
    """

    obligation: Obligation
    ladder: str
    chase_until: date | None = None
    paused_until: datetime | None = None
    recipients: dict[Audience, str]
    consumed: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()
    since: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        """The instant before which no rung of the present ladder existed."""
        owed = self.obligation.state is ObligationState.OWED
        extended_at = self.obligation.extended_at if owed else None
        return self.since or extended_at or self.obligation.opened_at


class ReminderItem(Value):
    """One obligation's rung for one audience."""

    obligation_id: str
    rung: str
    audience: Audience
    kind: LetterKind
    number: int = 0

    @property
    def key(self) -> str:
        """The consumed key of the rung."""
        return rung_key(self.rung, self.audience)


class PlannedReminder(Value):
    """One letter: most urgent item first; ``superseded`` are consumed without a letter.

    ``send_at`` is now or later, inside a sending window of the working day ``day``.
    """

    recipient: str
    send_at: datetime
    day: date
    kind: LetterKind
    items: tuple[ReminderItem, ...] = Field(min_length=1)
    superseded: tuple[ReminderItem, ...] = ()


def rung_key(rung: str, audience: Audience) -> str:
    """The key under which a rung is consumed for an audience."""
    return f"{rung}/{audience}"
