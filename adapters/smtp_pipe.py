"""The SMTP transaction of one letter on an open connection, phase by phase, pipelined."""

import asyncio
import fcntl
import sys
import termios

from adapters.smtp_opening import Opened
from adapters.smtp_replies import TIMED_OUT, Reply, ReplyReader
from adapters.smtp_settings import SmtpTimeouts
from adapters.smtp_verdicts import Fault, Phase, readable
from adapters.smtp_wire import DOT, QUIT, RSET, Commands
from models.letters import Verdict

_PHASES = (Phase.MAIL, Phase.RCPT, Phase.DATA)
COMPLETED = 250
TAKEN = range(200, 300)
START_INPUT = 354
QUIT_SECONDS = 1
# Less than a first window (RFC 6928) is with the relay in one round trip; waiting for it to be
# acknowledged would cost the relay's delayed ACK, 40 ms, for every letter.
MOST_UNACKNOWLEDGED_OCTETS = 16 * 1024
_FIRST_POLL_SECONDS, _LONGEST_POLL_SECONDS = 0.001, 0.05


class RelayPipe:
    """One open connection: says envelopes, writes letters, ends them, and pairs the replies."""

    def __init__(self, opened: Opened, timeouts: SmtpTimeouts) -> None:
        """Take the transport over; what was received before is not believed."""
        self._transport = opened.transport
        self._is_pipelining = opened.is_pipelining
        self._timeouts = timeouts
        self._reader = ReplyReader(opened.transport)
        self._announced: Commands | None = None  # said behind the last dot, replies not read
        self._owed_replies = 0  # to commands that a refusal made void
        self._needs_reset = False
        # What is left in this process would widen the doubt after the dot: learn of it.
        # Not high=0: asyncio's TLS (3.11) pauses at "no less than", and would never go on.
        self._transport.set_write_buffer_limits(high=1, low=0)

    @property
    def is_open(self) -> bool:
        """Whether the connection stands, as far as this side can know."""
        return self._reader.failure is None and not self._transport.is_closing()

    def is_fit_for(self, commands: Commands) -> bool:
        """Whether the next envelope may be said here: nothing else announced, nothing unasked."""
        if self._announced is not None:
            return self._announced == commands
        return self.is_open and (self._owed_replies > 0 or not self._reader.has_news)

    async def say_envelope(self, commands: Commands) -> Fault | None:
        """Say MAIL, RCPT and DATA; None when the relay waits for the letter."""
        fault = await self._clear_refused()
        if fault is not None:
            return fault
        if self._is_pipelining and self._announced is None:
            self._write(b"".join(commands))
        self._announced = None
        for left, phase, command in zip((2, 1, 0), _PHASES, commands, strict=True):
            if not self._is_pipelining:
                self._write(command)
            reply = await self._reader.read(self._seconds(phase))
            fault = self._fault(phase, reply)
            if fault is not None:
                self._owed_replies = left if self._is_pipelining else 0
                self._needs_reset = True
                return fault
        return None

    async def write_letter(self, lines: bytes) -> Fault | None:
        """Write the letter without its last dot; None when it has left this machine.

        A relay that speaks now refuses the letter before its end.
        """
        self._write(lines)
        reader, transport = self._reader, self._transport
        while (reader.is_paused or transport.is_closing()) and not reader.has_news:
            await reader.wait_for_news(self._timeouts.block_seconds)
        if len(lines) > MOST_UNACKNOWLEDGED_OCTETS:
            await self._until_acknowledged()
        return await self._early_end() if reader.has_news else None

    async def end_letter(self, following: Commands | None) -> Fault:
        """Write the last dot, and behind it the next envelope; return the verdict."""
        if self._reader.has_news:
            return await self._early_end()
        is_announcing = following is not None and self._is_pipelining
        self._announced = following if is_announcing else None
        self._write(DOT + b"".join(following) if following and is_announcing else DOT)
        if self._transport.is_closing():  # the kernel refused the dot: the relay cannot have it
            return await self._early_end()
        reply = await self._reader.read(self._timeouts.dot_seconds)
        if reply is None:
            return self._broken(Phase.DATA, Verdict.UNKNOWN)
        return Fault.verdict_on_letter(code=reply.code, text=readable(reply.lines))

    async def quit(self) -> None:
        """Say QUIT between two letters, and wait a second for the answer."""
        if self.is_open and self._announced is None and not self._owed_replies:
            self._write(QUIT)
            await self._reader.read(QUIT_SECONDS)

    def abort(self) -> None:
        """Close the connection without sending what is still waiting."""
        self._transport.abort()

    async def _clear_refused(self) -> Fault | None:
        """Read what a refused envelope left to be read, and make the relay forget it."""
        while self._owed_replies:
            self._owed_replies -= 1
            reply = await self._reader.read(self._timeouts.command_seconds)
            if reply is None or reply.code == START_INPUT:  # it waits for a letter without readers
                return self._broken(Phase.MAIL, Verdict.NOT_SENT)
        if not self._needs_reset:
            return None
        self._write(RSET)
        reply = await self._reader.read(self._timeouts.command_seconds)
        self._needs_reset = False
        if reply is None or reply.code != COMPLETED:
            return self._broken(Phase.MAIL, Verdict.NOT_SENT)
        return None

    async def _early_end(self) -> Fault:
        """Return what a relay means that speaks, or is gone, before the dot was written."""
        reply = await self._reader.read(self._timeouts.data_seconds)
        if reply is None:
            return self._broken(Phase.DATA, Verdict.NOT_SENT)
        fault = Fault.refusal(Phase.DATA, code=reply.code, text=readable(reply.lines))
        return fault._replace(breaks_connection=True)

    async def _until_acknowledged(self) -> None:
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + self._timeouts.block_seconds, _FIRST_POLL_SECONDS
        while not self._reader.has_news and self._unacknowledged() > MOST_UNACKNOWLEDGED_OCTETS:
            if loop.time() > end:
                self._reader.fail(TIMED_OUT)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_POLL_SECONDS)

    def _unacknowledged(self) -> int:
        file_number: int = self._transport.get_extra_info("socket").fileno()
        counted = fcntl.ioctl(file_number, termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(counted, sys.byteorder)

    def _write(self, octets: bytes) -> None:
        if self._reader.failure is None:
            self._transport.write(octets)

    def _seconds(self, phase: Phase) -> float:
        is_data = phase is Phase.DATA
        return self._timeouts.data_seconds if is_data else self._timeouts.command_seconds

    def _fault(self, phase: Phase, reply: Reply | None) -> Fault | None:
        if reply is None:
            return self._broken(phase, Verdict.NOT_SENT)
        if reply.code == START_INPUT if phase is Phase.DATA else reply.code in TAKEN:
            return None
        return Fault.refusal(phase, code=reply.code, text=readable(reply.lines))

    def _broken(self, phase: Phase, verdict: Verdict) -> Fault:
        text = self._reader.failure or "Máy chủ thư trả lời lạc bước."
        return Fault(phase=phase, verdict=verdict, text=text, breaks_connection=True)
