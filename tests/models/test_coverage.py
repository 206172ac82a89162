from datetime import datetime, timedelta

import pytest

from models.coverage import coverage_of
from models.obligations import Obligation, ObligationState, Standing
from models.periodic_tables import Progress, progress_of
from models.plans import RequirementKind
from tests.report_samples import AS_OF, UNITS, dossier


def obligation(
    unit_id: str,
    state: ObligationState,
    *,
    requirement: str = "BC",
    received: datetime | None = None,
) -> Obligation:
    return Obligation(
        id=f"kh/{requirement}/{unit_id}/1", plan_id="kh", requirement_id=requirement, kind=RequirementKind.UNIT_REPORT,
        unit_id=unit_id, period="1", phase_id="P1", state=state, opened_at=AS_OF - timedelta(days=20),
        due_at=AS_OF, first_received_at=received,
    )  # fmt: skip


S = ObligationState


def test_each_unit_stands_in_the_list_that_its_report_puts_it_in() -> None:
    coverage = coverage_of(
        UNITS,
        [
            obligation("thon-01", S.OWED),
            obligation("kt", S.ACCEPTED, received=AS_OF),
            obligation("vhxh", S.ACCEPTED, received=AS_OF + timedelta(hours=1)),
            obligation("dt-hnd", S.WAIVED),
            obligation("th-th", S.SUBMITTED),
        ],
        nil_units=["vhxh", "thon-01"],
    )
    assert [u.unit_id for u in coverage.on_time] == ["kt"]
    assert [u.unit_id for u in coverage.late] == ["vhxh"]
    assert [u.unit_id for u in coverage.nil] == ["vhxh"]  # not the unit that has sent nothing
    assert [u.unit_id for u in coverage.missing] == ["thon-01"]
    assert [u.unit_id for u in coverage.waiting] == ["th-th"]
    assert [u.unit_id for u in coverage.waived] == ["dt-hnd"]
    assert len(coverage.expected) == 5
    assert len(coverage.owing) == 4
    assert len(coverage.sent) == 3


def test_a_unit_with_several_reports_counts_by_the_least_done() -> None:
    done = obligation("kt", S.ACCEPTED, received=AS_OF)
    coverage = coverage_of(UNITS, [done, obligation("kt", S.RETURNED, requirement="SL")])
    assert coverage.reported == ()
    assert [u.name for u in coverage.missing] == ["Phòng Kinh tế"]


def test_an_unknown_unit_is_not_covered() -> None:
    with pytest.raises(KeyError):
        coverage_of(UNITS, [obligation("xx", S.OWED)])


def test_progress_names_the_overdue_units_and_leaves_out_what_was_not_owed_yet() -> None:
    owed = [obligation(unit, S.OWED) for unit in ("thon-01", "kt", "vhxh", "th-th")]
    standings = {
        owed[0].id: Standing.OVERDUE,
        owed[1].id: Standing.DONE_LATE,
        owed[2].id: Standing.WAITING_REVIEW,
    }
    assert progress_of(dossier(), owed, standings) == (
        Progress(
            requirement_id="BC", total=3, done=1, waiting=1, due_soon=0, overdue_units=("Thôn Vịn",)
        ),
    )
