"""Invented answers keep every rule, whatever the unit and the seed."""

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.event_roles import event_lists
from models.indicators import Aggregation, Indicator, IndicatorType
from models.plans import PlanDossier, Requirement, RequirementKind
from models.rehearsal_answers import invent_answer
from models.rehearsal_events import Setting
from models.submissions import Answer
from models.total_values import AcceptedReport
from models.totals import compute_totals
from models.units import Unit, UnitKind
from models.validation import asked_indicators, validate_answer

DAY = date(2026, 6, 1)
SETTING = Setting(
    days=(date(2026, 6, 2), date(2026, 6, 5), date(2026, 6, 12)),
    joint_day=date(2026, 6, 9),
    villages=("Thôn Vịn", "Thôn Đục"),
    joint_lead="vhxh",
    joint_support=("dt-hnd", "th-thcs"),
)


@cache
def dossier(plan: str) -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / f"{plan}.yaml")


def asked_of_all(plan: str) -> Iterator[tuple[Requirement, Unit]]:
    found = dossier(plan)
    for requirement in found.plan.requirements:
        for holder in requirement.holders:
            for unit in found.members(holder, DAY):
                yield requirement, unit


CASES = [
    pytest.param(plan, requirement, unit, id=f"{plan}-{requirement.id}-{unit.id}")
    for plan in ("bat-mot-2026", "dong-hoa-2026")
    for requirement, unit in asked_of_all(plan)
]


@pytest.mark.parametrize(("plan", "requirement", "unit"), CASES)
def test_every_unit_answers_without_a_finding(
    plan: str, requirement: Requirement, unit: Unit
) -> None:
    asked = asked_indicators(dossier(plan), requirement, unit)
    answer = invent_answer(unit, requirement, asked, seed=1, setting=SETTING)
    found = validate_answer(
        answer, asked=asked, catalogue=dossier(plan).catalogue, requirement=requirement
    )
    assert not found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), case=st.sampled_from([c.values for c in CASES]))
def test_no_seed_breaks_a_rule(seed: int, case: tuple[str, Requirement, Unit]) -> None:
    plan, requirement, unit = case
    asked = asked_indicators(dossier(plan), requirement, unit)
    answer = invent_answer(unit, requirement, asked, seed=seed)
    found = validate_answer(
        answer, asked=asked, catalogue=dossier(plan).catalogue, requirement=requirement
    )
    assert not [f for f in found if f.is_error]


def answer_of(unit_id: str, *, seed: int = 1, version: int = 1) -> Answer:
    found = dossier("bat-mot-2026")
    unit = found.units.unit(unit_id)
    requirement = found.plan.requirement("SL" if unit_id == "vhxh" else "BC")
    asked = asked_indicators(found, requirement, unit)
    return invent_answer(unit, requirement, asked, seed=seed, setting=SETTING, version=version)


def test_the_same_seed_gives_the_same_answer() -> None:
    assert answer_of("th-th", seed=4) == answer_of("th-th", seed=4)
    assert answer_of("th-th", seed=4) != answer_of("th-th", seed=5)


def test_a_later_version_says_that_it_was_completed() -> None:
    first, second = answer_of("th-th"), answer_of("th-th", version=2)
    assert second.values == first.values
    assert second.narrative != first.narrative


def test_one_event_of_three_units_is_counted_once_under_its_lead() -> None:
    reports = [
        AcceptedReport(
            unit_id=unit, submission_id=f"{unit}@1", obligation_id=unit, answer=answer_of(unit)
        )
        for unit in ("vhxh", "dt-hnd", "th-thcs")
    ]
    catalogue = dossier("bat-mot-2026").catalogue
    total = compute_totals(catalogue, reports).total(event_lists(catalogue)[0])
    joint = [s for s in total.counted if s.key is not None and s.key.startswith("chung")]
    assert [source.unit_id for source in joint] == ["vhxh"]


def test_events_fall_on_the_days_given() -> None:
    for unit_id in ("vhxh", "th-th", "dt-pn", "bn-ca"):
        answer = answer_of(unit_id)
        rows = [r for v in answer.values.values() if isinstance(v, tuple) for r in v if "date" in r]
        days = {date.fromisoformat(str(row["date"])) for row in rows}
        assert days <= {*SETTING.days, SETTING.joint_day}


def test_a_village_gives_its_paper_no_number() -> None:
    found = dossier("bat-mot-2026")
    village = next(u for u in found.units.units if u.kind is UnitKind.VILLAGE)
    requirement = found.plan.requirement("PSL")
    asked = asked_indicators(found, requirement, village)
    assert invent_answer(village, requirement, asked, seed=1).document_number is None


def test_an_acknowledgement_says_nothing_more() -> None:
    found = dossier("bat-mot-2026")
    requirement = next(
        r for r in found.plan.requirements if r.kind is RequirementKind.ACKNOWLEDGEMENT
    )
    assert invent_answer(found.units.unit("kt"), requirement, (), seed=1) == Answer()


def test_a_percentage_and_unknown_things_are_invented_too() -> None:
    shared = {"name": "Tỷ lệ", "unit_of_measure": "%", "by": ("all",), "section": "A"}
    asked = (
        Indicator(id="P", type=IndicatorType.PCT, aggregation=Aggregation.MAX, **shared),
        Indicator(id="T", type=IndicatorType.TEXT, aggregation=Aggregation.LIST, **shared),
        Indicator(
            id="L", type=IndicatorType.LIST, aggregation=Aggregation.DISTINCT, key=("name",),
            **shared,
        ),
    )  # fmt: skip
    found = dossier("bat-mot-2026")
    requirement = found.plan.requirement("BC")
    answer = invent_answer(found.units.unit("kt"), requirement, asked, seed=1)
    assert not validate_answer(
        answer, asked=asked, catalogue=found.catalogue, requirement=requirement
    )
