"""Jumps of the wall clock are seen against a clock that only runs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.clocks import MOST_BACK, MOST_FORWARD, ClockMark, MonotonicReading, jump_since

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
MARK = ClockMark(high_water=NOW, reading=MonotonicReading(boot_id="a", seconds=1_000.0))
MINUTE = timedelta(minutes=1)
NONE = timedelta()


def later(ran: timedelta, *, boot: str = "a") -> MonotonicReading:
    return MonotonicReading(boot_id=boot, seconds=1_000.0 + ran.total_seconds())


@pytest.mark.parametrize(
    ("wall", "ran", "jump"),
    [
        (5 * MINUTE, 5 * MINUTE, NONE),
        (20 * MINUTE, 5 * MINUTE, NONE),  # 15 minutes forward are borne
        (21 * MINUTE, 5 * MINUTE, 16 * MINUTE),
        (0 * MINUTE, 5 * MINUTE, NONE),  # 5 minutes back are borne
        (-1 * MINUTE, 5 * MINUTE, -6 * MINUTE),
        (timedelta(days=1), MINUTE, timedelta(days=1) - MINUTE),
        (timedelta(days=-1), MINUTE, timedelta(days=-1) - MINUTE),
        (timedelta(days=3), timedelta(days=3), NONE),  # asleep, on a clock that counts sleep
    ],
)
def test_within_one_boot_the_difference_of_both_clocks_counts(
    wall: timedelta, ran: timedelta, jump: timedelta
) -> None:
    assert jump_since(MARK, later(ran), now=NOW + wall) == jump


@pytest.mark.parametrize(
    ("wall", "jump"),
    [
        (timedelta(days=3), NONE),
        (-5 * MINUTE, NONE),
        (-6 * MINUTE, -6 * MINUTE),
        (timedelta(days=-365), timedelta(days=-365)),
    ],
)
def test_across_boots_only_a_step_below_the_high_water_shows(
    wall: timedelta, jump: timedelta
) -> None:
    assert jump_since(MARK, later(NONE, boot="b"), now=NOW + wall) == jump


@given(st.integers(-(10**8), 10**8), st.integers(-(5 * 60), 15 * 60))
def test_clocks_that_agree_within_the_limits_never_trip(ran: int, drift: int) -> None:
    reading = later(timedelta(seconds=ran))
    now = NOW + timedelta(seconds=ran + drift)
    assert -MOST_BACK <= timedelta(seconds=drift) <= MOST_FORWARD
    assert jump_since(MARK, reading, now=now) == NONE
