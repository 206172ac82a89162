"""The forecast of a draft is what an untouched campaign then really sends."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.reminder_items import PlannedReminder
from models.reminder_policy import ReminderPolicy
from services import phases, plans
from services.forecasts import forecast_plan
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import ISSUED_ON, NUMBER, PLAN, at

Sent = tuple[datetime, str, str, frozenset[tuple[str, str, str]]]
UNTIL = at((25, 5), "23:00")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def as_forecast(letter: PlannedReminder) -> Sent:
    items = frozenset((i.obligation_id, i.rung, str(i.audience)) for i in letter.items)
    return letter.send_at, letter.recipient, letter.kind, items


def as_sent(mailroom: Mailroom) -> list[Sent]:
    items: dict[int, set[tuple[str, str, str]]] = {}
    for i in mailroom.items():
        if i.outbox_id is not None:
            items.setdefault(i.outbox_id, set()).add((i.obligation_id, i.rung, i.audience))
    return sorted(
        (row.not_before, row.contact_id, row.kind, frozenset(items[row.id]))
        for row in mailroom.rows(state=LetterState.ACCEPTED)
    )


@pytest.mark.slow
def test_the_forecast_of_a_draft_is_what_an_untouched_campaign_sends(
    mailroom: Mailroom,
    imported_plan: PlanRecord,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
) -> None:
    engine = mailroom.engine
    told = forecast_plan(
        engine, imported_plan.dossier, policy=policy, calendar=calendar, now=at(ISSUED_ON)
    )
    plans.activate_plan(
        engine, PLAN, number=NUMBER, issued_on=ISSUED_ON, actor="quản trị", now=at(ISSUED_ON),
        day=ISSUED_ON,
    )  # fmt: skip
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=at(ISSUED_ON))
    again = forecast_plan(
        engine, imported_plan.dossier, policy=policy, calendar=calendar, now=at(ISSUED_ON)
    )
    assert again == told
    day = date(2026, 5, 11)
    while day <= UNTIL.date():
        for hour in ("07:30", "14:00"):
            mailroom.plan(at(day, hour))
            mailroom.send(at(day, hour))
        day += timedelta(days=1)
    wanted = sorted(as_forecast(letter) for letter in told if letter.send_at <= UNTIL)
    assert as_sent(mailroom) == wanted
    assert len(wanted) > 20


def test_a_running_plan_is_forecast_from_where_it_stands(
    mailroom: Mailroom, active_plan: PlanRecord, policy: ReminderPolicy, calendar: WorkingCalendar
) -> None:
    now = at((22, 6), "07:30")

    def look() -> tuple[PlannedReminder, ...]:
        return forecast_plan(
            mailroom.engine, active_plan.dossier, policy=policy, calendar=calendar, now=now
        )

    before = look()
    mailroom.plan(now)
    assert [x for x in before if x.send_at > now] == list(look())
    assert {x.kind for x in before} >= {LetterKind.REMIND_TODAY, LetterKind.LEADER_INFORMED}
    assert [x.send_at for x in before] == sorted(x.send_at for x in before)


def test_a_plan_just_put_in_force_is_forecast_before_its_first_run(
    engine: Engine, dossier: PlanDossier, calendar: WorkingCalendar, policy: ReminderPolicy
) -> None:
    now = at(ISSUED_ON)
    plans.import_plan(engine, dossier, actor="quản trị", now=now)
    plans.activate_plan(
        engine, PLAN, number=NUMBER, issued_on=ISSUED_ON, actor="quản trị", now=now, day=ISSUED_ON
    )
    found = plans.find_plan(engine, PLAN).dossier
    assert forecast_plan(engine, found, policy=policy, calendar=calendar, now=now)
