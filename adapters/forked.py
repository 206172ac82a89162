"""A copy of this process that works for it: questions go in, answers come out, one at a time."""

import gc
import mmap
import os
import pickle
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar, cast

Asked = TypeVar("Asked")
Told = TypeVar("Told")
_FIRST_OWN_FILE = 3  # behind standard input, output and error
_SIZE_OCTETS = 8


class Forked(Generic[Asked, Told]):
    """A forked process that answers questions with what this one knew when it was made.

    It holds none of our files: neither a lock of ours nor a connection lives on in it, and it ends
    when we do. Its work must not touch SQLite, which knows its files by the process; a connection
    to a server it makes for itself. Threads do not come along; a copy that waits for one of them
    gives no answer in time, and is ended.
    """

    def __init__(self, work: Callable[[Asked], Told]) -> None:
        """Make the copy.

        Raises:
            OSError: the system gives no process now.
        """
        # In memory, which a pipe tells of: a pipe holds 64 KB, and a file would leave traces.
        self._question, self._answer = os.memfd_create("question"), os.memfd_create("answer")
        asked, self._asks = os.pipe()
        self._told, tells = os.pipe()
        # What exists by now is shared with the copy, and the collector would touch all of it.
        gc.freeze()
        try:
            self._process = os.fork()
            if self._process == 0:
                _serve(work, (self._question, asked), (self._answer, tells))
        except OSError:
            self._close()
            raise
        finally:
            os.close(asked)
            os.close(tells)

    def ask(self, question: Asked) -> None:
        """Put a question; the answer of the one before must have been fetched."""
        # A copy that is gone says so when it is asked for its answer.
        with suppress(BrokenPipeError):
            _say(question, self._question, self._asks)

    def fetch(self, seconds: float) -> Told | None:
        """The answer, waited for at most so long; None for ever when the copy failed."""
        poll = select.poll()
        poll.register(self._told, select.POLLIN)
        size = _hear(self._told) if poll.poll(seconds * 1_000) else 0
        return cast("Told", _read(self._answer, size)) if size else None

    def end(self) -> None:
        """End the copy; it is asked no more."""
        with suppress(ProcessLookupError, ChildProcessError):  # whoever ignores SIGCHLD has none
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        self._close()

    def _close(self) -> None:
        gc.unfreeze()
        for file in (self._question, self._asks, self._answer, self._told):
            os.close(file)


def _serve(
    work: Callable[[Asked], Told], questions: tuple[int, int], answers: tuple[int, int]
) -> None:
    """Be the copy until nobody can ask any more, and vanish without a word, whatever happens."""
    try:
        gc.disable()  # it must finalize nothing of ours
        signal.set_wakeup_fd(-1)
        _close_all_but(*questions, *answers)
        question, asked = questions
        while size := _hear(asked):
            _say(work(cast("Asked", _read(question, size))), *answers)
    finally:
        os._exit(1)


def _say(said: object, memory: int, tells: int) -> None:
    with os.fdopen(memory, "wb", closefd=False) as file:
        file.seek(0)
        pickle.dump(said, file, pickle.HIGHEST_PROTOCOL)
        size = file.tell()
    os.write(tells, size.to_bytes(_SIZE_OCTETS, "big"))


def _hear(told: int) -> int:
    """Wait for what is said next; returns its size in octets, 0 when nobody can say anything."""
    return int.from_bytes(os.read(told, _SIZE_OCTETS), "big")


def _read(memory: int, size: int) -> object:
    with mmap.mmap(memory, size, prot=mmap.PROT_READ) as octets:
        return pickle.loads(octets)  # noqa: S301 - said by ourselves


def _close_all_but(*kept: int) -> None:
    start = _FIRST_OWN_FILE
    for file in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(start, file)
        start = file + 1
