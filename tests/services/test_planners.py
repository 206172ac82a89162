"""Nothing is planned while the clock is in doubt; after the release the next round finds it all."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.ledger import PlanRecord
from config.settings import Settings
from models.clocks import MonotonicReading
from models.letter_holds import HoldReason
from models.letters import LetterKind
from models.plans import PlanDossier
from services import brakes, planners
from services.desk import open_desk
from services.reminders import Planning
from services.restores import let_go
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import COMMUNE, at

MONDAY = at((25, 5), "08:00")
FRIDAY = at((29, 5), "14:00")
EARLIER_BOOT = MonotonicReading(boot_id="lần chạy trước", seconds=1)


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, active_plan: PlanRecord) -> Settings:
    assert active_plan.commune == COMMUNE
    return Settings(home=tmp_path, database_url=database_url, min_free_mb=0)


def plan(settings: Settings, now: datetime) -> tuple[Planning, int]:
    with open_desk(settings, now=now) as desk:
        return planners.plan_reminders(desk), planners.write_bulletins(desk)


def see_later(settings: Settings, engine: Engine, now: datetime) -> None:
    """Let an earlier round have seen a later hour: the clock has gone back since."""
    brakes.engage(engine, commune=COMMUNE, home=settings.home, now=now, monotonic=EARLIER_BOOT)


@pytest.mark.parametrize(("now", "kind"), [(MONDAY, "reminder"), (FRIDAY, LetterKind.BULLETIN)])
def test_a_clock_that_went_back_plans_nothing_until_a_person_lets_go(
    settings: Settings, mailroom: Mailroom, now: datetime, kind: str
) -> None:
    see_later(settings, mailroom.engine, now + timedelta(days=1))
    planned, bulletins = plan(settings, now)
    assert (planned.letters, planned.superseded, bulletins) == (0, 0, 0)
    assert "nhảy lùi lại 1440 phút" in (planned.hold or "")
    assert "không lập thư nhắc mới" in (planned.hold or "")
    assert mailroom.rows() == []
    with open_desk(settings, now=now) as desk:
        assert let_go(desk, by="vp").holds == 1
    planned, bulletins = plan(settings, now)
    assert planned.hold is None
    assert (bulletins if kind == LetterKind.BULLETIN else planned.letters) > 0


@pytest.mark.parametrize("reason", [HoldReason.PERSON, HoldReason.STORM, HoldReason.RESTORED])
def test_other_holds_stop_letters_and_no_planning(
    settings: Settings, mailroom: Mailroom, reason: HoldReason
) -> None:
    brakes.hold(mailroom.engine, commune=COMMUNE, reason=reason, detail="x", by="x", now=MONDAY)
    planned, _ = plan(settings, MONDAY)
    assert planned.hold is None
    assert planned.letters > 0


def test_a_clock_that_runs_on_plans_as_ever(settings: Settings, mailroom: Mailroom) -> None:
    see_later(settings, mailroom.engine, MONDAY - timedelta(days=3))
    planned, _ = plan(settings, MONDAY)
    assert planned.letters == len(mailroom.rows()) > 0
