"""A sample obligation and instants around it, for the rules of the ledger's values."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from models.boards import Board, BoardRow
from models.obligations import Obligation, ObligationState, Standing
from models.plans import RequirementKind

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day: int, hour: int = 8) -> datetime:
    """The aware instant of that hour on a day of June 2026."""
    return datetime.combine(date(2026, 6, day), time(hour), tzinfo=ZONE)


def owed(**changes: object) -> Obligation:
    """A village's sheet, opened on 1/6/2026 08:00 and due on 22/6/2026 17:00."""
    sample = Obligation(
        id="kh/PSL/thon-01/1", plan_id="kh", requirement_id="PSL",
        kind=RequirementKind.VILLAGE_SHEET, unit_id="thon-01", period="1", phase_id="P3",
        state=ObligationState.OWED, opened_at=at(1), due_at=at(22, 17),
    )  # fmt: skip
    return sample.model_copy(update=changes)


def board_row(number: int, **changes: object) -> BoardRow:
    """A row of a village's sheet, still to be sent."""
    sample = BoardRow(
        obligation_id=f"kh/PSL/thon-0{number}/1", unit_id=f"thon-0{number}",
        unit_name=f"Thôn {number}", unit_order=number, requirement_id="PSL",
        requirement_name="phiếu số liệu",
        product="phiếu số liệu của thôn", kind=RequirementKind.VILLAGE_SHEET, phase_id="P3",
        due_at=at(22, 17), state=ObligationState.OWED, standing=Standing.IN_TIME,
        text="còn 5 ngày làm việc", received_at=None, version=0, returns=0, reminders=1,
        unreachable=False,
    )  # fmt: skip
    return sample.model_copy(update=changes)


def board(*rows: BoardRow) -> Board:
    """A board of 15/6/2026 08:00."""
    return Board(plan_id="kh", plan_name="KHCN", as_of=at(15), rows=rows)
