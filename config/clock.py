"""The clock: the only reader of time; a file may hold a simulated instant instead."""

import time
from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings
from models.clocks import MonotonicReading

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SIMULATED = "simulated"


def read_now(settings: Settings) -> datetime:
    """The present instant in UTC, or the simulated one when ``clock_file`` is set."""
    if settings.clock_file is None:
        return datetime.now(UTC)
    return datetime.fromisoformat(settings.clock_file.read_text().strip()).astimezone(UTC)


def read_monotonic(settings: Settings) -> MonotonicReading:
    """The clock that never jumps, shared by all processes of one boot, or the simulated one."""
    if settings.clock_file is not None:
        return MonotonicReading(boot_id=SIMULATED, seconds=read_now(settings).timestamp())
    seconds = time.clock_gettime(time.CLOCK_BOOTTIME)  # goes on while the machine sleeps
    return MonotonicReading(boot_id=BOOT_ID.read_text().strip(), seconds=seconds)


def set_simulated_now(clock_file: Path, instant: datetime) -> None:
    """Move the simulated clock, whole or not at all."""
    temporary = clock_file.with_suffix(".tmp")
    temporary.write_text(instant.astimezone(UTC).isoformat())
    temporary.replace(clock_file)
