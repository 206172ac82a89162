"""A copy of the process: it answers from what was known, keeps nothing of ours, and may fail."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.forked import Forked

WAIT = 30.0


def test_a_copy_answers_one_question_after_the_other_from_what_was_known() -> None:
    known = {"thôn": "Vịn"}
    copy = Forked[str, str](lambda name: known[name] * 50_000)
    known["thôn"] = "Cốc"
    for _ in range(2):
        copy.ask("thôn")
        assert copy.fetch(WAIT) == "Vịn" * 50_000
    copy.end()


def _dies(_asked: int) -> int:
    os._exit(0)


def _sleeps(_asked: int) -> int:
    time.sleep(WAIT)
    return 1


def _gives_what_cannot_travel(_asked: int) -> Callable[[], int]:
    return lambda: 1


@pytest.mark.parametrize(
    ("work", "seconds"),
    [(lambda n: 1 // n, WAIT), (_dies, WAIT), (_gives_what_cannot_travel, WAIT), (_sleeps, 0.01)],
    ids=["raises", "dies", "gives what cannot travel", "is late"],
)
def test_a_copy_that_fails_gives_nothing_and_takes_no_further_question_amiss(
    work: Callable[[int], object], seconds: float
) -> None:
    copy = Forked[int, object](work)
    copy.ask(0)
    assert copy.fetch(seconds) is None
    copy.ask(0)
    assert copy.fetch(0.0) is None
    copy.end()


def test_a_copy_holds_no_lock_of_ours(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as ours:
        fcntl.flock(ours, fcntl.LOCK_EX)
        copy = Forked[int, int](lambda n: n + 1)
        copy.ask(1)
        assert copy.fetch(WAIT) == 2
    with (tmp_path / "lock").open("w") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
    copy.end()


def test_a_copy_ends_with_whoever_asks_it() -> None:
    told, tells = os.pipe()
    maker = os.fork()
    if maker == 0:
        os.write(tells, str(Forked[int, int](abs)._process).encode())
        os._exit(0)
    os.waitpid(maker, 0)
    process = int(os.read(told, 20))
    for _ in range(3_000):
        if not _runs(process):
            break
        time.sleep(0.01)
    assert not _runs(process)
    os.close(told)
    os.close(tells)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return False
    return state[0] != "Z"
