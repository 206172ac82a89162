"""A sender that is stopped exactly between the mark's commit and the dot, for longer than the quiet period."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Shelf, Sink, recover, rounds, running_sink, sending
from tests.faults.checker import Findings, check, read_log
from tests.faults.dump import dump
from tests.faults.injection import Act, Zygote
from tests.postgresql_cluster import Cluster, end_sessions

SEED = 20261124
VILLAGES = 4
SHORT, LONG = 4, 60  # pauses on each database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]


@pytest.fixture(scope="module")
def second(zygote: Zygote) -> Iterator[Zygote]:
    """Who goes on working while a sender is stopped."""
    with zygote.twin() as warm:
        yield warm


@pytest.fixture(params=["sqlite", "postgresql"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    """A few letters, on each kind of database."""
    cluster: Cluster | None = None
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgresql")
    return Shelf(tmp_path, villages=VILLAGES, cluster=cluster)


def test_a_pause_between_mark_and_dot_doubles_nothing(
    shelf: Shelf, zygote: Zygote, second: Zygote, sink: Sink
) -> None:
    _pause_often(shelf, (zygote, second), sink, times=SHORT)


@pytest.mark.faults
def test_many_pauses_between_mark_and_dot_double_nothing(
    shelf: Shelf, zygote: Zygote, second: Zygote, sink: Sink
) -> None:
    _pause_often(shelf, (zygote, second), sink, times=LONG)


def _pause_often(shelf: Shelf, zygotes: tuple[Zygote, Zygote], sink: Sink, *, times: int) -> None:
    chance = random.Random(SEED)
    for _ in range(times):
        shelf.set_back(sink.log)
        dot, connections = chance.randint(1, VILLAGES), chance.choice((1, 4))
        _pause_once(shelf, zygotes, sink, dot=dot, connections=connections)
    print(f"seed {SEED}: {times} pauses between mark and dot on {shelf.place.url.split(':')[0]}")


def _pause_once(
    shelf: Shelf, zygotes: tuple[Zygote, Zygote], sink: Sink, *, dot: int, connections: int
) -> None:
    zygote, second = zygotes
    place = shelf.place
    pausing = sending(place, sink.port, connections).without(f"stop before dot {dot}")
    pid = zygote.stop(pausing)
    before = len(read_log(sink.log))
    assert second.run(rounds(place, sink, 1, 20, 40)) == 0
    during = read_log(sink.log)
    os.kill(pid, signal.SIGCONT)
    assert zygote.outcome() == 0
    assert len(read_log(sink.log)) > len(during), "the stopped sender had nothing left to say"
    assert check(dump(place.url), read_log(sink.log), is_over=False).is_clean
    findings = recover(place, zygote, sink)
    assert findings.is_clean, f"dot {dot} of {connections}, {before} before: {vars(findings)}"
    assert len(read_log(sink.log)) == VILLAGES


@pytest.fixture
def on_server(tmp_path: Path, postgresql: Cluster) -> Shelf:
    """A few letters on PostgreSQL, where a stopped sender may lose its lock."""
    return Shelf(tmp_path, villages=VILLAGES, cluster=postgresql)


def _wake_late(shelf: Shelf, zygotes: tuple[Zygote, Zygote], act: Act, sink: Sink) -> Findings:
    """Stop the act, end its session, let others settle and send everything, wake it again."""
    zygote, second = zygotes
    pid = zygote.stop(act)
    end_sessions(shelf.place.url)  # the stopped sender's, and its lock with it
    assert second.run(rounds(shelf.place, sink, 1, 20, 40)) == 0
    assert len({letter.message_id for letter in read_log(sink.log)}) == VILLAGES
    os.kill(pid, signal.SIGCONT)
    zygote.outcome()
    return recover(shelf.place, zygote, sink)


@pytest.mark.parametrize("off", [(), ("dot deadline",)])
def test_a_sender_that_was_given_up_while_it_was_stopped_writes_no_dot(
    on_server: Shelf, zygote: Zygote, second: Zygote, sink: Sink, off: tuple[str, ...]
) -> None:
    act = sending(on_server.place, sink.port, 1).without("hasty dot", "stop after mark", *off)
    findings = _wake_late(on_server, (zygote, second), act, sink)
    assert bool(findings.doubled) == bool(off), vars(findings)
    assert not findings.lost


@pytest.mark.parametrize("patience", [0.2, None])
def test_a_dot_that_comes_later_than_a_relay_waits_is_not_taken(
    on_server: Shelf, zygote: Zygote, second: Zygote, sink: Sink, patience: float | None
) -> None:
    """What no sender can see, a stop between its last look and the dot, the relay's patience ends.

    With a relay that waits for ever one copy more arrives: the limit that docs/faults.md names.
    """
    with running_sink(sink.log, patience=patience) as waiting:
        act = sending(on_server.place, waiting.port, 1).without("stop before dot 1")
        findings = _wake_late(on_server, (zygote, second), act, sink)
    assert bool(findings.doubled) == (patience is None), vars(findings)
    assert not findings.lost
