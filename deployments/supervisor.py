"""Starts the children in order, keeps them running, and leaves none behind."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from deployments.children import Child, ChildSpec
from deployments.ports import ensure_ports_free, wait_healthy
from models.errors import TransientError

Announce = Callable[[str], None]
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Supervisor:
    """The children of one command; use as ``async with Supervisor(announce) as supervisor``.

    SIGTERM or SIGINT ends the block at whatever it awaits, stops the children, and the program
    goes on after the block; ``was_signalled`` tells that it happened.
    """

    def __init__(self, announce: Announce) -> None:
        self.was_signalled = False
        self._announce = announce
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._owner: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        self._owner = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._signalled)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        try:
            await self.stop_all()
        finally:
            for number in STOP_SIGNALS:
                asyncio.get_running_loop().remove_signal_handler(number)
        return self.was_signalled and kind is asyncio.CancelledError

    async def start(self, spec: ChildSpec) -> None:
        """Start a child, wait until it answers, and from then on restart it when it dies.

        Raises:
            UsageError: its port is taken.
            TransientError: it ended or did not answer in time; the text tells where its log is.
        """
        ensure_ports_free([spec])
        child = Child(spec)
        self._children.append(child)
        await child.start()
        if not await wait_healthy(child):
            raise TransientError(_not_started(child))
        self._keepers.append(asyncio.create_task(self._keep(child)))

    async def replace(self, spec: ChildSpec) -> None:
        """Stop the child of that name, if there is one, and start it as it is described now.

        Raises:
            TransientError: it did not start again; the text tells where its log is.
        """
        names = [child.spec.name for child in self._children]
        if spec.name in names:
            place = names.index(spec.name)
            keeper = self._keepers.pop(place)
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await self._children[place].stop()
            self._children.pop(place)
        await self.start(spec)

    async def run_until_signal(self) -> None:
        """Wait for SIGTERM or SIGINT."""
        await asyncio.Event().wait()

    async def stop_all(self) -> None:
        """Stop the children, last started first, within 10 seconds; the second time do nothing."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        while self._children:
            await self._children[-1].stop()
            self._children.pop()

    async def _keep(self, child: Child) -> None:
        while True:
            code = await child.wait()
            pause = child.next_pause()
            self._announce(f"{child.spec.name} đã dừng (mã {code}); khởi động lại sau {pause:.0f}s")
            await child.clear()
            await asyncio.sleep(pause)
            await child.start()
            await wait_healthy(child)

    def _signalled(self) -> None:
        # Once: a second Ctrl+C must not cut short the stopping of the children.
        if not self.was_signalled and self._owner is not None:
            self.was_signalled = True
            self._owner.cancel()


async def serve(
    children: Sequence[ChildSpec],
    *,
    ready: Callable[[], Awaitable[None]] | None = None,
    announce: Announce,
) -> int:
    """Start the children in order, call ``ready``, run until a signal, and return exit code 0.

    Raises:
        UsageError: a port is taken; nothing was started.
        TransientError: a child did not start; the others were stopped.
    """
    ensure_ports_free(children)
    async with Supervisor(announce) as supervisor:
        for spec in children:
            await supervisor.start(spec)
        if ready is not None:
            await ready()
        await supervisor.run_until_signal()
    return 0


def _not_started(child: Child) -> str:
    spec = child.spec
    how = f"đã dừng với mã {child.exit_code}" if child.exit_code is not None else "không trả lời"
    where = ""
    if spec.log is not None:
        with suppress(OSError):
            where = f" Xem nhật ký {spec.log}; dòng cuối: {_last_line(spec.log.read_text())}"
    return f"{spec.name} không khởi động được: {how}.{where}"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["(trống)"])[-1]
