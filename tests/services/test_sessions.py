"""A run acts only today, in its phase's window, on plans in force."""

from datetime import date

import pytest
from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.sessions import Session
from services.plans import close_plan
from services.sessions import find_sessions
from tests.services.stage import COMMUNE, PLAN, at

NOW = at((20, 5), "09:30")


@pytest.fixture
def engine(engine: Engine, active_plan: PlanRecord) -> Engine:
    assert active_plan.id == PLAN
    return engine


def sessions(
    engine: Engine,
    calendar: WorkingCalendar,
    flow: str = "preparation",
    *,
    day: date | None = None,
    plan_id: str | None = None,
    commune: str = COMMUNE,
) -> tuple[Session, ...]:
    return find_sessions(
        engine, commune=commune, flow=flow, plan_id=plan_id, day=day, calendar=calendar, now=NOW
    )


@pytest.mark.parametrize("day", [None, date(2026, 5, 20)])
def test_todays_phase_acts(engine: Engine, calendar: WorkingCalendar, day: date | None) -> None:
    (found,) = sessions(engine, calendar, day=day)
    assert (found.plan_id, found.phase_id, found.acts, found.why) == (PLAN, "P1", True, "")
    assert (found.day, found.as_of) == (date(2026, 5, 20), NOW)


def test_a_past_day_is_only_shown_as_it_ended(engine: Engine, calendar: WorkingCalendar) -> None:
    (found,) = sessions(engine, calendar, day=date(2026, 5, 15))
    assert (found.acts, found.as_of) == (False, at((15, 5), "17:00"))
    assert "ngày đã qua" in found.why


def test_a_future_day_shows_the_present(engine: Engine, calendar: WorkingCalendar) -> None:
    (found,) = sessions(engine, calendar, day=date(2026, 5, 25))
    assert (found.acts, found.as_of) == (False, NOW)
    assert "Chưa tới ngày" in found.why


@pytest.mark.parametrize("flow", ["activities", "reporting", "chase"])
def test_a_flow_outside_its_window_finds_nothing(
    engine: Engine, calendar: WorkingCalendar, flow: str
) -> None:
    assert sessions(engine, calendar, flow) == ()


def test_a_named_plan_is_always_shown_with_the_reason(
    engine: Engine, calendar: WorkingCalendar
) -> None:
    (found,) = sessions(engine, calendar, "activities", plan_id=PLAN)
    assert (found.phase_id, found.acts) == ("P2", False)
    assert "Chưa đến giai đoạn" in found.why


def test_a_plan_out_of_force_is_shown_only_by_name(
    engine: Engine, calendar: WorkingCalendar, active_plan: PlanRecord
) -> None:
    with transaction(engine) as connection:
        close_plan(connection, active_plan, actor="văn thư", now=NOW)
    assert sessions(engine, calendar) == ()
    (found,) = sessions(engine, calendar, plan_id=PLAN)
    assert not found.acts
    assert "chưa ban hành hoặc đã kết thúc" in found.why


def test_another_commune_has_no_session(engine: Engine, calendar: WorkingCalendar) -> None:
    assert sessions(engine, calendar, commune="dong-hoa") == ()


def test_an_unknown_plan_is_an_error(engine: Engine, calendar: WorkingCalendar) -> None:
    with pytest.raises(UsageError, match="kh-la"):
        sessions(engine, calendar, plan_id="kh-la")
