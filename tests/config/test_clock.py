"""The clock tells aware instants, real or simulated."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.clock import read_now, set_simulated_now
from config.settings import Settings
from tests.obligation_samples import at


def test_the_real_clock_moves_in_utc() -> None:
    first, second = read_now(Settings(clock_file=None)), read_now(Settings(clock_file=None))
    assert first.tzinfo is UTC
    assert first <= second


def test_a_simulated_clock_stands_where_it_was_set(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    settings = Settings(clock_file=file)
    for instant in (at(1), at(29, 17)):
        set_simulated_now(file, instant)
        assert read_now(settings) == instant
        assert read_now(settings).tzinfo is UTC
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


def test_a_simulated_clock_keeps_microseconds(tmp_path: Path) -> None:
    instant = datetime(2026, 6, 1, 1, 2, 3, 456789, tzinfo=UTC)
    set_simulated_now(tmp_path / "clock", instant)
    assert read_now(Settings(clock_file=tmp_path / "clock")) == instant


def test_a_lost_simulated_clock_is_not_replaced_by_the_real_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_now(Settings(clock_file=tmp_path / "clock"))
