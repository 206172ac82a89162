"""kill -9 at every system call of send, plan and resolve: nothing doubled, nothing lost."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.bench import Shelf, Sink, planning, recover, resolving, sending
from tests.faults.injection import KILLED, Act, Point, Zygote, points_of

SEED = 20261124
SAMPLE = 8
PROGRESS = 100  # calls between two lines of a long run
VILLAGES = 2
# How commits are grouped and how often a loop waits varies from run to run: a last call may not
# come, and one that comes sooner is struck instead.
SOONER = (0, 1, 3, 7, 15, 31, 63, 127)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("strace")]


def _send(shelf: Shelf, _zygote: Zygote, sink: Sink, _log: Path) -> Act:
    return sending(shelf.place, sink.port)


def _plan(shelf: Shelf, _zygote: Zygote, _sink: Sink, _log: Path) -> Act:
    return planning(shelf.place)


def _resolve(shelf: Shelf, zygote: Zygote, sink: Sink, _log: Path) -> Act:
    """Let a sender die right after the relay has taken a letter, then settle what it left."""
    dying = sending(shelf.place, sink.port, connections=1).without("die after dot")
    assert zygote.run(dying) == KILLED
    shelf.place.set_clock(timedelta(minutes=1))
    assert zygote.run(resolving(shelf.place, None)) == 0
    shelf.place.set_clock(timedelta(minutes=20))
    return resolving(shelf.place, sink.log)


PATHS = {"send": _send, "plan": _plan, "resolve": _resolve}


@pytest.mark.parametrize("path", PATHS)
def test_a_kill_at_sampled_calls_doubles_and_loses_nothing(
    path: str, tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    killed, of = _kill_at(path, tmp_path, zygote, sink, sample=SAMPLE)
    print(f"{path}: killed at {killed} of {of} calls, seed {SEED}")


@pytest.mark.faults
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("path", PATHS)
def test_a_kill_at_every_call_doubles_and_loses_nothing(
    path: str, tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    killed, of = _kill_at(path, tmp_path, zygote, sink, sample=None)
    print(f"{path}: killed at {killed} of {of} calls, none doubled, none lost")


def _kill_at(
    path: str, folder: Path, zygote: Zygote, sink: Sink, *, sample: int | None
) -> tuple[int, int]:
    shelf = Shelf(folder, villages=VILLAGES, planned=path != "plan")
    log = folder / "strace.log"
    prepare = PATHS[path]
    points = _points(prepare, shelf, zygote, sink, log)
    chosen = points if sample is None else random.Random(SEED).sample(points, sample)
    killed = 0
    for point in chosen:
        for sooner in SOONER:
            shelf.set_back(sink.log)
            act = prepare(shelf, zygote, sink, log)
            blow = point.sooner(sooner).killing()
            code = zygote.traced(act, f"trace={point.call}", blow, log=log)
            assert code in {KILLED, 0}, f"{point}: ended with {code}"
            if code == KILLED:
                break
        killed += code == KILLED
        findings = recover(shelf.place, zygote, sink)
        assert findings.is_clean, f"killed at {point}: {findings}\n{vars(findings)}"
        if killed % PROGRESS == 0:
            print(f"{path}: killed at {killed} of {len(chosen)} calls so far", flush=True)
    assert killed == len(chosen), f"killed at {killed} of {len(chosen)} calls only"
    return killed, len(points)


def _points(
    prepare: Callable[[Shelf, Zygote, Sink, Path], Act],
    shelf: Shelf,
    zygote: Zygote,
    sink: Sink,
    log: Path,
) -> list[Point]:
    shelf.set_back(sink.log)
    assert zygote.traced(prepare(shelf, zygote, sink, log), log=log) == 0
    return points_of(log)
