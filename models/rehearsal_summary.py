"""The summary of a rehearsal: what happened, counted from its board and timeline."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from models.boards import Board
from models.obligations import ObligationState, Standing
from models.plans import RequirementKind
from models.timelines import TimelineKind, TimelineRow
from models.values import Value

REPORTS = frozenset({RequirementKind.UNIT_REPORT, RequirementKind.VILLAGE_SHEET})


class ReportFigures(Value):
    """How the units' reports came in; names in the board's order."""

    on_time: tuple[str, ...]
    late: tuple[str, ...]
    nil: tuple[str, ...]
    missing: tuple[str, ...]


class Summary(Value):
    """What a rehearsal did; ``seconds`` and ``flow_runs`` count every attempt to play it."""

    plan_id: str
    scenario_id: str
    issued_on: date
    letters: dict[str, int]  # accepted letters by kind
    letter_states: dict[str, int]
    submissions: int
    returns: int
    obligations: int
    done_on_time: int
    done_late: int
    open: int
    reports: ReportFigures
    report_versions: int
    report_number: int | None
    report_sha256: str | None  # of the content, the same by whichever way the answers came
    decided_at: datetime | None
    dispatched_at: datetime | None
    received_at: datetime | None
    plan_state: str
    flow_runs: int
    seconds: float
    files: tuple[str, ...]


def report_figures(board: Board, timeline: Sequence[TimelineRow]) -> ReportFigures:
    """Return which units reported on time, late, nil or not at all."""
    rows = [row for row in board.rows if row.kind in REPORTS]
    nil = {r.obligation for r in timeline if r.kind is TimelineKind.SUBMISSION and r.what == "nil"}

    def names(*standings: Standing) -> tuple[str, ...]:
        return tuple(row.unit_name for row in rows if row.standing in standings)

    done = {Standing.DONE_ON_TIME, Standing.DONE_LATE, Standing.WAIVED}
    return ReportFigures(
        on_time=names(Standing.DONE_ON_TIME),
        late=names(Standing.DONE_LATE),
        nil=tuple(row.unit_name for row in rows if row.obligation_id in nil),
        missing=tuple(row.unit_name for row in rows if row.standing not in done),
    )


def letter_counts(timeline: Sequence[TimelineRow]) -> dict[str, int]:
    """Return how many letters of each kind were accepted, by kind."""
    letters = (r for r in timeline if r.kind is TimelineKind.LETTER and r.state == "accepted")
    return dict(sorted(Counter(row.what for row in letters).items()))


def letter_states(timeline: Sequence[TimelineRow]) -> dict[str, int]:
    """Return how many letters ended in each state."""
    letters = (r for r in timeline if r.kind is TimelineKind.LETTER)
    return dict(sorted(Counter(row.state or "" for row in letters).items()))


def last_instant(timeline: Sequence[TimelineRow], kind: TimelineKind) -> datetime | None:
    """Return when that kind of thing happened last; None when it never did."""
    return max((row.instant for row in timeline if row.kind is kind), default=None)


def open_rows(board: Board) -> int:
    """Return how many obligations nobody has ended."""
    ended = {ObligationState.ACCEPTED, ObligationState.WAIVED}
    return sum(row.state not in ended for row in board.rows)
