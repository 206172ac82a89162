"""The steps of a rehearsal: who acts when, from the issue of the plan to the day after its end."""

from datetime import date, datetime, time

import pytest

from adapters.calendars import read_calendar
from adapters.plan_files import read_dossier
from adapters.scenarios import read_scenario
from config.settings import CONFIG_FOLDER
from models.castings import cast_units
from models.plans import PlanDossier
from models.rehearsal_office import office_hours_between
from models.rehearsal_steps import flows_on, issue_of, last_day, plan_steps
from models.rehearsal_turns import Step, StepKind
from models.scenarios import (
    Behaviour,
    Cast,
    ExtensionCase,
    Issue,
    Manner,
    Reply,
    ReturnCase,
    Scenario,
)

CALENDAR = read_calendar()


def read(plan: str) -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / f"{plan}.yaml")


def steps_of(plan: str, scenario: Scenario) -> tuple[Step, ...]:
    dossier = read(plan)
    return plan_steps(dossier, cast_units(scenario, dossier), CALENDAR)


def at(day: int, month: int, hour: int, minute: int = 0) -> datetime:
    return CALENDAR.at(date(2026, month, day), time(hour, minute))


def of(steps: tuple[Step, ...], kind: StepKind, obligation: str = "") -> list[Step]:
    return [s for s in steps if s.kind is kind and s.obligation_id.endswith(obligation)]


@pytest.fixture(scope="module")
def typical() -> tuple[Step, ...]:
    return steps_of("bat-mot-2026", read_scenario("typical"))


def test_steps_are_in_order_and_the_same_every_time(typical: tuple[Step, ...]) -> None:
    assert list(typical) == sorted(typical, key=lambda s: s.instant)
    assert typical == steps_of("bat-mot-2026", read_scenario("typical"))


def test_the_plan_is_imported_then_put_in_force_then_worked_on(typical: tuple[Step, ...]) -> None:
    assert [s.kind for s in typical[:4]] == [
        StepKind.IMPORT, StepKind.ACTIVATE, StepKind.PHASE, StepKind.CHASE,
    ]  # fmt: skip
    assert typical[0].instant == at(1, 5, 7)
    assert typical[1].instant == at(11, 5, 7, 10)


def test_nobody_acts_on_a_day_off(typical: tuple[Step, ...]) -> None:
    days = {CALENDAR.day_of(step.instant) for step in typical[1:]}
    assert all(CALENDAR.is_working_day(day) for day in days)
    assert max(days) == date(2026, 6, 30)


def test_each_phase_flow_plays_in_its_window_only() -> None:
    plan = read("bat-mot-2026").plan
    issued = date(2026, 5, 11)
    assert flows_on(plan, date(2026, 5, 8), issued) == ()
    assert flows_on(plan, date(2026, 5, 29), issued) == ("preparation",)
    assert flows_on(plan, date(2026, 6, 1), issued) == ("activities",)
    assert flows_on(plan, date(2026, 6, 22), issued) == ("activities", "reporting")


def test_letters_are_sent_within_office_hours_every_working_day(typical: tuple[Step, ...]) -> None:
    rounds = [s for s in typical if CALENDAR.day_of(s.instant) == date(2026, 6, 10)]
    local = {(s.kind, s.instant.astimezone(CALENDAR.zone).time()) for s in rounds}
    assert (StepKind.CHASE, time(7, 30)) in local
    assert (StepKind.CHASE, time(14)) in local
    assert (StepKind.MAILROOM, time(16, 20)) in local


def test_a_late_unit_sends_that_many_working_days_after_the_deadline(
    typical: tuple[Step, ...],
) -> None:
    (step,) = of(typical, StepKind.SUBMIT, "KHCT/dt-ccb/1")
    assert CALENDAR.day_of(step.instant) == date(2026, 6, 5)


def test_a_unit_that_never_answers_has_no_step(typical: tuple[Step, ...]) -> None:
    assert not of(typical, StepKind.SUBMIT, "BC/dt-dtn/1")


def test_a_returned_version_is_followed_by_another(typical: tuple[Step, ...]) -> None:
    first, second = of(typical, StepKind.SUBMIT, "BC/th-thcs/1")
    assert (first.turn, second.turn) == (1, 2)
    assert CALENDAR.day_of(second.instant) == CALENDAR.next_working_day(
        CALENDAR.day_of(first.instant)
    )


def test_a_return_that_is_never_mended_has_one_turn() -> None:
    case = ReturnCase(remark="Thiếu.", resent_after_days=None)
    scenario = Scenario(
        id="x", name="X", seed=1, default=Behaviour(reply=Reply(returned=case)),
        casts={"kh-khcn-2026": Cast()},
    )  # fmt: skip
    assert len(of(steps_of("bat-mot-2026", scenario), StepKind.SUBMIT, "BC/th-th/1")) == 1


def test_time_is_asked_for_before_the_deadline_and_answered_the_same_day() -> None:
    asks = Reply(
        manner=Manner.NEVER, extension=ExtensionCase(days=2, reason="Bận.", asked_days_before=2)
    )
    scenario = Scenario(id="x", name="X", seed=1, default=Behaviour(reply=asks))
    steps = steps_of("bat-mot-2026", scenario)
    (asked,) = of(steps, StepKind.ASK_TIME, "BC/th-th/1")
    (given,) = of(steps, StepKind.GIVE_TIME, "BC/th-th/1")
    assert CALENDAR.day_of(asked.instant) == date(2026, 6, 18) == CALENDAR.day_of(given.instant)
    assert asked.instant < given.instant


def test_a_mere_acknowledgement_is_never_nil_returned_or_extended() -> None:
    case = Reply(
        returned=ReturnCase(remark="?"), extension=ExtensionCase(days=1, reason="?"), nil_reason="?"
    )
    scenario = Scenario(id="x", name="X", seed=1, default=Behaviour(reply=case))
    steps = steps_of("bat-mot-2026", scenario)
    assert len(of(steps, StepKind.SUBMIT, "XN/th-th/1")) == 1
    assert not of(steps, StepKind.ASK_TIME, "XN/th-th/1")


def test_nobody_answers_before_the_plan_is_issued() -> None:
    early = Scenario(id="x", name="X", seed=1, default=Behaviour(reply=Reply(days=40)))
    steps = of(steps_of("bat-mot-2026", early), StepKind.SUBMIT)
    assert min(s.instant for s in steps) >= at(1, 5, 8)


def test_a_plan_with_a_number_and_a_day_keeps_them() -> None:
    second = read("dong-hoa-2026").plan
    issue = Issue(number=9, days_after_window_opens=3)
    assert issue_of(second, issue, CALENDAR) == (52, date(2026, 7, 6))
    no_window = second.model_copy(update={"number": None, "issued_on": None, "issue_window": None})
    assert issue_of(no_window, issue, CALENDAR) == (9, date(2026, 9, 3))
    assert last_day(second, CALENDAR) == date(2026, 9, 30)


def test_office_hours_leave_out_noon_nights_and_weekends() -> None:
    friday, monday = at(26, 6, 16), at(29, 6, 8, 30)
    assert office_hours_between(friday, monday, CALENDAR) == pytest.approx(2.0)
    assert office_hours_between(at(25, 6, 11), at(25, 6, 14), CALENDAR) == pytest.approx(1.0)
    assert office_hours_between(monday, friday, CALENDAR) == 0
