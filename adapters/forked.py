"""A copy of this process that works for it: questions go in, answers come out, one at a time."""

import gc
import mmap
import os
import pickle
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Generic, TypeVar, cast

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
        self._answer = os.memfd_create("answer")  # in memory: letters leave no trace on a disk
        asked, self._questions = os.pipe()
        self._told, tells = os.pipe()
        # What exists by now is shared with the copy, and the collector would touch all of it.
        gc.freeze()
        try:
            self._process = os.fork()
            if self._process == 0:
                _serve(work, asked, tells, self._answer)
        except OSError:
            self._close()
            raise
        finally:
            os.close(asked)
            os.close(tells)

    def ask(self, question: Asked) -> None:
        """Put a question; the answer of the one before must have been fetched."""
        octets = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        # A copy that is gone says so when it is asked for its answer.
        with suppress(BrokenPipeError), os.fdopen(self._questions, "wb", closefd=False) as pipe:
            pipe.write(octets)

    def fetch(self, seconds: float) -> Told | None:
        """The answer, waited for at most so long; None for ever when the copy failed."""
        poll = select.poll()
        poll.register(self._told, select.POLLIN)
        size = os.read(self._told, _SIZE_OCTETS) if poll.poll(seconds * 1_000) else b""
        if not size:
            return None
        with mmap.mmap(self._answer, int.from_bytes(size, "big"), prot=mmap.PROT_READ) as octets:
            return cast("Told", pickle.loads(octets))  # noqa: S301 - written by our own copy

    def end(self) -> None:
        """End the copy; it is asked no more."""
        with suppress(ProcessLookupError, ChildProcessError):  # whoever ignores SIGCHLD has none
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        self._close()

    def _close(self) -> None:
        gc.unfreeze()
        for file in (self._questions, self._told, self._answer):
            os.close(file)


def _serve(work: Callable[[Asked], Told], asked: int, tells: int, answer: int) -> None:
    """Be the copy until nobody can ask any more, and vanish without a word, whatever happens."""
    try:
        gc.disable()  # it must finalize nothing of ours
        signal.set_wakeup_fd(-1)
        _close_all_but(asked, tells, answer)
        with os.fdopen(asked, "rb") as questions, os.fdopen(answer, "wb") as answers:
            while True:
                _tell(work(pickle.load(questions)), answers, tells)  # noqa: S301 - asked by us
    finally:
        os._exit(1)


def _tell(told: object, answers: BinaryIO, tells: int) -> None:
    answers.seek(0)
    pickle.dump(told, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
    os.write(tells, answers.tell().to_bytes(_SIZE_OCTETS, "big"))


def _close_all_but(*kept: int) -> None:
    start = _FIRST_OWN_FILE
    for file in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(start, file)
        start = file + 1
