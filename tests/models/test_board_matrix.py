"""The board on one sheet: a letter for one thing, counts for several, nothing where none is owed."""

from datetime import UTC, datetime

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.board_matrix import LETTERS, matrix_of
from models.boards import BoardRow
from models.obligations import ObligationState, Standing
from models.plans import RequirementKind

PLAN = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml").plan
KINDS = {one.id: one.kind for one in PLAN.requirements}


def row(unit: str, requirement: str, period: str, standing: Standing) -> BoardRow:
    return BoardRow(
        obligation_id=f"{PLAN.id}/{requirement}/{unit}/{period}", unit_id=unit, unit_name=unit,
        unit_order=1, requirement_id=requirement, requirement_name=requirement, product="x",
        kind=KINDS[requirement], phase_id="P1", due_at=datetime(2026, 6, 22, tzinfo=UTC),
        state=ObligationState.OWED, standing=standing, text="x", received_at=None, version=0,
        returns=0, reminders=0, unreachable=unit == "thon-01",
    )  # fmt: skip


def test_each_cell_tells_what_stands_there() -> None:
    rows = [
        row("vp", "RS", "dt-hnd:1", Standing.OVERDUE),
        row("vp", "RS", "dt-hnd:2", Standing.DUE_SOON),
        row("vp", "RS", "dt-pn:1", Standing.OVERDUE),
        row("vhxh", "BCDK", "1", Standing.DONE_LATE),
        row("vhxh", "BCDK", "2", Standing.IN_TIME),
        row("thon-01", "PSL", "1", Standing.WAIVED),
    ]
    found = matrix_of(rows, PLAN)
    labels = [column.label for column in found.columns]
    assert labels == ["RS", "BCDK 1", "BCDK 2", "PSL"]  # by phase; what nobody owes is left out
    assert [line.cells for line in found.lines] == [
        ("1S 2Q", "", "", ""), ("", "M", "H", ""), ("", "", "", "X"),
    ]  # fmt: skip
    assert [line.unreachable for line in found.lines] == [False, False, True]


def test_every_standing_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(Standing)
    assert len(set(LETTERS.values())) == len(Standing)
    assert KINDS["RS"] is RequirementKind.COMPLIANCE_REVIEW


def test_a_plan_that_asks_nothing_has_an_empty_sheet() -> None:
    assert matrix_of([], PLAN).lines == ()
