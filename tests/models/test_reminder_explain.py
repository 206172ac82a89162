"""Why a rung was sent or not."""

from datetime import date, datetime, time

import pytest

from adapters.calendars import read_calendar
from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.reminder_explain import RungStanding, RungStatus, explain
from models.reminder_policy import Audience
from models.reminders import ChaseItem

CALENDAR = read_calendar()
POLICY = read_policy("default", CONFIG_FOLDER / "policies")
PEOPLE = {Audience.CONTACT: "contact", Audience.HEAD: "head", Audience.LEADER: "leader"}


def june(day: int, hour: time = time(7, 30)) -> datetime:
    return CALENDAR.at(date(2026, 6, day), hour)


def chased(state: ObligationState = ObligationState.OWED, **changes: object) -> ChaseItem:
    obligation = Obligation(
        id="p/r/u/1", plan_id="p", requirement_id="r", kind=RequirementKind.UNIT_REPORT,
        unit_id="u", period="1", phase_id="p3", state=state,
        opened_at=june(1), due_at=june(22, time(17)),
    )  # fmt: skip
    item = ChaseItem(obligation=obligation, ladder="default", recipients=PEOPLE)
    return item.model_copy(update=changes)


def rows(
    item: ChaseItem, now: datetime, reminded: dict[str, frozenset[date]] | None = None
) -> dict[str, RungStanding]:
    found = explain(item, policy=POLICY, calendar=CALENDAR, now=now, reminded=reminded or {})
    return {f"{r.rung}/{r.audience}": r for r in found}


@pytest.mark.parametrize(
    ("item", "now", "key", "status", "said"),
    [
        (chased(consumed=frozenset({"T-7/contact"})), june(16), "T-7/contact", "sent", "đã gửi"),
        (
            chased(consumed=frozenset({"T-7/contact"}), superseded=frozenset({"T-7/contact"})),
            june(18),
            "T-7/contact",
            "superseded",
            "bậc sau",
        ),
        (chased(), june(18), "T-7/contact", "superseded", "bậc sau"),
        (chased(), june(17), "T-3/contact", "due", "đến mốc nhắc"),
        (chased(), june(17), "T-1/contact", "future", "07 giờ 30 thứ Sáu, ngày 19/6/2026"),
        (chased(), june(17, time(12)), "T-3/contact", "held", "ngoài khung giờ"),
        (chased(), june(20, time(9)), "T-1/contact", "held", "thứ Bảy"),
        (chased(paused_until=june(23)), june(17), "T-3/contact", "paused", "tạm dừng"),
        (chased(paused_until=june(23)), june(17), "T/contact", "paused", "tạm dừng"),
        (chased(paused_until=june(23)), june(17), "T+1/contact", "future", "chưa đến"),
        (chased(chase_until=date(2026, 6, 25)), june(17), "T+3/leader", "stopped", "25/6/2026"),
        (chased(chase_until=date(2026, 6, 25)), june(26), "T+2/head", "stopped", "thôi đôn đốc"),
        (chased(), june(25), "T+3/coordinator_head", "unreachable", "địa chỉ"),
        (chased(), june(22, time(18)), "T/contact", "not_applicable", "đã qua thời hạn"),
        (chased(since=june(16)), june(17), "T-7/contact", "not_applicable", "trước thời điểm"),
        (chased(ObligationState.SUBMITTED), june(17), "T-3/contact", "stopped", "chờ thẩm định"),
        (chased(ObligationState.NIL), june(17), "T-3/contact", "stopped", "không phát sinh"),
        (chased(ObligationState.ACCEPTED), june(17), "T-3/contact", "stopped", "chấp nhận"),
        (chased(ObligationState.WAIVED), june(17), "T-3/contact", "stopped", "miễn"),
    ],
)
def test_a_rung_tells_what_became_of_it(
    *, item: ChaseItem, now: datetime, key: str, status: str, said: str
) -> None:
    row = rows(item, now)[key]
    assert (row.status, said in row.reason) == (RungStatus(status), True), row.reason


def test_a_second_letter_of_the_day_is_told_to_wait() -> None:
    taken = {"contact": frozenset({date(2026, 6, 17)})}
    row = rows(chased(), june(17), taken)["T-3/contact"]
    assert row.status is RungStatus.HELD
    assert "đã có một thư nhắc trong ngày, giữ đến 07 giờ 30 thứ Năm" in row.reason


def test_every_reason_ends_with_the_rule_of_the_calendar() -> None:
    found = rows(chased(), june(1))
    assert found["T-7/contact"].reason.endswith(
        "07 ngày (theo lịch) trước hạn thứ Hai, ngày 22/6/2026 là thứ Hai, ngày 15/6/2026"
    )
    assert "03 ngày làm việc trước hạn" in found["T-3/contact"].reason
    assert "ngày đến hạn là thứ Hai, ngày 22/6/2026" in found["T/contact"].reason
    assert "02 ngày làm việc sau hạn" in found["T+2/head"].reason


def test_holidays_skipped_are_named() -> None:
    due_at = CALENDAR.at(date(2026, 5, 4), time(17))
    obligation = chased().obligation.model_copy(
        update={"due_at": due_at, "opened_at": CALENDAR.at(date(2026, 4, 1), time(8))}
    )
    found = rows(chased(obligation=obligation), CALENDAR.at(date(2026, 4, 2), time(8)))
    assert "30/4/2026: Ngày Chiến thắng" in found["T-1/contact"].reason
    assert "lùi về ngày làm việc trước đó" in found["T-7/contact"].reason


def test_turns_are_told_to_the_end_of_the_chase_or_to_the_next_one() -> None:
    limited = rows(chased(chase_until=date(2026, 7, 1)), june(1))
    assert list(limited)[-3:] == ["T+4/head", "T+5/head", "T+6/head"]
    assert list(rows(chased(), june(29)))[-1] == "T+6/head"
    assert list(rows(chased(), june(1)))[-1] == "T+4/head"


def test_a_ladder_without_rungs_has_nothing_to_explain() -> None:
    assert rows(chased(ladder="none"), june(17)) == {}
