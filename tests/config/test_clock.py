"""The clock tells aware instants, real or simulated."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.clock import read_monotonic, read_now, set_simulated_now
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


def test_the_monotonic_clock_runs_within_one_boot() -> None:
    first, second = (read_monotonic(Settings(clock_file=None)) for _ in range(2))
    assert first.boot_id == second.boot_id
    assert 0 < first.seconds <= second.seconds


def test_a_simulated_clock_is_a_boot_of_its_own_and_runs_with_it(tmp_path: Path) -> None:
    settings = Settings(clock_file=tmp_path / "clock")
    set_simulated_now(tmp_path / "clock", at(1))
    first = read_monotonic(settings)
    set_simulated_now(tmp_path / "clock", at(2))
    second = read_monotonic(settings)
    assert (first.boot_id, second.boot_id) == ("simulated", "simulated")
    assert second.seconds - first.seconds == (at(2) - at(1)).total_seconds()
