"""Deadline classes: obligations that climb one ladder in step, and the steps they came to."""

from collections.abc import Mapping
from datetime import date, datetime

from models.letters import LetterKind
from models.obligations import Obligation
from models.reminder_items import ChaseItem, rung_key
from models.reminder_policy import Audience
from models.reminder_rungs import Timetable, rung_prefix
from models.reminders import Step, is_chased, is_too_late, reached_rungs, steps_of
from models.values import Value


class ClassStep(Value):
    """One rung for one audience; ``place`` is its order among the steps of the class.

    ``turn`` counts the turns of the repeating rung from 1. A step that ``is_last`` is the last
    of its audience and may still be told; the others can only be overtaken.
    """

    place: int
    rung: str
    audience: Audience
    kind: LetterKind
    number: int
    turn: int | None
    width: int  # for how many audiences the rung is
    is_last: bool

    @property
    def key(self) -> str:
        """The consumed key of the step."""
        return rung_key(self.rung, self.audience)


class DeadlineClass(Value):
    """What the machine decides alike for all obligations of a class, whoever owes them.

    ``last`` is the place of the last step of each audience, told or too late to be told.
    """

    deadline: datetime
    steps: tuple[ClassStep, ...]
    last: dict[Audience, int]


def decide_class(
    obligation: Obligation,
    *,
    ladder: str,
    chase_until: date | None,
    since: datetime | None,
    timetable: Timetable,
    at: datetime,
) -> DeadlineClass | None:
    """Lay the ladder of one obligation of a class; None when nobody can be told then."""
    item = ChaseItem(
        obligation=obligation, ladder=ladder, chase_until=chase_until, recipients={}, since=since
    )
    if not is_chased(item, timetable.calendar, at):
        return None
    reached = reached_rungs(item, timetable, at)
    turns = (rung.id for rung in reached if rung.spec.repeats)
    turn_of = {rung: count for count, rung in enumerate(turns, start=1)}
    last = {audience: place for place, (_, audience) in enumerate(steps_of(reached))}
    steps = tuple(
        _step(item, place, step, last=last, turn_of=turn_of, timetable=timetable, at=at)
        for place, step in enumerate(steps_of(reached))
    )
    if not any(step.is_last for step in steps):
        return None
    return DeadlineClass(deadline=obligation.effective_due_at, steps=steps, last=last)


def _step(
    item: ChaseItem,
    place: int,
    step: Step,
    *,
    last: Mapping[Audience, int],
    turn_of: Mapping[str, int],
    timetable: Timetable,
    at: datetime,
) -> ClassStep:
    rung, audience = step
    too_late = is_too_late(rung, item.obligation.effective_due_at, at)
    return ClassStep(
        place=place,
        rung=rung_prefix(item.obligation, timetable.calendar) + rung.id,
        audience=audience,
        kind=rung.spec.kind,
        number=rung.number,
        turn=turn_of[rung.id] if rung.spec.repeats else None,
        width=len(rung.spec.audiences),
        is_last=last.get(audience) == place and not too_late,
    )
