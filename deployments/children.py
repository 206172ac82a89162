"""One supervised child: started, restarted when it dies, stopped with all it started."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import inherited_environment

BOUND = Path(__file__).with_name("bound.py")
LONGEST_PAUSE_SECONDS = 60.0
STEADY_AFTER_SECONDS = 60.0
# With the graces of server, worker and pages, stopping takes at most 10 seconds.
BEFORE_STOP_SECONDS = 3.0
AFTER_STOP_SECONDS = 1.5


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """What to start and how to know that it works.

    ``port_setting`` is the setting to name when the port is taken. ``before_stop`` is awaited
    with the child's pid before it is asked to stop, ``after_stop`` once it is gone.
    """

    name: str  # as shown to the user
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)  # beside what it inherits
    host: str = "127.0.0.1"
    port: int | None = None
    port_setting: str = ""
    health_url: str | None = None
    log: Path | None = None  # None: the log goes where ours goes
    grace_seconds: float = 2.0
    before_stop: Callable[[int], Awaitable[None]] | None = None
    after_stop: Callable[[], Awaitable[None]] | None = None


def bound_to(parent: int, number: signal.Signals) -> tuple[str, ...]:
    """Words to put before a command, so that it gets the signal when the parent dies."""
    return (sys.executable, "-I", "-S", str(BOUND), str(number.value), str(parent))


class Child:
    """A running child in a session of its own."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._running: asyncio.subprocess.Process | None = None
        self._started_at = 0.0
        self._pause_seconds = 1.0

    @property
    def pid(self) -> int | None:
        """The process id while it lives."""
        return self._running.pid if self._running and self.exit_code is None else None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it lives."""
        return self._running.returncode if self._running else None

    async def start(self) -> None:
        """Start the program; it ends with us, even if we are killed."""
        self._started_at = asyncio.get_running_loop().time()
        output = _open_log(self.spec.log)
        try:
            self._running = await asyncio.create_subprocess_exec(
                *bound_to(os.getpid(), signal.SIGTERM),
                *self.spec.argv,
                env={**inherited_environment(), **self.spec.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        finally:
            if output is not None:
                os.close(output)

    async def wait(self) -> int:
        """Wait for the end and return the exit code."""
        assert self._running is not None
        return await self._running.wait()

    def next_pause(self) -> float:
        """Seconds to wait before the next start: doubled each time unless it ran steadily."""
        lived = asyncio.get_running_loop().time() - self._started_at
        steady = lived > STEADY_AFTER_SECONDS
        pause = 1.0 if steady else self._pause_seconds
        self._pause_seconds = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return pause

    async def stop(self) -> None:
        """Ask it to end, then kill what is left of its session."""
        if self._running is None:
            return
        pid = self.pid
        if pid is not None:
            if self.spec.before_stop:
                await _within(BEFORE_STOP_SECONDS, self.spec.before_stop(pid))
            with suppress(ProcessLookupError):
                self._running.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._running.wait(), self.spec.grace_seconds)
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        await self._running.wait()
        await self.clear()

    async def clear(self) -> None:
        """Let ``after_stop`` clear up after a child that is gone, stopped or dead."""
        if self.spec.after_stop:
            await _within(AFTER_STOP_SECONDS, self.spec.after_stop())


async def _within(seconds: float, act: Awaitable[None]) -> None:
    # Stopping goes on whatever becomes of the courtesy.
    with suppress(Exception):
        await asyncio.wait_for(act, seconds)


def _open_log(log: Path | None) -> int | None:
    if log is None:
        return None
    log.parent.mkdir(parents=True, exist_ok=True)
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
