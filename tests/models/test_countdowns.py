"""The countdown: the last safe hours, and that nothing which blocks is ever left out."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.calendars import read_calendar
from models.countdowns import (
    BlockerKind,
    Countdown,
    LastSafe,
    ReportFacts,
    Stage,
    blockers_of,
    last_safe_hours,
)
from tests.services.stage import at

CALENDAR = read_calendar()
DEADLINE = at((29, 6), "17:00")  # Monday: "trước ngày 30/6/2026"
HOURS = last_safe_hours(DEADLINE, CALENDAR)
NOW = at((24, 6), "08:00")


def test_the_hours_are_counted_back_a_step_a_working_day() -> None:
    assert (
        LastSafe(
            assemble=at((25, 6), "11:30"), sign_off=at((25, 6), "17:00"),
            decide=at((26, 6), "15:00"), number=at((26, 6), "17:00"),
            dispatch=at((29, 6), "15:00"), confirm=DEADLINE,
        )
        == HOURS
    )  # fmt: skip


@given(st.dates(min_value=at((1, 1)).date(), max_value=at((31, 12)).date()))
def test_each_step_is_safe_before_the_next_and_falls_on_a_working_day(day: object) -> None:
    deadline = CALENDAR.close_of(CALENDAR.roll_back(day))  # type: ignore[arg-type]  # a date
    found = last_safe_hours(deadline, CALENDAR)
    hours = [found.of(stage) for stage in Stage]
    assert hours == sorted(hours)
    assert len(set(hours)) == len(hours)
    assert all(CALENDAR.is_working_day(CALENDAR.day_of(hour)) for hour in hours)
    numbered, sent = CALENDAR.day_of(found.number), CALENDAR.day_of(found.dispatch)
    assert CALENDAR.working_days_between(numbered, sent) == 1  # Điều 18.1: the next working day


def test_what_is_past_its_hour_is_told_so() -> None:
    facts = ReportFacts(version=1, unsigned=("thể thức",))
    before = blockers_of(facts, HOURS, now=HOURS.sign_off)
    after = blockers_of(facts, HOURS, now=at((25, 6), "17:01"))
    assert not any(one.is_past for one in before)
    assert [one.kind for one in after if one.is_past] == [BlockerKind.UNSIGNED_OFF]
    assert "ĐÃ QUÁ giờ an toàn 17 giờ 00" in after[0].line
    assert "chậm nhất 17 giờ 00" in before[0].line


def test_nothing_blocks_a_report_that_was_received() -> None:
    done = ReportFacts(version=1, is_approved=True, is_numbered=True, is_dispatched=True)
    assert blockers_of(done, HOURS, now=NOW) == ()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (ReportFacts(), "Chưa tổng hợp dự thảo"),
        (ReportFacts(version=2, is_returned=True), "lần 2 bị trả lại"),
        (ReportFacts(version=2, is_outdated=True), "cần tổng hợp lại"),
        (ReportFacts(version=2, is_passed_on=True), "Chủ tịch chưa phê duyệt"),
        (ReportFacts(missing_units=tuple("abcd")), "4 đơn vị chưa gửi báo cáo: a; b; c …"),
        (ReportFacts(is_dispatched=True, unconfirmed=("Sở",)), "Sở chưa xác nhận"),
    ],
)
def test_a_blocker_says_what_is_wanting(facts: ReportFacts, words: str) -> None:
    assert any(words in one.text for one in blockers_of(facts, HOURS, now=NOW))


def test_it_is_shown_near_the_deadline_or_once_a_draft_exists() -> None:
    def shown(days: int, version: int | None) -> bool:
        return Countdown(
            plan_id="p", as_of=NOW, deadline=DEADLINE, working_days_left=days, hours=HOURS,
            facts=ReportFacts(version=version), blockers=(),
        ).is_near  # fmt: skip

    assert (shown(30, None), shown(5, None), shown(30, 1)) == (False, True, True)


# A campaign as a few switches: each act changes the world, and the world is told as facts.
Act = Callable[[dict[str, bool]], None]


def assemble(world: dict[str, bool]) -> None:
    if not world["approved"]:
        world |= {"drafted": True, "outdated": False, "returned": False, "content": False,
                  "form": False}  # fmt: skip


def accept(world: dict[str, bool]) -> None:
    world |= {"missing": False, "waiting": False, "outdated": world["drafted"]}


def set_to(name: str, *, value: bool = True, needs: str = "drafted") -> Act:
    def act(world: dict[str, bool]) -> None:
        if world[needs]:
            world[name] = value

    return act


def approve(world: dict[str, bool]) -> None:
    ready = world["drafted"] and world["content"] and world["form"] and not world["returned"]
    world["approved"] = world["approved"] or ready


ACTS: dict[str, Act] = {
    "assemble": assemble,
    "accept": accept,
    "wait": set_to("waiting", needs="missing"),
    "give back": set_to("open_return", needs="missing"),
    "mend": set_to("open_return", value=False, needs="missing"),
    "content": set_to("content"),
    "form": set_to("form"),
    "return": set_to("returned"),
    "approve": approve,
    "number": set_to("numbered", needs="approved"),
    "dispatch": set_to("dispatched", needs="numbered"),
    "confirm": set_to("confirmed", needs="dispatched"),
}
SWITCHES = ("missing", "waiting", "open_return", "drafted", "outdated", "content", "form",
            "returned", "approved", "numbered", "dispatched", "confirmed")  # fmt: skip


def facts_of(world: dict[str, bool]) -> ReportFacts:
    unsigned = [word for word in ("content", "form") if not world[word]]
    return ReportFacts(
        missing_units=("A",) if world["missing"] else (),
        waiting_units=("B",) if world["waiting"] else (),
        returned_units=("C",) if world["open_return"] else (),
        version=1 if world["drafted"] else None,
        is_outdated=world["outdated"],
        unsigned=tuple(unsigned) if world["drafted"] else (),
        is_returned=world["returned"],
        is_approved=world["approved"],
        is_numbered=world["numbered"],
        is_dispatched=world["dispatched"],
        unconfirmed=("D",) if world["dispatched"] and not world["confirmed"] else (),
    )


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=30))
def test_no_order_of_events_makes_a_blocker_vanish_while_it_holds(acts: list[str]) -> None:
    world = dict.fromkeys(SWITCHES, False) | {"missing": True}
    for act in acts:
        ACTS[act](world)
        open_ = not world["approved"]
        holds = {
            BlockerKind.MISSING_UNITS: open_ and world["missing"],
            BlockerKind.WAITING_REVIEWS: open_ and world["waiting"],
            BlockerKind.OPEN_RETURNS: open_ and world["open_return"],
            BlockerKind.UNASSEMBLED: open_
            and (not world["drafted"] or world["outdated"] or world["returned"]),
            BlockerKind.UNSIGNED_OFF: open_
            and world["drafted"]
            and not (world["content"] and world["form"]),
            BlockerKind.UNDECIDED: open_,
            BlockerKind.UNNUMBERED: not world["numbered"],
            BlockerKind.UNDISPATCHED: not world["dispatched"],
            BlockerKind.UNCONFIRMED: not world["confirmed"],
        }
        found = [one.kind for one in blockers_of(facts_of(world), HOURS, now=NOW)]
        assert found == [kind for kind in BlockerKind if holds[kind]]
