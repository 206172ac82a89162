"""The reminders still to come if nobody answers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from models.calendars import WorkingCalendar
from models.reminder_items import ChaseItem, PlannedReminder
from models.reminder_policy import ReminderPolicy
from models.reminders import due_letters


def forecast(
    items: Sequence[ChaseItem],
    *,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
    until: datetime,
    reminded: Mapping[str, frozenset[date]],
) -> tuple[PlannedReminder, ...]:
    """Play a round now and at every slot to ``until`` inclusive; by instant and recipient."""
    chased = {item.obligation.id: item for item in items}
    days = defaultdict(frozenset[date], reminded)
    letters: list[PlannedReminder] = []
    for at in _rounds(policy, calendar, now, until):
        planned = due_letters(
            list(chased.values()), policy=policy, calendar=calendar, now=at, reminded=days
        )
        for letter in planned:
            days[letter.recipient] |= {letter.day}
            consume(chased, letter)
        letters += planned
    return tuple(sorted(
        (letter for letter in letters if letter.send_at <= until),
        key=lambda letter: (letter.send_at, letter.recipient),
    ))  # fmt: skip


def consume(chased: dict[str, ChaseItem], letter: PlannedReminder) -> None:
    """Mark the rungs of a planned letter consumed in place, as recording it would."""
    for one in (*letter.items, *letter.superseded):
        item = chased[one.obligation_id]
        is_overtaken = one in letter.superseded
        chased[one.obligation_id] = item.model_copy(
            update={
                "consumed": item.consumed | {one.key},
                "superseded": item.superseded | ({one.key} if is_overtaken else set()),
            }
        )


def _rounds(
    policy: ReminderPolicy, calendar: WorkingCalendar, now: datetime, until: datetime
) -> Iterator[datetime]:
    yield now
    for day in calendar.working_days_in(calendar.day_of(now), calendar.day_of(until)):
        for hour in sorted(policy.slots.values()):
            at = calendar.at(day, hour)
            if now < at <= until:
                yield at
