"""Scenarios: read with every fault named, cast on the plan's own units."""

from pathlib import Path

import pytest

from adapters.plan_files import read_dossier
from adapters.scenarios import read_scenario
from config.settings import CONFIG_FOLDER
from models.castings import cast_units
from models.errors import UsageError
from models.plans import PlanDossier
from models.scenarios import Behaviour, Cast, Manner, Reply, Scenario


@pytest.fixture(scope="module")
def dossier() -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")


def scenario(**cast: Behaviour) -> Scenario:
    return Scenario(id="thu", name="Thử", seed=1, casts={"kh-khcn-2026": Cast(units=cast)})


@pytest.mark.parametrize("name", ["typical", "punctual", "worst"])
@pytest.mark.parametrize("plan", ["bat-mot-2026", "dong-hoa-2026"])
def test_every_scenario_that_ships_casts_every_plan_that_ships(name: str, plan: str) -> None:
    found = read_dossier(CONFIG_FOLDER / "plans" / f"{plan}.yaml")
    casting = cast_units(read_scenario(name), found)
    assert set(casting.units) <= {unit.id for unit in found.units.units}


def test_a_scenario_is_read_by_path_too(tmp_path: Path) -> None:
    path = tmp_path / "rieng.yaml"
    path.write_text("id: rieng\nname: Riêng\nseed: 7\n")
    assert read_scenario(str(path)).seed == 7


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="punctual, typical, worst"):
        read_scenario("khong-co")


def test_a_wrong_file_names_every_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "sai.yaml"
    path.write_text("id: sai\nname: Sai\nseed: một\nleader:\n  comment: gì\n")
    with pytest.raises(UsageError) as caught:
        read_scenario(str(path))
    text = str(caught.value)
    assert f"{path}:3: seed" in text
    assert f"{path}:5: leader.comment" in text


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "hong.yaml"
    path.write_text("id: [\n")
    with pytest.raises(UsageError, match=r"hong\.yaml:"):
        read_scenario(str(path))


def test_units_the_plan_does_not_have_are_refused_by_name(dossier: PlanDossier) -> None:
    wanted = scenario(**{"thon-99": Behaviour(), "dt-hnd": Behaviour()})
    with pytest.raises(UsageError, match="thon-99"):
        cast_units(wanted, dossier)


def test_products_the_plan_does_not_have_are_refused_by_name(dossier: PlanDossier) -> None:
    wanted = scenario(vhxh=Behaviour(products={"BCDK/9": Reply()}))
    with pytest.raises(UsageError, match="BCDK/9"):
        cast_units(wanted, dossier)


def test_the_nearest_reply_wins(dossier: PlanDossier) -> None:
    wanted = scenario(
        vhxh=Behaviour(
            reply=Reply(days=4),
            products={"BCDK": Reply(days=5), "BCDK/2": Reply(manner=Manner.LATE, days=6)},
        )
    )
    casting = cast_units(wanted, dossier)
    assert casting.reply("vhxh", "SL", "1").days == 4
    assert casting.reply("vhxh", "BCDK", "1").days == 5
    assert casting.reply("vhxh", "BCDK", "2").days == 6
    assert casting.reply("kt", "SL", "1") == wanted.default.reply


def test_a_default_that_says_nothing_means_on_time(dossier: PlanDossier) -> None:
    wanted = scenario().model_copy(update={"default": Behaviour()})
    assert cast_units(wanted, dossier).reply("kt", "SL", "1") == Reply()


def test_only_the_first_mailbox_of_a_bouncing_unit_refuses(dossier: PlanDossier) -> None:
    casting = cast_units(scenario(**{"bn-bp": Behaviour(bounces=True)}), dossier)
    assert casting.refused == {"bn-bp@batmot.example"}


def test_a_crowd_is_cast_the_same_every_time(dossier: PlanDossier) -> None:
    mixed = read_scenario("worst")
    assert cast_units(mixed, dossier) == cast_units(mixed, dossier)
    assert cast_units(mixed, dossier).units != scenario_units(mixed, dossier, seed=99)


def scenario_units(mixed: Scenario, dossier: PlanDossier, *, seed: int) -> dict[str, Behaviour]:
    return cast_units(mixed.model_copy(update={"seed": seed}), dossier).units
