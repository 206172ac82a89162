"""The board as a value: rows, counts that close, and what each unit still owes."""

from collections import Counter
from datetime import datetime

from models.obligations import ObligationState, Standing
from models.plans import RequirementKind
from models.values import Value


class BoardRow(Value):
    """One obligation on the board, with the words an officer reads."""

    obligation_id: str
    unit_id: str
    unit_name: str
    unit_order: int
    requirement_id: str
    requirement_name: str
    product: str
    kind: RequirementKind
    phase_id: str
    due_at: datetime
    state: ObligationState
    standing: Standing
    text: str
    received_at: datetime | None
    version: int
    returns: int
    reminders: int
    unreachable: bool


class Board(Value):
    """How a plan stands at ``as_of``; rows by unit order, phase and deadline."""

    plan_id: str
    plan_name: str
    as_of: datetime
    rows: tuple[BoardRow, ...]

    def of_phase(self, phase_id: str) -> "Board":
        """The rows of one phase."""
        return self.model_copy(
            update={"rows": tuple(r for r in self.rows if r.phase_id == phase_id)}
        )

    def counts(self) -> dict[Standing, int]:
        """How many rows stand how; the counts add up to the number of rows."""
        found = Counter(row.standing for row in self.rows)
        return {standing: found.get(standing, 0) for standing in Standing}

    @property
    def done(self) -> int:
        """Rows with nothing left to do."""
        counts = self.counts()
        return sum(counts[s] for s in (Standing.DONE_ON_TIME, Standing.DONE_LATE, Standing.WAIVED))

    @property
    def percent_done(self) -> int:
        """Whole percent of rows done, rounded down; 0 for an empty board."""
        return 100 * self.done // len(self.rows) if self.rows else 0

    def owing(self) -> tuple[BoardRow, ...]:
        """Rows whose unit still has something to send."""
        open_states = {ObligationState.OWED, ObligationState.RETURNED}
        return tuple(row for row in self.rows if row.state in open_states)
