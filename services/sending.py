"""Sending: several lines to one relay, each letter marked right before its last dot."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from adapters.smtp import RelayLine, RelaySettings, tls_context_for
from adapters.smtp_verdicts import Fault, Phase, attempt_of, is_relay_fault
from adapters.steady_clock import steady_seconds
from models.errors import TransientError
from models.letters import Verdict
from services.claims import Claimed
from services.recording import Recorder

MINUTE_SECONDS = 60.0
# From asking for a letter's mark to its dot: less than the shortest quiet period, so that whoever
# was given up for dead meanwhile, without dying, writes no dot behind a second copy.
LONGEST_TO_DOT_SECONDS = 45.0
STALE = Fault(
    phase=Phase.DATA, verdict=Verdict.NOT_SENT, breaks_connection=True,
    text="Tiến trình gửi bị dừng quá lâu trước khi kết thúc thư.",
)  # fmt: skip
OPENING = frozenset({Phase.CONNECT, Phase.AUTH})


class Feed:
    """Claimed letters, claimed anew when they run out; a database that is away ends it."""

    def __init__(self, claim: Callable[[], Sequence[Claimed]], *, until: float) -> None:
        """``until`` is the loop's time after which nothing more is claimed."""
        self.failure: TransientError | None = None
        self.has_given = False
        self._claim = claim
        self._until = until
        self._letters: deque[Claimed] = deque()
        self._is_dry = False

    def take(self) -> Claimed | None:
        """The next letter; None when there is none now, or time is up."""
        is_late = asyncio.get_running_loop().time() >= self._until
        if not self._letters and not self._is_dry and not is_late:
            self._refill()
        if is_late or not self._letters:
            return None
        self.has_given = True
        return self._letters.popleft()

    def give_back(self, letter: Claimed) -> None:
        """Put a letter back of which nothing was sent."""
        self._letters.appendleft(letter)

    def _refill(self) -> None:
        try:
            self._letters.extend(self._claim())
        except TransientError as error:
            self.failure = error
        self._is_dry = not self._letters


class Pace:
    """At most so many letters a minute, counting those that were tried before this round."""

    def __init__(self, rate_per_minute: int | None, *, tried_seconds_ago: Sequence[float]) -> None:
        """Remember the earlier tries, oldest first; no rate, no limit."""
        self.is_limited = rate_per_minute is not None
        now = asyncio.get_running_loop().time()
        self._turns = deque((now - ago for ago in tried_seconds_ago), maxlen=rate_per_minute)

    async def turn(self) -> None:
        """Wait until one more letter may be tried."""
        if not self.is_limited:
            return
        loop = asyncio.get_running_loop()
        is_full = len(self._turns) == self._turns.maxlen
        at = max(loop.time(), self._turns[0] + MINUTE_SECONDS) if is_full else loop.time()
        self._turns.append(at)  # taken before the wait: another line waits for the turn after it
        await asyncio.sleep(at - loop.time())


class Lines:
    """The lines to one relay: one tries it first, the others follow when it takes letters."""

    def __init__(
        self,
        relay: RelaySettings,
        *,
        count: int,
        feed: Feed,
        recorder: Recorder,
        pace: Pace,
        is_pipelined: bool = True,
    ) -> None:
        """Prepare; nothing is connected before ``run``.

        Pipelined, the end of a letter takes the envelope of the next one with it.

        Raises:
            PermanentError: ``E-SMTP-TLS``: no encryption to a relay that is not on this machine.
        """
        self.fault: Fault | None = None  # of the relay: nothing more is tried
        self.has_stood = False
        self._feed = feed
        self._recorder = recorder
        self._pace = pace
        self._is_pipelined = is_pipelined and not pace.is_limited
        tls = tls_context_for(relay)
        self._lines = [RelayLine(relay, tls_context=tls) for _ in range(count)]
        self._standing: set[RelayLine] = set()
        self._is_tried = asyncio.Event()

    async def run(self) -> None:
        """Send what the feed gives until it is empty or the relay fails."""
        first, *others = self._lines
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(first))
            for line in others:
                group.create_task(self._follow(line))

    async def _follow(self, line: RelayLine) -> None:
        await self._is_tried.wait()
        await self._work(line)

    async def _work(self, line: RelayLine) -> None:
        try:
            letter = self._next()
            while letter is not None:
                letter = await self._send(line, letter)
        finally:
            self._is_tried.set()
            self._standing.discard(line)
            await line.close()

    def _next(self) -> Claimed | None:
        recorder = self._recorder
        is_over = self.fault is not None or recorder.failure is not None or recorder.is_held
        return None if is_over else self._feed.take()

    async def _send(self, line: RelayLine, letter: Claimed) -> Claimed | None:
        """Send one letter; returns the one whose envelope went with its end, or the next."""
        await self._pace.turn()
        if self.fault is not None:
            return None
        fault = await line.offer(letter.envelope, letter.frozen)
        if fault is not None:
            return self._fail(line, letter, fault)
        self._stand(line)
        asked_at = steady_seconds()
        if not await self._recorder.mark(letter):
            line.drop()
            return self._next()
        following = self._next() if self._is_pipelined else None
        if steady_seconds() - asked_at > LONGEST_TO_DOT_SECONDS:
            line.drop()
            self._recorder.settle(letter, STALE)
            return following or self._next()
        verdict = await line.dot(following.envelope if following is not None else None)
        self._recorder.settle(letter, verdict)
        if self._is_of_relay(verdict):
            self.fault = self.fault or verdict
            return None
        return following or self._next()

    def _stand(self, line: RelayLine) -> None:
        self.has_stood = True
        self._standing.add(line)
        self._is_tried.set()

    def _fail(self, line: RelayLine, letter: Claimed, fault: Fault) -> Claimed | None:
        if not self._is_of_relay(fault):
            self._recorder.settle(letter, fault)
            return self._next()
        self._standing.discard(line)
        if fault.phase in OPENING and self._standing:
            # The relay allows fewer connections than we have lines: the others go on.
            self._feed.give_back(letter)
            return None
        self.fault = self.fault or fault
        return None

    def _is_of_relay(self, fault: Fault) -> bool:
        return fault.verdict is not Verdict.ACCEPTED and is_relay_fault(
            attempt_of(fault, at=self._recorder.now)
        )
