"""The reminder machine under random interleavings of all that can happen to obligations."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.calendars import read_calendar
from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.letters import LetterKind
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.reminder_forecast import consume
from models.reminder_policy import Audience
from models.reminders import ChaseItem, PlannedReminder, due_letters

CALENDAR = read_calendar()
POLICY = read_policy("default", CONFIG_FOLDER / "policies")
STARTS = CALENDAR.at(date(2026, 4, 20), time(7))  # Giỗ Tổ, 30/4 and 1/5 lie ahead
OFFICE = ((time(7, 30), time(11)), (time(13, 45), time(16, 30)))
CHOICES = 1 << 16

# Two units share a contact, one person is both contact and head, one unit has no head, and the
# coordinator's head is also head of a unit that owes.
TEAMS = (
    {Audience.CONTACT: "an", Audience.HEAD: "binh"},
    {Audience.CONTACT: "an", Audience.HEAD: "chi"},
    {Audience.CONTACT: "dung", Audience.HEAD: "dung"},
    {Audience.CONTACT: "giang"},
    {Audience.CONTACT: "hoa", Audience.HEAD: "trang"},
)
SUPERIORS = {Audience.LEADER: "cong", Audience.COORDINATOR_HEAD: "trang"}
LADDERS = ("default", "default", "default", "light", "review", "none")
STEPS = ("tick", "tick", "tick", "send", "submit", "give_back", "accept", "waive", "extend",
         "silence", "outage", "bounce")  # fmt: skip


class World:
    """A commune in small: what the services would do around the pure machine."""

    def __init__(self, dice: Sequence[int]) -> None:
        self.dice = iter(dice)
        self.now = STARTS
        self.items = {f"o{n}": self.opened(n) for n in range(2 + self.roll(5))}
        self.reminded: dict[str, frozenset[date]] = {}
        self.queue: list[PlannedReminder] = []
        self.planned: set[tuple[str, str]] = set()
        self.delivered: list[tuple[str, datetime]] = []

    def roll(self, sides: int) -> int:
        return next(self.dice, 0) % sides

    def play(self) -> None:
        for _ in range(12 + self.roll(30)):
            getattr(self, STEPS[self.roll(len(STEPS))])()

    def opened(self, n: int) -> ChaseItem:
        due_day = STARTS.date() + timedelta(days=self.roll(25))
        kind = RequirementKind.UNIT_REPORT
        stops = due_day + timedelta(days=4 + self.roll(9)) if self.roll(2) else None
        return ChaseItem(
            obligation=Obligation(
                id=f"o{n}", plan_id=f"p{n % 2}", requirement_id="r", kind=kind, unit_id=f"u{n}",
                period="1", phase_id="p3", state=ObligationState.OWED,
                opened_at=STARTS - timedelta(days=self.roll(20)), due_at=CALENDAR.close_of(due_day),
            ),
            ladder=LADDERS[self.roll(len(LADDERS))],
            chase_until=stops,
            recipients=TEAMS[self.roll(len(TEAMS))] | SUPERIORS,
        )  # fmt: skip

    def pick(self, *states: ObligationState) -> ChaseItem | None:
        found = [i for i in self.items.values() if i.obligation.state in states]
        return found[self.roll(len(found))] if found else None

    def change(self, item: ChaseItem, obligation: dict[str, object], **rest: object) -> None:
        changed = item.obligation.model_copy(update=obligation)
        self.items[changed.id] = item.model_copy(update={"obligation": changed, **rest})

    def submit(self) -> None:
        if item := self.pick(ObligationState.OWED, ObligationState.RETURNED):
            self.change(item, {"state": ObligationState.SUBMITTED})

    def give_back(self) -> None:
        if item := self.pick(ObligationState.SUBMITTED):
            until = CALENDAR.close_of(CALENDAR.day_of(self.now) + timedelta(days=1 + self.roll(6)))
            self.change(
                item,
                {
                    "state": ObligationState.RETURNED,
                    "returns": item.obligation.returns + 1,
                    "return_due_at": until,
                },
                since=self.now,
            )

    def accept(self) -> None:
        if item := self.pick(ObligationState.SUBMITTED):
            self.change(item, {"state": ObligationState.ACCEPTED})

    def waive(self) -> None:
        if (item := self.pick(ObligationState.OWED)) and self.roll(3) == 0:
            self.change(item, {"state": ObligationState.WAIVED})

    def extend(self) -> None:
        if item := self.pick(ObligationState.OWED, ObligationState.RETURNED):
            later = max(self.now, item.obligation.effective_due_at) + timedelta(days=1)
            until = CALENDAR.close_of(CALENDAR.day_of(later) + timedelta(days=self.roll(8)))
            returned = item.obligation.state is ObligationState.RETURNED
            name = "return_due_at" if returned else "extended_to"
            self.change(item, {name: until, "extended_at": self.now})

    def silence(self) -> None:
        if item := self.pick(ObligationState.OWED, ObligationState.RETURNED):
            self.change(item, {}, paused_until=self.now + timedelta(days=self.roll(5), hours=3))

    def bounce(self) -> None:
        if item := self.pick(ObligationState.OWED, ObligationState.RETURNED):
            audience = (Audience.CONTACT, Audience.HEAD)[self.roll(2)]
            others = {a: r for a, r in item.recipients.items() if a is not audience}
            self.change(item, {}, recipients=others | {audience: f"new{self.roll(2)}"})

    def outage(self) -> None:
        self.now += timedelta(hours=12 * self.roll(20), minutes=self.roll(720))

    def tick(self) -> None:
        self.now = (
            self.next_round() if self.roll(4) else self.now + timedelta(minutes=self.roll(1800))
        )
        letters = self.due()
        for letter in letters:
            self.check_planned(letter)
            self.reminded[letter.recipient] = self.reminded.get(letter.recipient, frozenset()) | {
                letter.day
            }
            consume(self.items, letter)
        self.queue += letters
        if self.is_office_time(self.now):
            again = self.due()
            assert not [x for x in again if x.send_at == self.now], "a second round adds nothing"
        if self.roll(3):
            self.send()

    def next_round(self) -> datetime:
        today = self.today()
        slots = [
            CALENDAR.at(day, hour)
            for day in (today, CALENDAR.next_working_day(today))
            for hour in POLICY.slots.values()
        ]
        return next(at for at in slots if at > self.now)

    def due(self) -> tuple[PlannedReminder, ...]:
        return due_letters(
            tuple(self.items.values()), policy=POLICY, calendar=CALENDAR, now=self.now,
            reminded=self.reminded,
        )  # fmt: skip

    def send(self) -> None:
        leaving = [x for x in self.queue if x.send_at <= self.now]
        self.queue = [x for x in self.queue if x.send_at > self.now]
        for letter in leaving:
            # The claim reads the states again, and a letter that is too late expires.
            owing = [i for i in letter.items if self.items[i.obligation_id].obligation.is_open]
            if owing and self.is_office_time(self.now) and self.today() == letter.day:
                self.delivered.append((letter.recipient, self.now))

    def today(self) -> date:
        return CALENDAR.day_of(self.now)

    def is_office_time(self, at: datetime) -> bool:
        hour = at.astimezone(CALENDAR.zone).time()
        in_hours = any(opens <= hour < closes for opens, closes in OFFICE)
        return in_hours and CALENDAR.is_working_day(CALENDAR.day_of(at))

    def check_planned(self, letter: PlannedReminder) -> None:
        assert letter.send_at >= self.now
        assert self.is_office_time(letter.send_at), "outside office hours or on a day off"
        assert letter.day == CALENDAR.day_of(letter.send_at)
        assert letter.day not in self.reminded.get(letter.recipient, ()), "twice a day"
        reports = {i.kind is LetterKind.LEADER_INFORMED for i in letter.items}
        assert len(reports) == 1, "a report to the leader mixed with requests to a unit"
        ids = [i.obligation_id for i in letter.items]
        assert len(ids) == len(set(ids)), "an obligation twice in one letter"
        for one in (*letter.items, *letter.superseded):
            assert (one.obligation_id, one.key) not in self.planned, "a rung twice"
            self.planned.add((one.obligation_id, one.key))
        for one in letter.items:
            item = self.items[one.obligation_id]
            assert item.obligation.is_open, "a letter to a unit that owes nothing"
            assert item.recipients[one.audience] == letter.recipient
            assert item.chase_until is None or letter.day < item.chase_until
            assert item.paused_until is None or item.paused_until <= letter.send_at
            overdue = letter.send_at > item.obligation.effective_due_at
            early = one.kind in {"E02", "E03", "E04", "E05"}
            assert early != overdue, "before the deadline only early rungs, after it never"

    def check_sent(self) -> None:
        days = [(recipient, CALENDAR.day_of(at)) for recipient, at in self.delivered]
        assert len(days) == len(set(days)), "two reminders a day to one recipient"
        assert all(self.is_office_time(at) for _, at in self.delivered)


def play(dice: Sequence[int]) -> World:
    world = World(dice)
    world.play()
    world.check_sent()
    return world


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, CHOICES - 1), max_size=200))
def test_no_interleaving_breaks_a_promise(dice: list[int]) -> None:
    play(dice)


def interleavings(count: int, seed: int) -> tuple[int, int]:
    chance = random.Random(seed)
    worlds = [play([chance.randrange(CHOICES) for _ in range(200)]) for _ in range(count)]
    return sum(len(w.planned) for w in worlds), sum(len(w.delivered) for w in worlds)


@pytest.mark.slow
def test_the_random_world_does_chase() -> None:
    planned, delivered = interleavings(200, seed=2026)
    assert planned > 1000
    assert delivered > 50


@pytest.mark.slow
@pytest.mark.no_cover  # the two above run the same lines, and traced this takes half a minute more
def test_ten_thousand_interleavings_break_no_promise() -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - a failing run is repeated by its seed
    planned, delivered = interleavings(10_000, seed)
    print(f"{planned} rungs consumed, {delivered} letters delivered")  # noqa: T201 - tells how much was tried
    assert delivered > 1000
