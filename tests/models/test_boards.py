"""The board counts every row once."""

from hypothesis import given
from hypothesis import strategies as st

from models.obligations import ObligationState, Standing
from tests.obligation_samples import board, board_row

DONE = {Standing.DONE_ON_TIME, Standing.DONE_LATE, Standing.WAIVED}


@given(st.lists(st.sampled_from(Standing)))
def test_the_counts_close_and_the_percentage_rounds_down(standings: list[Standing]) -> None:
    found = board(*(board_row(n, standing=s) for n, s in enumerate(standings)))
    done = sum(s in DONE for s in standings)
    assert list(found.counts()) == list(Standing)
    assert sum(found.counts().values()) == len(standings)
    assert found.done == done
    assert found.percent_done == (int(100 * done / len(standings)) if standings else 0)


def test_one_phase_is_shown_alone() -> None:
    found = board(board_row(1), board_row(2, phase_id="P1"))
    assert [row.unit_id for row in found.of_phase("P1").rows] == ["thon-02"]
    assert found.of_phase("P9").rows == ()


def test_only_units_with_something_to_send_are_owing() -> None:
    rows = [board_row(n, state=state) for n, state in enumerate(ObligationState)]
    assert {row.state for row in board(*rows).owing()} == {
        ObligationState.OWED,
        ObligationState.RETURNED,
    }
