"""The reminder machine: which letters are due now, to whom, and when they may leave."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from models.calendars import WorkingCalendar
from models.letters import LetterKind
from models.reminder_items import (
    URGENCY_RANK,
    ChaseItem,
    PlannedReminder,
    ReminderItem,
    rung_key,
)
from models.reminder_policy import Audience, ReminderPolicy
from models.reminder_rungs import Rung, Timetable, rung_prefix

DAY = timedelta(days=1)

__all__ = ["ChaseItem", "PlannedReminder", "ReminderItem", "due_letters", "rung_key"]


Step = tuple[Rung, Audience]


class Call(NamedTuple):
    """What one obligation has to say to one recipient: steps reached, the last one counts."""

    item: ChaseItem
    prefix: str
    steps: Sequence[Step]

    @property
    def kind(self) -> LetterKind:
        """The kind of the step that counts."""
        return self.steps[-1][0].spec.kind

    @property
    def latest(self) -> ReminderItem:
        """The step that counts."""
        return self._told(self.steps[-1])

    @property
    def overtaken(self) -> Iterator[ReminderItem]:
        """The earlier steps that nobody was told."""
        for rung, audience in self.steps[:-1]:
            if rung_key(self.prefix + rung.id, audience) not in self.item.consumed:
                yield self._told((rung, audience))

    def _told(self, step: Step) -> ReminderItem:
        rung, audience = step
        return ReminderItem(
            obligation_id=self.item.obligation.id,
            rung=self.prefix + rung.id,
            audience=audience,
            kind=rung.spec.kind,
            number=rung.number,
        )


def due_letters(
    items: Sequence[ChaseItem],
    *,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
    reminded: Mapping[str, frozenset[date]],
) -> tuple[PlannedReminder, ...]:
    """Plan at most one letter for each recipient that has something due, by instant and recipient.

    ``reminded`` holds the days on which a recipient was reminded or has a reminder queued. A
    letter that must wait is planned as of the instant it leaves, so it says what holds then.
    """
    timetable = Timetable(policy, calendar)
    calls_now = _calls(items, timetable, at=now)
    turns: dict[datetime, list[str]] = defaultdict(list)
    for recipient in calls_now:
        taken = reminded.get(recipient, frozenset())
        turns[policy.send_at(now, calendar=calendar, taken=taken)].append(recipient)
    letters: list[PlannedReminder] = []
    for send_at, recipients in turns.items():
        held = send_at != now
        calls = _calls(items, timetable, at=send_at, only=set(recipients)) if held else calls_now
        day = calendar.day_of(send_at)
        letters += [_letter(r, send_at, day, calls[r]) for r in recipients if r in calls]
    return tuple(sorted(letters, key=lambda letter: (letter.send_at, letter.recipient)))


def reached_rungs(item: ChaseItem, timetable: Timetable, at: datetime) -> list[Rung]:
    """The rungs of the present ladder that have come by then, in order of their instants.

    Turns of the repeating rung that lie behind a consumed turn are left out.
    """
    calendar, starts = timetable.calendar, item.starts_at
    due_day = calendar.day_of(item.obligation.effective_due_at)
    prefix = rung_prefix(item.obligation, calendar)
    last = calendar.day_of(at)
    if item.chase_until is not None:
        last = min(last, item.chase_until - DAY)
    turns: list[Rung] = []
    for rung in timetable.repeated(item.ladder, due_day, until=last):
        if starts <= rung.at <= at:
            turns.append(rung)
            keys = (rung_key(prefix + rung.id, audience) for audience in rung.spec.audiences)
            if item.consumed.issuperset(keys):
                break
    fixed = timetable.fixed(item.ladder, due_day)
    return [r for r in fixed if starts <= r.at <= at and r.day <= last] + turns[::-1]


def is_chased(item: ChaseItem, calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether the obligation may be chased at all at that instant."""
    if not item.obligation.is_open:
        return False
    if item.paused_until is not None and at < item.paused_until:
        return False
    return item.chase_until is None or calendar.day_of(at) < item.chase_until


def _calls(
    items: Sequence[ChaseItem],
    timetable: Timetable,
    *,
    at: datetime,
    only: Collection[str] | None = None,
) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for item in items:
        if only is not None and not any(r in only for r in item.recipients.values()):
            continue
        for recipient, call in _calls_of(item, timetable, at):
            found[recipient].append(call)
    return found


def _calls_of(item: ChaseItem, timetable: Timetable, at: datetime) -> Iterator[tuple[str, Call]]:
    if not is_chased(item, timetable.calendar, at):
        return
    due = item.obligation.effective_due_at
    prefix = rung_prefix(item.obligation, timetable.calendar)
    for recipient, steps in steps_by_recipient(item, reached_rungs(item, timetable, at)).items():
        latest, audience = steps[-1]
        is_consumed = rung_key(prefix + latest.id, audience) in item.consumed
        if not is_consumed and not is_too_late(latest, due, at):
            yield recipient, Call(item, prefix, steps)


def is_too_late(rung: Rung, due: datetime, at: datetime) -> bool:
    """Whether the rung speaks of a deadline ahead that has passed by then."""
    return rung.spec.until_due and at > due


def steps_of(rungs: Sequence[Rung]) -> Iterator[Step]:
    """The steps of rungs in their order; within a rung the first audience outranks, so is last."""
    return ((rung, audience) for rung in rungs for audience in reversed(rung.spec.audiences))


def steps_by_recipient(item: ChaseItem, rungs: Sequence[Rung]) -> dict[str, list[Step]]:
    """The steps of rungs for each recipient, in their order; the last one is the one that counts.

    One person may stand for several audiences.
    """
    steps: dict[str, list[Step]] = defaultdict(list)
    for rung, audience in steps_of(rungs):
        recipient = item.recipients.get(audience)
        if recipient is not None:
            steps[recipient].append((rung, audience))
    return steps


def _letter(recipient: str, send_at: datetime, day: date, calls: Sequence[Call]) -> PlannedReminder:
    # A report to the leader and a request to a unit never share a letter; the report goes first.
    reports = [c for c in calls if c.kind is LetterKind.LEADER_INFORMED]
    chosen = sorted(reports or calls, key=_most_urgent_first)
    return PlannedReminder(
        recipient=recipient,
        send_at=send_at,
        day=day,
        kind=chosen[0].kind,
        items=tuple(c.latest for c in chosen),
        superseded=tuple(one for c in chosen for one in c.overtaken),
    )


def _most_urgent_first(call: Call) -> tuple[int, datetime, str]:
    obligation = call.item.obligation
    return -URGENCY_RANK[call.kind], obligation.effective_due_at, obligation.id
