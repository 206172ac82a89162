"""A lock lives as long as its owner's process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.locks import is_alive, owner_lock

HOLDER = """
import sys, time
from pathlib import Path
from adapters.locks import owner_lock
with owner_lock(Path(sys.argv[1]), "o1"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_an_owner_is_alive_while_it_holds_its_lock(tmp_path: Path) -> None:
    folder = tmp_path / "locks"
    assert not is_alive(folder, "o1")
    with owner_lock(folder, "o1"):
        assert is_alive(folder, "o1")
        assert not is_alive(folder, "o2")
    assert not is_alive(folder, "o1")


def test_an_owner_that_failed_is_not_alive(tmp_path: Path) -> None:
    def fail() -> None:
        with owner_lock(tmp_path, "o1"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not is_alive(tmp_path, "o1")


def test_two_cannot_hold_one_lock(tmp_path: Path) -> None:
    with owner_lock(tmp_path, "o1"):
        with pytest.raises(BlockingIOError), owner_lock(tmp_path, "o1"):
            pytest.fail("held twice")
        assert is_alive(tmp_path, "o1")


def test_a_killed_owner_is_not_alive_though_its_file_stays(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert is_alive(tmp_path, "o1")
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=10)
    assert (tmp_path / "o1").exists()
    assert not is_alive(tmp_path, "o1")
