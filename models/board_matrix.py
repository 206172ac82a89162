"""The board on one sheet: a line for each unit, a column for each product, a letter for how."""

from collections import Counter
from collections.abc import Sequence

from models.boards import BoardRow
from models.obligations import Standing
from models.plans import Plan
from models.requirements import Requirement, RequirementKind
from models.values import Value

# One letter each, told in words below the table: a printer knows no colours.
LETTERS = {
    Standing.DONE_ON_TIME: "Đ",
    Standing.DONE_LATE: "M",
    Standing.WAITING_REVIEW: "C",
    Standing.RETURNED: "T",
    Standing.DUE_SOON: "S",
    Standing.IN_TIME: "H",
    Standing.OVERDUE: "Q",
    Standing.WAIVED: "X",
}


class MatrixColumn(Value):
    """One product of one period."""

    requirement_id: str
    period: str
    phase_id: str
    label: str
    title: str


class MatrixLine(Value):
    """One unit: for each column what stands there; several of one kind are counted."""

    unit_id: str
    unit_name: str
    unreachable: bool
    cells: tuple[str, ...]


class Matrix(Value):
    """Columns that anybody owes, by phase, and the units in the board's order."""

    columns: tuple[MatrixColumn, ...]
    lines: tuple[MatrixLine, ...]


def matrix_of(rows: Sequence[BoardRow], plan: Plan) -> Matrix:
    """Return the rows as one line for each unit; rows of one unit stand together."""
    owed = {row.requirement_id for row in rows}
    order = {phase.id: place for place, phase in enumerate(plan.phases)}
    asked = sorted(
        (one for one in plan.requirements if one.id in owed),
        key=lambda one: order.get(one.phase, len(order)),
    )
    columns = tuple(column for one in asked for column in _columns(one))
    units = dict.fromkeys(row.unit_id for row in rows)
    by_unit = {unit: [row for row in rows if row.unit_id == unit] for unit in units}
    lines = tuple(
        MatrixLine(
            unit_id=unit, unit_name=mine[0].unit_name,
            unreachable=any(row.unreachable for row in mine),
            cells=tuple(_cell(mine, column) for column in columns),
        )
        for unit, mine in by_unit.items()
    )  # fmt: skip
    return Matrix(columns=columns, lines=lines)


def _columns(requirement: Requirement) -> tuple[MatrixColumn, ...]:
    is_review = requirement.kind is RequirementKind.COMPLIANCE_REVIEW
    periods = ("",) if is_review else tuple(period.id for period in requirement.periods)
    return tuple(
        MatrixColumn(
            requirement_id=requirement.id, period=period, phase_id=requirement.phase,
            label=requirement.id + (f" {period}" if len(periods) > 1 else ""),
            title=requirement.short_name + (f" lần {period}" if len(periods) > 1 else ""),
        )
        for period in periods
    )  # fmt: skip


def _cell(rows: Sequence[BoardRow], column: MatrixColumn) -> str:
    mine = [
        row
        for row in rows
        if row.requirement_id == column.requirement_id
        and (not column.period or row.obligation_id.rpartition("/")[2] == column.period)
    ]
    if len(mine) == 1:
        return LETTERS[mine[0].standing]
    counts = Counter(row.standing for row in mine)
    found = [standing for standing in Standing if counts[standing]]
    return " ".join(f"{counts[one]}{LETTERS[one]}" for one in found)
