"""A relay's replies as they arrive: read in few bytes, paired in order, never guessed."""

import asyncio
import os
import re
from collections import deque
from typing import NamedTuple

MAX_REPLY_OCTETS = 32 * 1024
MAX_WAITING_REPLIES = 16  # a dot, a reset and an envelope in one write have five
_ONE_LINE = re.compile(rb"([0-9]{3}) ([^\n]*)\n")
_LINE = re.compile(rb"([0-9]{3})(?:([ -])([^\n]*))?\r?\n")
CLOSED = "Máy chủ thư đóng kết nối."
TIMED_OUT = "Hết giờ chờ máy chủ thư."
UNREADABLE = "Trả lời của máy chủ thư không đọc được."


class Reply(NamedTuple):
    """One whole reply: its code, and its lines as they came."""

    code: int
    lines: tuple[bytes, ...]


class ReplyReader(asyncio.BufferedProtocol):
    """What a relay says on one connection; takes a transport over from its former protocol.

    Its buffer bounds what is read of a reply, so that an endless one costs 32 KiB and no more.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        """Listen from now on; what the former protocol had buffered is not believed."""
        self.failure: str | None = None
        self.is_paused = False
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._buffer = bytearray(MAX_REPLY_OCTETS)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0  # the reply that is not complete yet
        transport.set_protocol(self)

    @property
    def has_news(self) -> bool:
        """Whether a reply waits to be read, or none will come any more."""
        return bool(self._replies) or self.failure is not None

    async def read(self, seconds: float) -> Reply | None:
        """Return the next reply; None when none comes, with the reason in ``failure``."""
        if not self._replies and self.failure is None:
            await self.wait_for_news(seconds)
        return self._replies.popleft() if self._replies else None

    async def wait_for_news(self, seconds: float) -> None:
        """Wait for a reply, the end of the connection, or room to write; in time, or fail."""
        waiter = self._waiter = self._loop.create_future()
        timer = self._loop.call_later(seconds, self.fail, TIMED_OUT)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def fail(self, why: str) -> None:
        """Close the connection at once, for the reason that readers are told."""
        if self.failure is None:
            self.failure = why
        self._transport.abort()
        self._wake()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Return the room that is left; called by asyncio."""
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what was read; called by asyncio."""
        self._end += nbytes
        self._take_replies()
        if self._end == MAX_REPLY_OCTETS or len(self._replies) > MAX_WAITING_REPLIES:
            self.fail(UNREADABLE)
        if self._replies or self.failure is not None:
            self._wake()

    def eof_received(self) -> None:
        """Note that the relay says no more; called by asyncio, which closes the connection."""
        self._close(CLOSED)

    def connection_lost(self, exc: Exception | None) -> None:
        """Read what came before the end: a failed write hides a refusal sent just before it."""
        if self.failure is None:
            self._read_rest()
        self._close(f"{CLOSED} {exc}" if exc else CLOSED)

    def pause_writing(self) -> None:
        """Note that the kernel takes no more for now; called by asyncio."""
        self.is_paused = True

    def resume_writing(self) -> None:
        """Note that the kernel has taken everything; called by asyncio."""
        self.is_paused = False
        self._wake()

    def _close(self, why: str) -> None:
        if self.failure is None:
            self.failure = why
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _read_rest(self) -> None:
        if self._transport.get_extra_info("sslcontext") is not None:
            return
        try:
            file_number: int = self._transport.get_extra_info("socket").fileno()
            rest = os.read(file_number, MAX_REPLY_OCTETS - self._end)
        except OSError:
            return
        self._view[self._end : self._end + len(rest)] = rest
        self._end += len(rest)
        self._take_replies()

    def _take_replies(self) -> None:
        while self._start < self._end and self.failure is None:
            reply = self._next_reply()
            if reply is None:
                break
            self._replies.append(reply)
        self._make_room()

    def _next_reply(self) -> Reply | None:
        """Return the first reply if it is complete; every line must have the code of the last."""
        if match := _ONE_LINE.match(self._buffer, self._start, self._end):
            self._start = match.end()
            return Reply(int(match[1]), (match[2],))
        return self._next_long_reply()

    def _next_long_reply(self) -> Reply | None:
        position, lines, codes = self._start, [], set()
        while match := _LINE.match(self._buffer, position, self._end):
            code, separator, text = match.groups()
            lines.append(text or b"")
            codes.add(code)
            position = match.end()
            if separator != b"-":
                break
        else:
            if self._buffer.find(b"\n", position, self._end) >= 0:
                self.fail(UNREADABLE)
            return None
        if len(codes) > 1:
            self.fail(UNREADABLE)
            return None
        self._start = position
        return Reply(int(code), tuple(lines))

    def _make_room(self) -> None:
        if self._start == self._end:
            self._start = self._end = 0
        elif self._start:
            rest = self._view[self._start : self._end].tobytes()
            self._view[: len(rest)] = rest
            self._start, self._end = 0, len(rest)
