"""An outline is read, absent, or wrong with its file named."""

from pathlib import Path

import pytest

from adapters.outlines import read_outline
from models.errors import UsageError


def test_a_catalogue_of_the_house_has_its_outline() -> None:
    found = read_outline("khcn-2026")
    assert found is not None
    assert found.id == "khcn-2026"
    assert found.sections


def test_a_catalogue_without_an_outline_has_none(tmp_path: Path) -> None:
    assert read_outline("khac", tmp_path) is None


@pytest.mark.parametrize("text", ["id: [", "id: khac", "[]", "id: khac\nsections: []\nla: 1"])
def test_a_wrong_outline_names_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "khac.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"khac\.yaml.*không đúng mẫu"):
        read_outline("khac", tmp_path)
