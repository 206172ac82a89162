"""Run as a program: becomes the given command, which ends when its parent ends.

``bound.py SIGNAL PARENT_PID COMMAND [ARGUMENT ...]`` does what a ``preexec_fn`` would, without
running Python between fork and exec, which is unsafe in a process with threads. The command gets
SIGNAL when the parent dies; parent 0 is whoever started it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(number: int, parent: int, command: list[str]) -> None:
    """Tie this process to its parent and become the command."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)
    if parent and os.getppid() != parent:
        return  # the parent died before it could be watched
    os.execvp(command[0], command)  # noqa: S606 - the command comes from the supervisor


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
