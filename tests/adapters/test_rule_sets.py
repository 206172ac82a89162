"""Rule sets are files; a wrong one is named."""

from pathlib import Path

import pytest

from adapters.rule_sets import read_rule_set
from models.errors import UsageError


def test_the_current_rule_set_has_all_points_in_order() -> None:
    rules = read_rule_set()
    assert rules.id == "nd30-2020@v1"
    assert [point.id for point in rules.points] == [f"F-{n:02d}" for n in range(1, 86)]


def test_a_missing_or_wrong_rule_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"khong-co\.yaml"):
        read_rule_set("khong-co", tmp_path)
    (tmp_path / "sai.yaml").write_text("id: x\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"sai\.yaml"):
        read_rule_set("sai", tmp_path)
