"""Reminder policies as read."""

from pathlib import Path

import pytest

from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.errors import UsageError
from models.letters import LetterKind
from models.reminder_policy import Audience

FOLDER = CONFIG_FOLDER / "policies"


def test_the_default_policy_has_the_ladders_a_plan_may_name() -> None:
    policy = read_policy("default", FOLDER)
    assert set(policy.ladders) == {"default", "light", "review", "none"}
    assert policy.ladder("none").rungs == ()


def test_only_the_default_ladder_reaches_the_leader() -> None:
    policy = read_policy("default", FOLDER)
    reaching = {
        name
        for name, ladder in policy.ladders.items()
        for rung in ladder.rungs
        if Audience.LEADER in rung.audiences or rung.kind is LetterKind.LEADER_INFORMED
    }
    assert reaching == {"default"}


def test_an_unknown_ladder_is_refused() -> None:
    with pytest.raises(UsageError, match="không có bậc thang"):
        read_policy("default", FOLDER).ladder("strict")


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(UsageError, match="hiện có: default"):
        read_policy("strict", FOLDER)


@pytest.mark.parametrize("text", ["slots: [", "slots: {}", "[]", ""])
def test_a_broken_policy_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="sai cấu trúc"):
        read_policy("odd", tmp_path)
