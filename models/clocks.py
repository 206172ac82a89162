"""Clocks that tell time and clocks that only run: what their difference gives away."""

from datetime import datetime, timedelta

from models.values import Value

MOST_FORWARD = timedelta(minutes=15)  # reliability.md 2.9
MOST_BACK = timedelta(minutes=5)


class MonotonicReading(Value):
    """A clock that never jumps: seconds that compare within one boot of the machine only."""

    boot_id: str
    seconds: float


class ClockMark(Value):
    """The latest instant ever acted at, with the monotonic reading taken at it."""

    high_water: datetime
    reading: MonotonicReading


def jump_since(mark: ClockMark, reading: MonotonicReading, *, now: datetime) -> timedelta:
    """How far the wall clock left the monotonic one; zero when the difference is bearable.

    Across boots only a step back below the high water shows: nothing tells how long it was off.
    """
    if reading.boot_id == mark.reading.boot_id:
        ran = timedelta(seconds=reading.seconds - mark.reading.seconds)
        jump = now - mark.high_water - ran
        return jump if jump > MOST_FORWARD or jump < -MOST_BACK else timedelta()
    back = now - mark.high_water
    return back if back < -MOST_BACK else timedelta()
