"""The clock that runs on while a process is stopped or its machine sleeps, and never jumps."""

import time


def steady_seconds() -> float:
    """Seconds since some instant; only differences within one boot mean anything."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
