"""The steps of a rehearsal: who does what at which instant, from the plan's issue to its end."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from models.calendars import WorkingCalendar
from models.castings import Casting
from models.deadlines import Anchor
from models.due_dates import due_at
from models.obligations import obligation_id
from models.plans import Plan, PlanDossier, Requirement
from models.rehearsal_office import (
    DESK_HOURS,
    FIRST_ROUND,
    LAST_ROUND,
    REVIEWS_AT,
    SECOND_ROUND,
    SIGN_OFF_HOURS,
)
from models.rehearsal_turns import ANSWERED_KINDS, Owed, Step, StepKind, turns_of
from models.scenarios import Issue

IMPORTED_AT = time(7, 0)
ACTIVATED_AT = time(7, 10)
RECEIPTS_AT = time(8, 20)
REPORTING = "reporting"
DAY = timedelta(days=1)
_ORDER = {kind: place for place, kind in enumerate(StepKind)}


def issue_of(plan: Plan, issue: Issue, calendar: WorkingCalendar) -> tuple[int, date]:
    """Return number and day of issue: the plan's own, else the scenario's, on a working day."""
    opens = plan.issue_window[0] if plan.issue_window else min(p.ends_on for p in plan.phases)
    day = calendar.roll_forward(opens + issue.days_after_window_opens * DAY)
    return plan.number or issue.number, plan.issued_on or day


def plan_steps(
    dossier: PlanDossier, casting: Casting, calendar: WorkingCalendar
) -> tuple[Step, ...]:
    """Plan every step, ordered by instant and kind; steps that depend on state look when played."""
    _, issued_on = issue_of(dossier.plan, casting.scenario.issue, calendar)
    steps = [*_beginning(dossier.plan, issued_on, calendar)]
    for day in calendar.working_days_in(issued_on, last_day(dossier.plan, calendar)):
        steps += _office_day(dossier.plan, day, issued_on=issued_on, calendar=calendar)
        steps += _report_day(day, casting, calendar)
    for owed in owed_products(dossier, issued_on, calendar):
        steps += turns_of(owed, casting, calendar, not_before=issued_on)
    return tuple(sorted(steps, key=lambda s: (s.instant, _ORDER[s.kind], s.obligation_id, s.flow)))


def last_day(plan: Plan, calendar: WorkingCalendar) -> date:
    """Return the last day that is played: the working day after the report's deadline."""
    deadline = due_at(plan.report_deadline, calendar=calendar, anchors={})
    return calendar.next_working_day(calendar.day_of(deadline))


def owed_products(
    dossier: PlanDossier, issued_on: date, calendar: WorkingCalendar
) -> Iterator[Owed]:
    """Tell what every unit will owe, each product once, that a unit answers by itself."""
    for requirement in dossier.plan.requirements:
        if requirement.kind in ANSWERED_KINDS and requirement.opens_on_receipt_of is None:
            yield from _owed(dossier, requirement, issued_on, calendar)


def _owed(
    dossier: PlanDossier, requirement: Requirement, issued_on: date, calendar: WorkingCalendar
) -> Iterator[Owed]:
    anchors = dict.fromkeys(Anchor, issued_on)
    members = (u.id for holder in requirement.holders for u in dossier.members(holder, issued_on))
    for unit_id in dict.fromkeys(members):
        for period in requirement.periods:
            yield Owed(
                obligation_id=obligation_id(dossier.plan.id, requirement.id, unit_id, period.id),
                unit_id=unit_id,
                requirement_id=requirement.id,
                kind=requirement.kind,
                period=period.id,
                due_at=due_at(period.deadline, calendar=calendar, anchors=anchors),
                is_reviewed=requirement.reviewed_by is not None,
            )


def _beginning(plan: Plan, issued_on: date, calendar: WorkingCalendar) -> Iterator[Step]:
    imported_on = min(issued_on, plan.issue_window[0]) if plan.issue_window else issued_on
    yield Step(instant=calendar.at(imported_on, IMPORTED_AT), kind=StepKind.IMPORT)
    yield Step(instant=calendar.at(issued_on, ACTIVATED_AT), kind=StepKind.ACTIVATE)


def _office_day(
    plan: Plan, day: date, *, issued_on: date, calendar: WorkingCalendar
) -> Iterator[Step]:
    def at(hour: time) -> datetime:
        return calendar.at(day, hour)

    for flow in flows_on(plan, day, issued_on):
        yield Step(instant=at(FIRST_ROUND), kind=StepKind.PHASE, flow=flow)
        if flow == REPORTING:
            yield Step(instant=at(SECOND_ROUND), kind=StepKind.PHASE, flow=flow)
    yield Step(instant=at(FIRST_ROUND), kind=StepKind.CHASE)
    yield Step(instant=at(SECOND_ROUND), kind=StepKind.CHASE)
    yield Step(instant=at(REVIEWS_AT), kind=StepKind.REVIEW)
    yield Step(instant=at(LAST_ROUND), kind=StepKind.MAILROOM)


def _report_day(day: date, casting: Casting, calendar: WorkingCalendar) -> Iterator[Step]:
    for hour in SIGN_OFF_HOURS:
        yield Step(instant=calendar.at(day, hour), kind=StepKind.SIGN_OFF)
    for hour in DESK_HOURS:
        yield Step(instant=calendar.at(day, hour), kind=StepKind.LEADER)
    numbered_at = calendar.at(day, time(casting.scenario.report.hour))
    yield Step(instant=numbered_at, kind=StepKind.ISSUE)
    yield Step(instant=calendar.at(day, RECEIPTS_AT), kind=StepKind.RECEIVE)


def flows_on(plan: Plan, day: date, issued_on: date) -> tuple[str, ...]:
    """Return the flows of the phases whose window contains the day, each once, in phase order."""
    open_phases = (p for p in plan.phases if (p.starts_on or issued_on) <= day <= p.ends_on)
    return tuple(dict.fromkeys(phase.flow for phase in open_phases))
