"""The reminder policy: ladders, sending hours and limits, as data (domain.md 4.1, 4.5)."""

from datetime import date, datetime, time
from enum import StrEnum

from pydantic import Field

from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.letters import LetterKind
from models.values import Value

MAILS_PER_DAY = 3  # automatic ones, to one recipient within 24 hours (reliability.md 2.9)


class Audience(StrEnum):
    """Whom a rung speaks to."""

    CONTACT = "contact"  # cán bộ đầu mối
    HEAD = "head"  # người đứng đầu đơn vị
    LEADER = "leader"  # lãnh đạo phụ trách
    COORDINATOR_HEAD = "coordinator_head"  # trưởng phòng được giao đôn đốc


class Slot(StrEnum):
    """The turn of the day a rung belongs to."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class RungSpec(Value):
    """One step of a ladder, ``days`` away from T, the day due; negative is before.

    Days are working days, or calendar days rolled back to a working day. ``until_due`` rungs
    never fire after the due instant. A ``repeats`` rung comes again every working day, its
    ``number`` growing by one each time.
    """

    id: str
    days: int
    calendar_days: bool = False
    slot: Slot = Slot.MORNING
    audiences: tuple[Audience, ...]
    kind: LetterKind
    number: int = 0  # n of "quá hạn lần n"
    until_due: bool = False
    repeats: bool = False


class Ladder(Value):
    """Steps in the order they escalate; no step at all means nobody is chased."""

    rungs: tuple[RungSpec, ...] = ()


class Window(Value):
    """Hours of a working day in which letters may leave: from ``opens`` until ``closes``."""

    opens: time
    closes: time  # exclusive

    def includes(self, hour: time) -> bool:
        """Whether a letter may leave at that hour."""
        return self.opens <= hour < self.closes


class ReminderPolicy(Value):
    """Ladders by name, hours of the slots, and when letters may leave; windows in order."""

    name: str
    ladders: dict[str, Ladder]
    slots: dict[Slot, time]
    windows: tuple[Window, ...] = Field(min_length=1)
    # The outbox holds one reminder per contact and day by unique index; more needs a migration.
    reminders_per_day: int = Field(default=1, ge=1, le=1)
    # What waits for a person above us or for the province's deadline leaves at any hour.
    urgent_kinds: frozenset[LetterKind] = frozenset({LetterKind.FOR_DECISION, LetterKind.DISPATCH})
    mails_per_day: int = Field(default=MAILS_PER_DAY, ge=1)

    def ladder(self, name: str) -> Ladder:
        """The ladder of that name.

        Raises:
            UsageError: the policy has no such ladder.
        """
        if name not in self.ladders:
            known = ", ".join(sorted(self.ladders))
            raise UsageError(
                f"Chính sách nhắc “{self.name}” không có bậc thang “{name}”; hiện có: {known}."
            )
        return self.ladders[name]

    def send_at(
        self, now: datetime, *, calendar: WorkingCalendar, taken: frozenset[date]
    ) -> datetime:
        """The first instant from now on that lies in a window of a working day not taken."""
        day = calendar.day_of(now)
        if day not in taken and calendar.is_working_day(day):
            hour = now.astimezone(calendar.zone).time()
            for window in self.windows:
                if hour < window.closes:
                    return now if window.includes(hour) else calendar.at(day, window.opens)
        day = calendar.next_working_day(day)
        while day in taken:
            day = calendar.next_working_day(day)
        return calendar.at(day, self.windows[0].opens)
