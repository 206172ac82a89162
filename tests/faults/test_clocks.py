"""Clocks that jump between and during rounds: held when they jump far, nothing doubled whatever they do."""

import os
import random
import signal
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import open_engine, transaction
from services import brakes
from tests.faults.acts import at_desk
from tests.faults.bench import Place, Shelf, Sink, planning, recover, resolving, sending
from tests.faults.checker import Findings, check, read_log
from tests.faults.dump import dump
from tests.faults.injection import Zygote
from tests.faults.world import COMMUNE, MORNING

SEED = 20261124
VILLAGES = 4
SHORT, LONG = 3, 40
DAY, YEAR = timedelta(days=1), timedelta(days=365)
HOUR, HALF_MINUTE = timedelta(hours=1), timedelta(seconds=30)
JUMPS = (-YEAR, -DAY, -HOUR, -HALF_MINUTE, HALF_MINUTE, HOUR, DAY, YEAR)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A few letters on SQLite."""
    return Shelf(tmp_path_factory.mktemp("clocks"), villages=VILLAGES)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_against_the_steady_clock_holds_all_letters_until_a_person_lets_go(
    shelf: Shelf, zygote: Zygote, sink: Sink, jump: timedelta
) -> None:
    shelf.set_back(sink.log)
    place = shelf.place
    place.set_clock(-timedelta(minutes=1))  # the mark of the clock is set, nothing is due yet
    assert zygote.run(sending(place, sink.port, steady_seconds=1_000.0)) == 0
    place.set_clock(jump)
    assert zygote.run(sending(place, sink.port, steady_seconds=1_060.0)) == 0
    is_far = abs(jump) > timedelta(minutes=5)
    assert (_standing(place) == ["clock"]) == is_far
    if is_far:
        assert read_log(sink.log) == [], "nothing leaves while the hour is in doubt"
        place.set_clock(timedelta(minutes=2))
        _let_go(place)
    assert recover(place, zygote, sink).is_clean
    assert len(read_log(sink.log)) == VILLAGES


def _standing(place: Place) -> list[str]:
    h, engine = tables.holds.c, open_engine(place.url)
    with transaction(engine) as connection:
        found = connection.execute(select(h.reason).where(h.released_at.is_(None))).scalars().all()
    engine.dispose()
    return list(found)


def _let_go(place: Place) -> None:
    with at_desk(place.home, place.url) as desk:
        brakes.release(desk.engine, commune=COMMUNE, by="vp", now=MORNING, home=place.home)


def test_jumps_between_and_during_rounds_double_nothing(
    shelf: Shelf, zygote: Zygote, sink: Sink
) -> None:
    _jump_about(shelf, zygote, sink, times=SHORT)


@pytest.mark.faults
def test_many_jumps_between_and_during_rounds_double_nothing(
    shelf: Shelf, zygote: Zygote, sink: Sink
) -> None:
    _jump_about(shelf, zygote, sink, times=LONG)


def _wrong(findings: Findings) -> list[str]:
    """What no jump may bring about; a reminder may well have expired meanwhile."""
    return [*findings.doubled, *findings.lost, *findings.unexpected]


def _jump_about(shelf: Shelf, zygote: Zygote, sink: Sink, *, times: int) -> None:
    """No brake sees these jumps, for the simulated clock is both clocks; still nothing comes twice."""
    chance, jumps = random.Random(SEED), 0
    with zygote.twin() as second:
        for _ in range(times):
            shelf.set_back(sink.log)
            place = shelf.place
            dot = chance.randint(1, VILLAGES)
            pid = zygote.stop(sending(place, sink.port).without(f"stop before dot {dot}"))
            for jump in chance.sample(JUMPS, 3):
                place.set_clock(jump)
                for act in (
                    planning(place), resolving(place, sink.log), sending(place, sink.port)
                ):  # fmt: skip
                    assert second.run(act) == 0
                jumps += 1
            os.kill(pid, signal.SIGCONT)
            assert zygote.outcome() == 0
            findings = check(dump(place.url), read_log(sink.log), is_over=False)
            assert _wrong(findings) == []
            place.set_clock(timedelta())
            findings = recover(place, zygote, sink)
            assert _wrong(findings) == []
    print(f"seed {SEED}: {jumps} jumps in {times} rounds that were under way, none doubled")
