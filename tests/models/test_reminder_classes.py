"""Deadline classes: what the machine decides for all obligations that climb in step."""

from datetime import date, datetime, time

from adapters.calendars import read_calendar
from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.reminder_classes import DeadlineClass, decide_class
from models.reminder_policy import Audience
from models.reminder_rungs import Timetable
from models.reminders import ChaseItem, reached_rungs

CALENDAR = read_calendar()
TIMETABLE = Timetable(read_policy("default", CONFIG_FOLDER / "policies"), CALENDAR)
MORNING = time(7, 30)


def at(month: int, day: int, hour: time = MORNING) -> datetime:
    return CALENDAR.at(date(2026, month, day), hour)


def owed(**changes: object) -> Obligation:
    return Obligation(
        id="", plan_id="p", requirement_id="r", kind=RequirementKind.UNIT_REPORT, unit_id="",
        period="", phase_id="p3", state=ObligationState.OWED, opened_at=at(5, 18),
        due_at=at(6, 22, time(17)),
    ).model_copy(update=changes)  # fmt: skip


def decided(
    now: datetime, obligation: Obligation | None = None, chase_until: date | None = None
) -> DeadlineClass | None:
    return decide_class(
        obligation or owed(), ladder="default", chase_until=chase_until, since=None,
        timetable=TIMETABLE, at=now,
    )  # fmt: skip


def test_each_audience_has_one_last_step() -> None:
    found = decided(at(6, 24))
    assert found is not None
    assert {step.key for step in found.steps if step.is_last} == {"T+2/contact", "T+2/head"}
    assert found.last[Audience.HEAD] > found.last[Audience.CONTACT], "the head outranks"
    assert [step.place for step in found.steps] == list(range(len(found.steps)))
    assert found.deadline == owed().due_at


def test_turns_are_counted_from_the_first_that_came() -> None:
    found = decided(at(6, 29))
    assert found is not None
    assert [(s.rung, s.turn) for s in found.steps if s.turn] == [("T+4", 1), ("T+5", 2)]


def test_a_class_with_nobody_to_tell_is_none() -> None:
    assert decided(at(6, 1)) is None, "nothing has come"
    assert decided(at(6, 29), chase_until=date(2026, 6, 29)) is None, "the chase has stopped"
    assert decided(at(6, 29), owed(state=ObligationState.NIL)) is None, "nothing is owed"
    short = owed(due_at=at(6, 22, time(11, 30)))
    assert decided(at(6, 22, time(14)), short) is None, "too late to remind, too early to urge"


def test_rungs_of_a_return_carry_its_prefix() -> None:
    returned = owed(state=ObligationState.RETURNED, returns=1, return_due_at=at(6, 24, time(17)))
    found = decided(at(6, 24), returned)
    assert found is not None
    assert {step.rung for step in found.steps if step.is_last} == {"r1:x2026-06-24:T"}


def test_a_turn_queued_for_later_does_not_hide_the_turns_before_it() -> None:
    item = ChaseItem(
        obligation=owed(), ladder="default", recipients={}, consumed=frozenset({"T+5/head"})
    )
    before, after = (reached_rungs(item, TIMETABLE, at(6, 29, time(hour))) for hour in (7, 8))
    assert [rung.id for rung in before if rung.spec.repeats] == ["T+4"]
    assert [rung.id for rung in after if rung.spec.repeats] == ["T+5"]
