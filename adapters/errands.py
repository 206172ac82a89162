"""Errands: what a function gives, worked out in a copy of this process while this one goes on."""

import gc
import os
import pickle
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar, cast

Given = TypeVar("Given")
_FIRST_OWN_FILE = 3  # behind standard input, output and error


class Errand(Generic[Given]):
    """A function on its way in a forked process, whose value is fetched once.

    The copy holds none of our files: neither a lock of ours nor a connection lives on in it. It must
    touch no database, which knows its connections by the process (sqlite.org/howtocorrupt.html 2.6).
    Threads do not come along; a copy that waits for one of them is ended when it is fetched.
    """

    def __init__(self, work: Callable[[], Given]) -> None:
        """Set out at once; a system that gives no process makes an errand without a value."""
        self._process: int | None = None
        self._value = os.memfd_create("errand")  # in memory: letters leave no trace on a disk
        self._ended, ends = os.pipe()
        with suppress(OSError):
            self._process = os.fork()
        if self._process == 0:
            _perform(work, self._value, ends)
        os.close(ends)

    def fetch(self, seconds: float) -> Given | None:
        """The value, waited for at most so long; None when the copy failed."""
        try:
            is_done = self._is_over(seconds) and self._end() == 0
            if not is_done:
                return None
            written = os.pread(self._value, os.fstat(self._value).st_size, 0)
            return cast("Given", pickle.loads(written))  # noqa: S301 - written by our own copy
        finally:
            self.dismiss()

    def dismiss(self) -> None:
        """End the copy and forget its value; nothing when that is done."""
        if self._ended < 0:
            return
        if self._process is not None:
            os.kill(self._process, signal.SIGKILL)
            self._end()
        os.close(self._value)
        os.close(self._ended)
        self._ended = -1

    def _is_over(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._ended, select.POLLIN)
        return self._process is not None and bool(poll.poll(seconds * 1_000))

    def _end(self) -> int:
        """Wait for the copy, which has ended or is about to; gives its exit code."""
        assert self._process is not None
        _, status = os.waitpid(self._process, 0)
        self._process = None
        return os.waitstatus_to_exitcode(status)


def _perform(work: Callable[[], object], value: int, ends: int) -> None:
    """Be the copy: work, write the value, and vanish without a word, whatever happens."""
    code = 1
    try:
        gc.disable()  # it lives shortly, and must finalize nothing of ours
        signal.set_wakeup_fd(-1)
        low, high = sorted((value, ends))
        os.closerange(_FIRST_OWN_FILE, low)
        os.closerange(low + 1, high)
        os.closerange(high + 1, os.sysconf("SC_OPEN_MAX"))
        with os.fdopen(value, "wb", closefd=False) as file:
            pickle.dump(work(), file, protocol=pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)
