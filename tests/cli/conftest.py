"""The typical rehearsal of the first plan, played once for all tests that look at it."""

import pytest

from tests.cli.rehearsals import Rehearsal, play


@pytest.fixture(scope="session")
def typical(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The Bát Mọt plan under the scenario "typical"."""
    return play("bat-mot-2026", tmp_path_factory.mktemp("typical") / "out")
