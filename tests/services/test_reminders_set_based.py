"""The planner by statements decides what the pure machine decides, in every random commune."""

from datetime import time
from random import Random

import pytest
from sqlalchemy import Engine

from models.calendars import WorkingCalendar
from models.plans import PlanDossier
from models.reminder_policy import Audience, Ladder, ReminderPolicy, RungSpec, Window
from services import plans, reminders
from services.reminders import Planning
from tests.services.mailroom import second_plan
from tests.services.reminder_worlds import Rows, World, expected_rows, stored_rows
from tests.services.stage import COMMUNE, at


@pytest.fixture
def dossiers(engine: Engine, dossier: PlanDossier) -> tuple[PlanDossier, ...]:
    """Two plans of the commune; of the second nothing ever ends."""
    second = second_plan(dossier)
    both = (dossier, second)
    for one in both:
        plans.import_plan(engine, one, actor="quản trị", now=at((9, 5)))
    return both


@pytest.fixture(scope="session")
def policies(policy: ReminderPolicy) -> tuple[ReminderPolicy, ...]:
    """The default, and one that asks two people again each working day, in other hours."""
    ladders = {name: Ladder(rungs=tuple(_both(r) for r in ladder.rungs)) for name, ladder in
               policy.ladders.items()}  # fmt: skip
    window = Window(opens=time(9), closes=time(15))
    stubborn = policy.model_copy(update={"ladders": ladders, "windows": (window,)})
    return policy, stubborn


def _both(spec: RungSpec) -> RungSpec:
    if not spec.repeats:
        return spec
    return spec.model_copy(update={"audiences": (Audience.HEAD, Audience.CONTACT)})


QUICK_WORLDS, WORLDS = 40, 200  # the fast tests take the first, the slow ones all


class Judge:
    """Plans a random commune both ways, twice, and counts what it saw."""

    def __init__(
        self,
        engine: Engine,
        calendar: WorkingCalendar,
        dossiers: tuple[PlanDossier, ...],
        policies: tuple[ReminderPolicy, ...],
    ) -> None:
        self.engine, self.calendar = engine, calendar
        self.dossiers, self.policies = dossiers, policies
        self.letters = self.superseded = self.held = 0

    def compare(self, seed: int) -> None:
        """Plan one commune, some twice: the second time meets what the first has written."""
        chance = Random(seed)
        world = World(chance, self.calendar, self.dossiers)
        world.build()
        world.store(self.engine)
        policy = chance.choice(self.policies)
        written: tuple[Rows, Rows] = ({}, {})
        for _ in range(chance.choice((1, 1, 1, 2))):
            written = self.plan_both_ways(world, policy, written)
            assert stored_rows(self.engine, now=world.now) == written, f"seed {seed}"

    def plan_both_ways(
        self, world: World, policy: ReminderPolicy, written: tuple[Rows, Rows]
    ) -> tuple[Rows, Rows]:
        """Let the planner write what the pure machine wants; returns all rows that must stand."""
        letters, items = expected_rows(
            self.engine, policy=policy, calendar=self.calendar, now=world.now
        )
        made = reminders.plan_reminders(
            self.engine, commune=COMMUNE, policy=policy, calendar=self.calendar, now=world.now
        )
        superseded = sum(item["letter"] is None for item in items.values())
        assert made == Planning(letters=len(letters), superseded=superseded)
        self.letters += len(letters)
        self.superseded += superseded
        self.held += sum(letter["not_before"] != world.now for letter in letters.values())
        return written[0] | letters, written[1] | items


@pytest.mark.slow
def test_both_ways_to_plan_write_the_same_rows(
    engine: Engine,
    calendar: WorkingCalendar,
    dossiers: tuple[PlanDossier, ...],
    policies: tuple[ReminderPolicy, ...],
) -> None:
    judge = Judge(engine, calendar, dossiers, policies)
    worlds = QUICK_WORLDS if engine.dialect.name == "sqlite" else WORLDS
    for seed in range(worlds):
        judge.compare(seed)
    assert judge.letters > 1.5 * worlds
    assert judge.superseded > 1.5 * worlds
    assert judge.held > worlds / 4
