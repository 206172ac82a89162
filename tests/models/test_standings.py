"""How obligations stand, in words (domain.md 7.2)."""

from datetime import date, datetime, time

import pytest

from adapters.calendars import read_calendar
from models.obligations import Obligation, ObligationState, Standing
from models.plans import RequirementKind
from models.standings import standing, standing_text

CALENDAR = read_calendar()


def june(day: int, hour: int = 8) -> datetime:
    return CALENDAR.at(date(2026, 6, day), time(hour))


def owed(**changes: object) -> Obligation:
    return Obligation(
        id="p/r/u/1", plan_id="p", requirement_id="r", kind=RequirementKind.UNIT_REPORT,
        unit_id="u", period="1", phase_id="p3", state=ObligationState.OWED,
        opened_at=june(1), due_at=june(22, 17),
    ).model_copy(update=changes)  # fmt: skip


RETURNED = {"state": ObligationState.RETURNED, "returns": 1, "return_due_at": june(24, 17)}
ACCEPTED = {"state": ObligationState.ACCEPTED}


@pytest.mark.parametrize(
    ("changes", "now", "expected", "text"),
    [
        ({}, june(15), Standing.IN_TIME, "còn 5 ngày làm việc"),
        ({}, june(17), Standing.DUE_SOON, "còn 3 ngày làm việc"),
        ({}, june(20), Standing.DUE_SOON, "còn 1 ngày làm việc"),
        ({}, june(22, 17), Standing.DUE_SOON, "đến hạn hôm nay"),
        ({}, june(22, 18), Standing.OVERDUE, "quá hạn chưa đến 1 ngày làm việc"),
        ({}, june(24), Standing.OVERDUE, "quá hạn 2 ngày làm việc"),
        ({}, june(28), Standing.OVERDUE, "quá hạn 4 ngày làm việc"),
        ({"extended_to": june(26, 17)}, june(24), Standing.DUE_SOON, "còn 2 ngày làm việc"),
        (RETURNED, june(23), Standing.RETURNED, "trả lại, hạn bổ sung 17 giờ 00 ngày 24/6/2026"),
        (RETURNED, june(25), Standing.OVERDUE, "trả lại để bổ sung, quá hạn 1 ngày làm việc"),
        ({"state": ObligationState.SUBMITTED}, june(25), Standing.WAITING_REVIEW, "chờ thẩm định"),
        (
            {"state": ObligationState.NIL},
            june(25),
            Standing.WAITING_REVIEW,
            "không phát sinh, chờ xác nhận",
        ),
        ({"state": ObligationState.WAIVED}, june(25), Standing.WAIVED, "được miễn"),
        (
            ACCEPTED | {"first_received_at": june(22, 17)},
            june(29),
            Standing.DONE_ON_TIME,
            "đúng hạn",
        ),
        (
            ACCEPTED | {"first_received_at": june(24)},
            june(29),
            Standing.DONE_LATE,
            "hoàn thành quá hạn 2 ngày làm việc",
        ),
        (ACCEPTED, june(29), Standing.DONE_LATE, "hoàn thành, chưa ghi nhận thời điểm gửi"),
    ],
)
def test_an_obligation_stands_as_its_state_and_the_instant_say(
    changes: dict[str, object], now: datetime, expected: Standing, text: str
) -> None:
    obligation = owed(**changes)
    assert standing(obligation, calendar=CALENDAR, now=now) is expected
    assert standing_text(obligation, calendar=CALENDAR, now=now) == text
