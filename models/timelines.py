"""The timeline of a campaign: one row for each letter, submission, review, decision, dispatch."""

from datetime import datetime
from enum import StrEnum

from models.values import Value


class TimelineKind(StrEnum):
    """What a row tells; rows of one instant come in this order."""

    SUBMISSION = "submission"
    REVIEW = "review"
    EXTENSION = "extension"
    PAUSE = "pause"
    REPORT = "report"
    DECISION = "decision"
    DISPATCH = "dispatch"
    RECEIPT = "receipt"
    LETTER = "letter"


class TimelineRow(Value):
    """One thing that happened; ``what`` is the letter's kind, the verdict or the version's state.

    A digest speaks of several obligations: ``obligation`` and ``rung`` are those of its subject,
    ``items`` all of them as "obligation rung audience".
    """

    instant: datetime
    kind: TimelineKind
    what: str
    unit: str
    obligation: str | None = None
    rung: str | None = None
    recipient: str | None = None
    message_id: str | None = None
    state: str | None = None
    subject: str | None = None
    version: int | None = None
    items: tuple[str, ...] = ()
    key: str


def in_order(rows: list[TimelineRow]) -> tuple[TimelineRow, ...]:
    """Return the rows by instant, kind and key."""
    place = {kind: n for n, kind in enumerate(TimelineKind)}
    return tuple(sorted(rows, key=lambda r: (r.instant, place[r.kind], r.key)))
