"""Scenarios: how each unit behaves in a rehearsal, and what the leader and the province do."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.values import Value

WorkingDays = Annotated[int, Field(ge=0, le=60)]
Weight = Annotated[int, Field(ge=1, le=1_000)]
Words = Annotated[str, Field(min_length=1)]


class Manner(StrEnum):
    """When, and whether, a unit sends what it owes."""

    ON_TIME = "on_time"
    LATE = "late"
    NEVER = "never"


class ReturnCase(Value):
    """The office finds the first version wanting; the unit sends another some days later."""

    remark: Words
    fields: tuple[str, ...] = ()  # indicator ids, where asked; else the answer as a whole
    due_in_days: Annotated[int, Field(ge=1, le=20)] = 2
    resent_after_days: WorkingDays | None = 1  # None: the unit never mends it
    is_formal_defect: bool = False


class ExtensionCase(Value):
    """The unit asks for more time before its deadline."""

    days: Annotated[int, Field(ge=1, le=30)]  # working days after the deadline
    reason: Words
    asked_days_before: WorkingDays = 1
    granted: bool = True
    refusal: str = "thời hạn của cấp trên không thay đổi"


class CallCase(Value):
    """The administrator telephones a unit that is late; the ladder rests until a day."""

    days_late: Annotated[int, Field(ge=1, le=30)]
    rests_for_days: Annotated[int, Field(ge=1, le=30)]
    reason: Words


class Reply(Value):
    """What a unit does about one product; ``days`` are working days before or after the deadline.

    ``nil_reason`` makes the answer a nil; ``spread`` adds 0 to that many days, by the seed.
    """

    manner: Manner = Manner.ON_TIME
    days: WorkingDays = 1
    spread: WorkingDays = 0
    nil_reason: Words | None = None
    returned: ReturnCase | None = None
    extension: ExtensionCase | None = None
    call: CallCase | None = None


class Behaviour(Value):
    """A unit's habits: one reply for all products, and others for some.

    ``products`` is keyed by requirement, or by requirement and period as in ``BCDK/2``.
    ``bounces`` makes the mailbox of the unit's first contact refuse every letter.
    """

    reply: Reply | None = None
    products: dict[str, Reply] = Field(default_factory=dict)
    bounces: bool = False


class MixEntry(Value):
    """One share of a crowd whose members the scenario does not name."""

    weight: Weight
    behaviour: Behaviour


class Joint(Value):
    """One event that a unit led and others supported; both report it."""

    lead: str
    support: tuple[str, ...]


class Cast(Value):
    """Who behaves how in one plan; units not named do as the scenario's default."""

    units: dict[str, Behaviour] = Field(default_factory=dict)
    joint: Joint | None = None


class Revision(Value):
    """The leader's comment on a draft, and what the office then writes where in the outline."""

    comment: Words
    place: str = ""  # a part of the report's outline; one it lacks stands for its last part
    text: Words


class Leader(Value):
    """The leader returns the draft for each revision in turn, then approves."""

    revisions: tuple[Revision, ...] = ()
    answers_after_hours: Annotated[int, Field(ge=1, le=80)] = 2  # office hours, 8 a day
    approves: bool = True


class Issue(Value):
    """The plan's number and day, used where the plan itself leaves them blank."""

    number: Annotated[int, Field(ge=1)] = 1
    days_after_window_opens: Annotated[int, Field(ge=0, le=60)] = 0


class ReportNumber(Value):
    """The number văn thư gives to the final report, at ``hour`` at the earliest."""

    number: Annotated[int, Field(ge=1)] = 1
    hour: Annotated[int, Field(ge=8, le=16)] = 15


class Receipt(Value):
    """When the province confirms; None: never."""

    after_days: WorkingDays | None = 1


class Scenario(Value):
    """A whole rehearsal's behaviour; the same scenario and plan give the same campaign."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: Words
    seed: int
    issue: Issue = Issue()
    default: Behaviour = Behaviour(reply=Reply())
    casts: dict[str, Cast] = Field(default_factory=dict)
    mix: tuple[MixEntry, ...] = ()  # for plans without a cast
    leader: Leader = Leader()
    report: ReportNumber = ReportNumber()
    receipt: Receipt = Receipt()
