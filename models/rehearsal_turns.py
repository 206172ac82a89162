"""What one unit does about one product: its submissions, request for time, and the call it gets."""

from collections.abc import Iterator
from datetime import date, datetime, time
from enum import StrEnum

from models.calendars import WorkingCalendar
from models.castings import Casting
from models.plans import RequirementKind
from models.rehearsal_office import REVIEWS_AT, office_hour
from models.scenarios import Manner, Reply
from models.values import Value

ANSWERED_KINDS = frozenset(
    {
        RequirementKind.ACKNOWLEDGEMENT,
        RequirementKind.DETAILED_PLAN,
        RequirementKind.PERIODIC_REPORT,
        RequirementKind.UNIT_REPORT,
        RequirementKind.VILLAGE_SHEET,
    }
)  # the others end by what the office itself does
CALLS_AT = time(9, 30)
EXTENSIONS_AT = time(15, 10)
EARLIEST = time(8, 0)


class StepKind(StrEnum):
    """What a step does; of one instant, in this order."""

    IMPORT = "import"
    ACTIVATE = "activate"
    PHASE = "phase"
    CHASE = "chase"
    ASK_TIME = "ask_time"
    CALL = "call"
    SUBMIT = "submit"
    GIVE_TIME = "give_time"
    REVIEW = "review"
    SIGN_OFF = "sign_off"
    LEADER = "leader"
    ISSUE = "issue"
    RECEIVE = "receive"
    MAILROOM = "mailroom"


class Step(Value):
    """One step; ``flow`` belongs to PHASE, the obligation to what a unit does about it.

    ``turn`` counts the versions the unit sends of one product, from 1.
    """

    instant: datetime
    kind: StepKind
    flow: str = ""
    unit_id: str = ""
    obligation_id: str = ""
    turn: int = 0


class Owed(Value):
    """One product of one unit, with the instant it is due."""

    obligation_id: str
    unit_id: str
    requirement_id: str
    kind: RequirementKind
    period: str
    due_at: datetime
    is_reviewed: bool


def reply_for(owed: Owed, casting: Casting) -> Reply:
    """Return what the unit does about the product; a mere acknowledgement is sent or not."""
    reply = casting.reply(owed.unit_id, owed.requirement_id, owed.period)
    if owed.kind is not RequirementKind.ACKNOWLEDGEMENT:
        return reply
    return Reply(manner=reply.manner, days=reply.days, spread=reply.spread)


def turns_of(
    owed: Owed, casting: Casting, calendar: WorkingCalendar, *, not_before: date
) -> Iterator[Step]:
    """Plan the unit's steps; none is earlier than the day after which it knows of the plan."""
    reply = reply_for(owed, casting)
    due_day = calendar.day_of(owed.due_at)
    yield from _extension(owed, reply, calendar, due_day)
    if reply.call is not None:
        day = calendar.add_working_days(due_day, reply.call.days_late)
        yield _step(owed, StepKind.CALL, calendar.at(day, CALLS_AT))
    if reply.manner is Manner.NEVER:
        return
    choice = casting.choice("turn", owed.obligation_id)
    days = reply.days + choice.randint(0, reply.spread)
    day = calendar.add_working_days(due_day, days if reply.manner is Manner.LATE else -days)
    first = calendar.at(max(calendar.roll_back(day), not_before), office_hour(choice))
    yield _step(owed, StepKind.SUBMIT, first, turn=1)
    if reply.returned is None or reply.returned.resent_after_days is None or not owed.is_reviewed:
        return
    seen = _reviewed_on(first, calendar)
    again = calendar.add_working_days(seen, max(1, reply.returned.resent_after_days))
    yield _step(owed, StepKind.SUBMIT, calendar.at(again, office_hour(choice)), turn=2)


def _reviewed_on(sent: datetime, calendar: WorkingCalendar) -> date:
    day = calendar.day_of(sent)
    in_time = sent <= calendar.at(day, REVIEWS_AT)
    return day if in_time else calendar.next_working_day(day)


def _extension(
    owed: Owed, reply: Reply, calendar: WorkingCalendar, due_day: date
) -> Iterator[Step]:
    if reply.extension is None:
        return
    day = calendar.add_working_days(due_day, -reply.extension.asked_days_before)
    yield _step(owed, StepKind.ASK_TIME, calendar.at(day, EARLIEST))
    yield _step(owed, StepKind.GIVE_TIME, calendar.at(day, EXTENSIONS_AT))


def _step(owed: Owed, kind: StepKind, instant: datetime, *, turn: int = 0) -> Step:
    return Step(
        instant=instant,
        kind=kind,
        unit_id=owed.unit_id,
        obligation_id=owed.obligation_id,
        turn=turn,
    )
