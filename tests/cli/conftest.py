"""The typical rehearsal of the first plan, played once for all tests that look at it."""

from pathlib import Path

import pytest

from tests.cli.rehearsals import Rehearsal, played_once


@pytest.fixture(scope="session")
def typical(session_folder: Path) -> Rehearsal:
    """The Bát Mọt plan under the scenario "typical"; nobody may change its files."""
    return played_once(session_folder / "rehearsals", "bat-mot-2026")
