"""The database goes away while letters leave: outcomes are recorded late, nothing is doubled or lost."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Place, Shelf, Sink, recover, running_sink, sending
from tests.faults.clusters import MortalCluster, mortal_cluster
from tests.faults.injection import Zygote
from tests.faults.proxy import COMMIT, Cutter
from tests.postgresql_cluster import Cluster, end_sessions, programs

SEED = 20261124
VILLAGES = 12
CUT_VILLAGES = 3
SHORT, LONG = 2, 20  # outages that were felt, of each kind
MOST_TRIES = 10  # for each of them: a round may be over before its outage begins
SAMPLE = 4

Outage = Callable[[Place, random.Random], None]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7_200)]


@pytest.fixture(scope="module")
def mortal() -> Iterator[MortalCluster]:
    """A PostgreSQL server of this module's own, whose default commits are not durable."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with mortal_cluster(folder) as cluster:
        yield cluster


@pytest.fixture
def slow_sink(tmp_path: Path) -> Iterator[Sink]:
    """A sink that takes its time, so that outages come while letters are on their way."""
    with running_sink(tmp_path / "sink.log", delay=0.05, seed=SEED) as running:
        yield running


def _endure(
    shelf: Shelf, zygote: Zygote, sink: Sink, outage: Outage, *, times: int, hurry: bool = False
) -> None:
    """Send until so many outages were felt; after each, everything must come right."""
    chance = random.Random(SEED)
    patches = ("impatient",) if hurry else ()
    felt, tries = 0, 0
    while felt < times and tries < MOST_TRIES * times:
        shelf.set_back(sink.log)
        pid = zygote.start(sending(shelf.place, sink.port).without(*patches))
        os.kill(pid, signal.SIGCONT)
        sink.await_log(least=chance.randrange(VILLAGES))  # the outage comes amid the sending
        outage(shelf.place, chance)
        felt, tries = felt + (zygote.outcome() != 0), tries + 1
        findings = recover(shelf.place, zygote, sink)
        assert findings.is_clean, f"seed {SEED}, outage {tries}: {vars(findings)}"
    print(f"seed {SEED}: {felt} outages felt of {tries}, nothing doubled, nothing lost")
    assert felt == times, "the outages were too mild"


def _locked_for(least: float, most: float) -> Outage:
    def outage(place: Place, chance: random.Random) -> None:
        file = place.url.removeprefix("sqlite:///")
        connection = sqlite3.connect(file, timeout=30, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(chance.uniform(least, most))
        finally:
            connection.close()

    return outage


def _cut_off(place: Place, _chance: random.Random) -> None:
    end_sessions(place.url)


def _crash(cluster: MortalCluster) -> Outage:
    def outage(_place: Place, chance: random.Random) -> None:
        cluster.stop()
        time.sleep(chance.uniform(0, 0.3))
        cluster.start()

    return outage


def test_a_locked_file_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote, slow_sink: Sink
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES)
    _endure(shelf, zygote, slow_sink, _locked_for(0.2, 0.6), times=SHORT, hurry=True)


@pytest.mark.faults
def test_a_file_locked_for_a_minute_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote, slow_sink: Sink
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES)
    _endure(shelf, zygote, slow_sink, _locked_for(0.1, 2.0), times=LONG, hurry=True)
    _endure(shelf, zygote, slow_sink, _locked_for(40, 60), times=SHORT)


def test_sessions_that_the_server_ends_double_and_lose_nothing(
    tmp_path: Path, zygote: Zygote, slow_sink: Sink, postgresql: Cluster
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES, cluster=postgresql)
    _endure(shelf, zygote, slow_sink, _cut_off, times=SHORT)


@pytest.mark.faults
def test_many_sessions_that_the_server_ends(
    tmp_path: Path, zygote: Zygote, slow_sink: Sink, postgresql: Cluster
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES, cluster=postgresql)
    _endure(shelf, zygote, slow_sink, _cut_off, times=LONG)


def test_a_server_that_crashes_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote, slow_sink: Sink, mortal: MortalCluster
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES, cluster=mortal)
    _endure(shelf, zygote, slow_sink, _crash(mortal), times=SHORT)


@pytest.mark.faults
def test_a_server_that_crashes_often(
    tmp_path: Path, zygote: Zygote, slow_sink: Sink, mortal: MortalCluster
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES, cluster=mortal)
    _endure(shelf, zygote, slow_sink, _crash(mortal), times=LONG)


def test_a_connection_cut_during_a_commit_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote, sink: Sink, postgresql: Cluster
) -> None:
    _cut_at(tmp_path, zygote, sink, postgresql, words=COMMIT, sample=SAMPLE)


@pytest.mark.faults
@pytest.mark.parametrize("words", [COMMIT, b""])
def test_a_connection_cut_at_every_message(
    tmp_path: Path, zygote: Zygote, sink: Sink, postgresql: Cluster, words: bytes
) -> None:
    _cut_at(tmp_path, zygote, sink, postgresql, words=words, sample=None)


def _cut_at(
    folder: Path, zygote: Zygote, sink: Sink, cluster: Cluster, *, words: bytes, sample: int | None
) -> None:
    shelf = Shelf(folder, villages=CUT_VILLAGES, cluster=cluster)
    with Cutter(cluster.port, words=words) as cutter:

        def send(ordinal: int, *, is_after: bool = False) -> None:
            shelf.set_back(sink.log)
            cutter.arm(ordinal, is_after=is_after)
            url = shelf.place.url.replace(f":{cluster.port}/", f":{cutter.port}/")
            zygote.run(sending(Place(shelf.place.home, url), sink.port, connections=1))

        send(0)
        points = [(n, after) for n in range(1, cutter.seen + 1) for after in (False, True)]
        chosen = points if sample is None else random.Random(SEED).sample(points, sample)
        cuts = 0
        for ordinal, is_after in chosen:
            send(ordinal, is_after=is_after)
            cuts += cutter.has_cut
            findings = recover(shelf.place, zygote, sink)
            where = f"message {ordinal}, {'after' if is_after else 'before'}"
            assert findings.is_clean, f"cut at {where}: {vars(findings)}"
        assert cuts >= 0.8 * len(chosen), f"cut {cuts} of {len(chosen)} times only"
    print(f"seed {SEED}: cut at {cuts} of {len(points)} moments of {words!r}, none doubled or lost")
