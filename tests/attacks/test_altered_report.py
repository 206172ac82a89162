"""A report whose file was altered on disk after the approval does not go out (row 96)."""

from pathlib import Path

import pytest

from models.alarms import AlarmKind
from models.errors import RefusedError
from models.letters import LetterKind
from models.plans import PlanDossier
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.reporting import Reporting
from tests.services.stage import at

NOW = at((26, 6), "09:00")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def numbered(reporting: Reporting) -> Reporting:
    """The report is approved and has its number."""
    reporting.report()
    reporting.assemble()
    reporting.decide()
    reporting.number()
    return reporting


@pytest.mark.slow
def test_a_file_altered_on_disk_stops_the_dispatch_and_is_told(
    numbered: Reporting, mailroom: Mailroom, tmp_path: Path
) -> None:
    for path in (path for path in (tmp_path / "blobs").rglob("*") if path.is_file()):
        path.write_bytes(path.read_bytes() + b" ")
    for _ in range(2):
        with pytest.raises(RefusedError, match=r"đã bị thay đổi.*khôi phục"):
            numbered.dispatch(now=NOW)
    assert mailroom.rows(LetterKind.DISPATCH) == []
    assert "đã bị thay đổi" in mailroom.alarms()[AlarmKind.REPORT]
