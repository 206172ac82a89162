"""The working calendar of the public sector: days off, swapped Saturdays, office hours."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import Field

from models.errors import UsageError
from models.values import Value

SATURDAY = 5
WEEKEND_NAMES = {5: "thứ Bảy", 6: "Chủ nhật"}
# Counting works on a table of working days; plans live well inside it.
TABLE_STARTS_ON = date(2000, 1, 1)
TABLE_ENDS_ON = date(2099, 12, 31)


class OfficeSeason(Value):
    """Office hours from one (month, day) to another, both inclusive; may span New Year."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    morning: tuple[time, time]
    afternoon: tuple[time, time]

    def includes(self, day: date) -> bool:
        """Whether the season's hours hold on that day."""
        mark = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= mark <= self.last
        return mark >= self.first or mark <= self.last


class WorkingCalendar(Value):
    """Which days are worked, and when an office day ends, in one zone.

    ``off_days`` and ``work_days`` name the exceptions from Monday to Friday (Labour Code 2019,
    Điều 112; yearly notices); ``verified_years`` names the notices a year was checked against.
    """

    zone_name: str = "Asia/Ho_Chi_Minh"
    off_days: dict[date, str] = Field(default_factory=dict)
    work_days: dict[date, str] = Field(default_factory=dict)
    verified_years: dict[int, str] = Field(default_factory=dict)
    seasons: tuple[OfficeSeason, ...] = ()
    closes_at: time = time(17)  # domain.md 5.4: safe in both seasons

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone that days are told in."""
        return ZoneInfo(self.zone_name)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work that day; a swapped Saturday counts."""
        if day in self.work_days:
            return True
        return day.weekday() < SATURDAY and day not in self.off_days

    def is_verified(self, year: int) -> bool:
        """Whether the year was checked against its official notices."""
        return year in self.verified_years

    def name_day_off(self, day: date) -> str | None:
        """Name why nobody works that day, in Vietnamese; None for a working day."""
        if self.is_working_day(day):
            return None
        return self.off_days.get(day) or f"{WEEKEND_NAMES[day.weekday()]}, ngày nghỉ hằng tuần"

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after that day."""
        return self._worked(bisect_right(self._table, day))

    def previous_working_day(self, day: date) -> date:
        """The last working day strictly before that day."""
        return self._worked(bisect_left(self._table, day) - 1)

    def roll_back(self, day: date) -> date:
        """That day if it is worked, else the last working day before it."""
        return self._worked(bisect_right(self._table, day) - 1)

    def roll_forward(self, day: date) -> date:
        """That day if it is worked, else the first working day after it."""
        return self._worked(bisect_left(self._table, day))

    def add_working_days(self, day: date, count: int) -> date:
        """The working day ``count`` after that day, which itself is not counted.

        A negative count goes back; 0 is the day itself, worked or not.
        """
        if count > 0:
            return self._worked(bisect_right(self._table, day) + count - 1)
        return self._worked(bisect_left(self._table, day) + count) if count else day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie in (after, until]; negative when ``until`` is earlier."""
        return bisect_right(self._table, until) - bisect_right(self._table, after)

    def working_days_in(self, first: date, last: date) -> tuple[date, ...]:
        """The working days from first to last, both inclusive, in order."""
        return self._table[bisect_left(self._table, first) : bisect_right(self._table, last)]

    def day_of(self, instant: datetime) -> date:
        """The day of an aware instant in the calendar's zone."""
        return instant.astimezone(self.zone).date()

    def at(self, day: date, hour: time) -> datetime:
        """The aware instant of that hour on that day in the calendar's zone."""
        return datetime.combine(day, hour, tzinfo=self.zone)

    def close_of(self, day: date) -> datetime:
        """The instant the office day ends."""
        return self.at(day, self.closes_at)

    def season_on(self, day: date) -> OfficeSeason | None:
        """The office hours that hold on that day; None where none are configured."""
        return next((s for s in self.seasons if s.includes(day)), None)

    @cached_property
    def _table(self) -> tuple[date, ...]:
        span = range(TABLE_STARTS_ON.toordinal(), TABLE_ENDS_ON.toordinal() + 1)
        return tuple(filter(self.is_working_day, map(date.fromordinal, span)))

    def _worked(self, place: int) -> date:
        if not 0 <= place < len(self._table):
            raise UsageError(
                f"Lịch làm việc chỉ tính từ năm {TABLE_STARTS_ON.year} đến năm "
                f"{TABLE_ENDS_ON.year}; đề nghị kiểm tra lại ngày."
            )
        return self._table[place]
