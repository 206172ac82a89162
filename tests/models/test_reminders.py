"""The reminder machine: ladders of domain.md 1.5 and 4.5, one rule at a time."""

from collections.abc import Mapping
from datetime import date, datetime, time

import pytest

from adapters.calendars import read_calendar
from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.letters import LetterKind
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.reminder_forecast import forecast
from models.reminder_policy import Audience
from models.reminders import ChaseItem, PlannedReminder, due_letters

CALENDAR = read_calendar()
POLICY = read_policy("default", CONFIG_FOLDER / "policies")
MORNING, AFTERNOON = time(7, 30), time(14)
PEOPLE = {
    Audience.CONTACT: "contact",
    Audience.HEAD: "head",
    Audience.LEADER: "leader",
    Audience.COORDINATOR_HEAD: "coordinator",
}


def at(month: int, day: int, hour: time = MORNING) -> datetime:
    return CALENDAR.at(date(2026, month, day), hour)


def owed(**changes: object) -> Obligation:
    return Obligation(
        id="p/r/u/1", plan_id="p", requirement_id="r", kind=RequirementKind.UNIT_REPORT,
        unit_id="u", period="1", phase_id="p3", state=ObligationState.OWED,
        opened_at=at(5, 18), due_at=at(6, 22, time(17)),
    ).model_copy(update=changes)  # fmt: skip


def chased(obligation: Obligation | None = None, **changes: object) -> ChaseItem:
    item = ChaseItem(obligation=obligation or owed(), ladder="default", recipients=PEOPLE)
    return item.model_copy(update=changes)


def due(
    *items: ChaseItem, now: datetime, reminded: Mapping[str, frozenset[date]] | None = None
) -> tuple[PlannedReminder, ...]:
    return due_letters(items, policy=POLICY, calendar=CALENDAR, now=now, reminded=reminded or {})


def played(*items: ChaseItem, until: datetime) -> tuple[PlannedReminder, ...]:
    return forecast(
        items, policy=POLICY, calendar=CALENDAR, now=at(5, 18, time(8)), until=until, reminded={}
    )


def told(letters: tuple[PlannedReminder, ...]) -> list[tuple[str, str, str, str]]:
    return [
        (f"{x.send_at:%d/%m %H:%M}", x.recipient, x.kind.value, "+".join(i.rung for i in x.items))
        for x in letters
    ]


@pytest.mark.parametrize(
    ("due_on", "days"),
    [
        (date(2026, 5, 29), ["22/05", "26/05", "28/05", "29/05", "01/06", "02/06", "03/06"]),
        (date(2026, 6, 1), ["25/05", "27/05", "29/05", "01/06", "02/06", "03/06", "04/06"]),
        (date(2026, 6, 16), ["09/06", "11/06", "15/06", "16/06", "17/06", "18/06", "19/06"]),
        (date(2026, 6, 22), ["15/06", "17/06", "19/06", "22/06", "23/06", "24/06", "25/06"]),
        (date(2026, 6, 29), ["22/06", "24/06", "26/06", "29/06", "30/06", "01/07", "02/07"]),
    ],
)
def test_the_timetable_of_the_plan_comes_out(due_on: date, days: list[str]) -> None:
    item = chased(owed(due_at=CALENDAR.close_of(due_on)))
    letters = played(item, until=CALENDAR.close_of(CALENDAR.add_working_days(due_on, 3)))
    assert list(dict.fromkeys(f"{x.day:%d/%m}" for x in letters)) == days
    firsts = [x.kind for x in letters if x.recipient in {"contact", "leader"}]
    assert firsts == ["E02", "E03", "E04", "E05", "E06", "E07", "E09"]


def test_silence_escalates_step_by_step() -> None:
    item = chased(chase_until=date(2026, 6, 29))
    assert told(played(item, until=at(7, 10))) == [
        ("15/06 07:30", "contact", "E02", "T-7"),
        ("17/06 07:30", "contact", "E03", "T-3"),
        ("19/06 07:30", "contact", "E04", "T-1"),
        ("22/06 07:30", "contact", "E05", "T"),
        ("23/06 07:30", "contact", "E06", "T+1"),
        ("23/06 14:00", "head", "E08", "T+1pm"),
        ("24/06 07:30", "contact", "E07", "T+2"),
        ("24/06 07:30", "head", "E07", "T+2"),
        ("25/06 07:30", "coordinator", "E09", "T+3"),
        ("25/06 07:30", "leader", "E09", "T+3"),
        ("26/06 07:30", "head", "E07", "T+4"),
    ]


def test_the_head_is_asked_each_working_day_until_the_chase_stops() -> None:
    item = chased(chase_until=date(2026, 7, 1))
    late = [x.items[0] for x in played(item, until=at(7, 10)) if x.day >= date(2026, 6, 26)]
    assert [(i.rung, i.number) for i in late] == [("T+4", 3), ("T+5", 4), ("T+6", 5)]


@pytest.mark.parametrize(
    ("ladder", "expected"),
    [
        ("light", ["T-1:contact", "T+1:contact", "T+2:head"]),
        ("review", ["T:contact", "T+1:head"]),
        ("none", []),
    ],
)
def test_other_ladders_are_gentler(ladder: str, expected: list[str]) -> None:
    letters = played(chased(ladder=ladder), until=at(7, 10))
    assert [f"{x.items[0].rung}:{x.recipient}" for x in letters] == expected


@pytest.mark.parametrize("state", [s for s in ObligationState if s not in {"owed", "returned"}])
def test_a_unit_that_owes_nothing_is_left_alone(state: ObligationState) -> None:
    assert due(chased(owed(state=state)), now=at(6, 24)) == ()


def test_after_an_outage_only_the_latest_rung_fires() -> None:
    letters = {x.recipient: x for x in due(chased(), now=at(6, 24, time(9)))}
    assert sorted(letters) == ["contact", "head"]
    assert [i.rung for i in letters["contact"].items] == ["T+2"]
    overtaken = [i.rung for i in letters["contact"].superseded]
    assert overtaken == ["T-7", "T-3", "T-1", "T", "T+1"]
    assert [i.rung for i in letters["head"].superseded] == ["T+1pm"]


def test_a_rung_once_consumed_does_not_let_an_older_one_fire() -> None:
    assert due(chased(consumed=frozenset({"T-1/contact"})), now=at(6, 19, time(9))) == ()


def test_reminders_before_the_deadline_never_follow_it() -> None:
    assert due(chased(), now=at(6, 22, time(16, 29)))
    short = chased(owed(due_at=at(6, 22, time(11, 30))))
    assert due(short, now=at(6, 22, time(14))) == ()


def test_rungs_before_the_opening_never_existed() -> None:
    item = chased(owed(opened_at=at(6, 17, time(9))))
    assert due(item, now=at(6, 18, time(9))) == ()
    assert [x.items[0].rung for x in due(item, now=at(6, 19))] == ["T-1"]


def test_a_pause_rests_the_ladder_until_its_end() -> None:
    item = chased(paused_until=at(6, 24))
    assert due(item, now=at(6, 23, time(9))) == ()
    assert {i.rung for x in due(item, now=at(6, 24)) for i in x.items} == {"T+2"}


@pytest.mark.parametrize(
    ("now", "send_at"),
    [
        (at(6, 23, time(11)), at(6, 23, time(13, 45))),
        (at(6, 23, time(16, 29)), at(6, 23, time(16, 29))),
        (at(6, 24, time(7)), at(6, 24)),
        (at(6, 26, time(16, 30)), at(6, 29)),
        (at(6, 27, time(9)), at(6, 29)),
    ],
)
def test_what_falls_outside_the_windows_is_held_for_the_next(
    now: datetime, send_at: datetime
) -> None:
    letter = next(x for x in due(chased(), now=now) if x.recipient == "contact")
    assert (letter.send_at, letter.day) == (send_at, send_at.date())


def test_a_held_letter_says_what_holds_when_it_leaves() -> None:
    (letter,) = due(chased(), now=at(6, 19, time(17)))
    assert (letter.send_at, letter.kind) == (at(6, 22), LetterKind.REMIND_TODAY)
    assert [i.rung for i in letter.superseded] == ["T-7", "T-3", "T-1"]


def test_a_letter_held_past_its_deadline_or_the_chase_is_not_sent() -> None:
    friday = at(6, 19, time(17))
    assert due(chased(owed(due_at=friday), ladder="review"), now=at(6, 19, time(16, 45))) == ()
    assert due(chased(chase_until=date(2026, 6, 22)), now=friday) == ()


def test_nobody_is_reminded_twice_a_day() -> None:
    (letter,) = due(chased(), now=at(6, 17), reminded={"contact": frozenset({date(2026, 6, 17)})})
    assert letter.send_at == at(6, 18)
    both = frozenset({date(2026, 6, 17), date(2026, 6, 18)})
    (letter,) = due(chased(), now=at(6, 17), reminded={"contact": both})
    assert (letter.send_at, letter.items[0].rung) == (at(6, 19), "T-1")


def test_one_letter_lists_all_that_is_due_across_plans() -> None:
    other = owed(id="q/r/u/1", plan_id="q", due_at=at(6, 18, time(17)))
    (letter,) = due(chased(), chased(other), now=at(6, 17))
    assert letter.kind is LetterKind.REMIND_TOMORROW
    assert [i.obligation_id for i in letter.items] == ["q/r/u/1", "p/r/u/1"]


def test_the_leader_gets_one_letter_for_all_units() -> None:
    items = [chased(owed(id=f"p/r/u{n}/1", unit_id=f"u{n}")) for n in range(3)]
    letters = [x for x in due(*items, now=at(6, 25)) if x.recipient == "leader"]
    assert [len(x.items) for x in letters] == [3]


def test_a_report_to_the_leader_goes_first_and_alone() -> None:
    reported = chased()
    own = chased(
        owed(id="p/r/vhxh/1", due_at=at(6, 26, time(17))),
        recipients={Audience.CONTACT: "coordinator"},
    )
    letter = next(x for x in due(reported, own, now=at(6, 25)) if x.recipient == "coordinator")
    assert {i.kind for i in letter.items} == {LetterKind.LEADER_INFORMED}
    taken = {"coordinator": frozenset({date(2026, 6, 25)})}
    spent = chased(consumed=frozenset({"T+3/coordinator_head"}))
    later = [
        x for x in due(spent, own, now=at(6, 25, time(8)), reminded=taken)
        if x.recipient == "coordinator"
    ]  # fmt: skip
    assert [(x.send_at, x.items[0].rung) for x in later] == [(at(6, 26), "T")]


def test_one_person_in_two_roles_is_told_once() -> None:
    item = chased(recipients={Audience.CONTACT: "head", Audience.HEAD: "head"})
    (letter,) = due(item, now=at(6, 24))
    assert [(i.rung, i.audience) for i in letter.items] == [("T+2", Audience.HEAD)]
    assert ("T+2", Audience.CONTACT) in [(i.rung, i.audience) for i in letter.superseded]


def test_an_unreachable_contact_leaves_the_head_to_be_told() -> None:
    item = chased(recipients={Audience.HEAD: "head"})
    assert due(item, now=at(6, 23)) == ()
    assert [x.recipient for x in due(item, now=at(6, 23, AFTERNOON))] == ["head"]


def test_a_returned_product_climbs_its_own_ladder() -> None:
    returned = owed(state=ObligationState.RETURNED, returns=1, return_due_at=at(6, 25, time(17)))
    item = chased(returned, since=at(6, 23, time(9)), consumed=frozenset({"T-1/contact"}))
    assert due(item, now=at(6, 23, time(10))) == ()
    (letter,) = due(item, now=at(6, 24))
    assert letter.items[0].rung == "r1:x2026-06-25:T-1"


def test_an_extension_starts_its_own_ladder() -> None:
    sent = frozenset(f"{rung}/contact" for rung in ("T-7", "T-3", "T-1"))
    extended = owed(extended_to=at(6, 26, time(17)), extended_at=at(6, 22, time(9)))
    item = chased(extended, consumed=sent)
    assert due(item, now=at(6, 22, time(10))) == ()
    (letter,) = due(item, now=at(6, 23))
    assert letter.items[0].rung == "x2026-06-26:T-3"


def test_a_deadline_on_a_day_off_is_reminded_before_it_and_chased_after_it() -> None:
    item = chased(owed(due_at=at(6, 27, time(17))))
    days = {x.items[0].rung: f"{x.day:%d/%m}" for x in played(item, until=at(6, 29))}
    assert days == {"T-7": "19/06", "T-3": "23/06", "T-1": "25/06", "T": "26/06", "T+1": "29/06"}


def test_a_long_outage_names_every_turn_it_overtook() -> None:
    item = chased(consumed=frozenset({"T+4/head"}))
    head = next(x for x in due(item, now=at(6, 30)) if x.recipient == "head")
    assert [i.rung for i in head.items] == ["T+6"]
    assert [i.rung for i in head.superseded] == ["T+1pm", "T+2", "T+5"]


def test_letters_come_in_the_same_order_whatever_the_order_of_items() -> None:
    items = [
        chased(owed(id=f"p/r/u{n}/1"), recipients={Audience.CONTACT: f"c{n % 2}"}) for n in range(6)
    ]
    assert due(*items, now=at(6, 17)) == due(*reversed(items), now=at(6, 17))


def test_a_forecast_starts_with_what_is_due_already() -> None:
    letters = forecast(
        [chased()], policy=POLICY, calendar=CALENDAR, now=at(6, 17, time(9)),
        until=at(6, 19), reminded={},
    )  # fmt: skip
    assert told(letters) == [
        ("17/06 09:00", "contact", "E03", "T-3"),
        ("19/06 07:30", "contact", "E04", "T-1"),
    ]
