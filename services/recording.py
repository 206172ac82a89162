"""The recorder: marks and outcomes of several lines go into the database together, in order."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Row, select

from adapters import tables
from adapters.database import transaction, transaction_on
from adapters.smtp_verdicts import Fault, attempt_of, is_relay_fault
from models.errors import TransientError
from models.letters import LetterState, Verdict
from services.claims import Claimed, release
from services.marks import Marked, Sending
from services.outcomes import DOUBTED, Outcome, record_outcomes
from services.settlements import settle_and_mark

RETRY_SECONDS = 1.0
# Lines that go on to their next letter ask for its mark within that time: one commit serves both.
LINGER_SECONDS = 0.004
_FIELDS = {
    Verdict.ACCEPTED: "accepted",
    Verdict.REFUSED_PERMANENTLY: "refused",
    Verdict.UNKNOWN: "unknown",
}


class _Asked(NamedTuple):
    letter: Claimed
    answer: asyncio.Future[bool]


class Recorder:
    """Commits whatever has accumulated while the last commit ran.

    Marks are committed on the sender's own connection only: when that is lost, so is the owner's
    lock, and no further dot may be written. Outcomes are recorded until the database takes them.
    """

    def __init__(self, connection: Connection, engine: Engine, *, of: Sending) -> None:
        """Keep the connections; nothing is written before ``run``."""
        self.failure: TransientError | None = None
        self.is_held = False
        self.counts: Counter[str] = Counter()
        self._connection = connection
        self._engine = engine
        self._of = of
        self._asked: list[_Asked] = []
        self._outcomes: list[Outcome] = []
        self._unsent: list[int] = []
        self._wake = asyncio.Event()  # there is something to record
        self._hurry = asyncio.Event()  # somebody waits for it
        self._idle = asyncio.Event()
        self._is_closing = False

    async def mark(self, letter: Claimed) -> bool:
        """Commit that the letter's last dot is about to be written; False: it must not be."""
        if self.failure is not None:
            return False
        asked = _Asked(letter, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        self._wake.set()
        self._hurry.set()
        return await asked.answer

    def settle(self, letter: Claimed, fault: Fault) -> None:
        """Record, soon, how the try of the letter ended."""
        self._outcomes.append(Outcome(letter, fault))
        self._idle.clear()
        if fault.verdict is Verdict.ACCEPTED or not is_relay_fault(attempt_of(fault, at=self.now)):
            self.counts[_FIELDS.get(fault.verdict, "retried")] += 1
        self._wake.set()

    @property
    def now(self) -> datetime:
        """The instant of the round."""
        return self._of.now

    def close(self) -> None:
        """Let ``run`` end when everything is recorded."""
        self._is_closing = True
        self._wake.set()
        self._hurry.set()

    async def drain(self) -> None:
        """Wait until everything is recorded that was settled so far."""
        self._hurry.set()
        self._wake.set()
        await self._idle.wait()

    async def run(self) -> None:
        """Record until closed; an unreachable database is asked again until it answers."""
        while not self._is_closing:
            await self._wake.wait()
            await self._gather()
            self.flush()
            while self._is_behind:
                await asyncio.sleep(RETRY_SECONDS)
                self.flush()
            self._idle.set()

    @property
    def _is_behind(self) -> bool:
        return bool(self._asked or self._outcomes or self._unsent)

    async def _gather(self) -> None:
        """Wait until the lines that can speak at once have spoken."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                await self._hurry.wait()
        known = -1
        while known != len(self._asked) + len(self._outcomes):
            known = len(self._asked) + len(self._outcomes)
            await asyncio.sleep(0)
        self._wake.clear()
        self._hurry.clear()

    def flush(self) -> None:
        """Try once to record what waits; what could not be recorded goes on waiting."""
        if not self._is_behind:
            return
        asked, outcomes = self._asked, self._outcomes
        self._asked, self._outcomes = [], []
        try:
            marked = self._commit(asked, outcomes)
        except TransientError as error:
            self.failure = self.failure or error
            self._outcomes = outcomes + self._outcomes
            # A commit that failed may have happened; what is sure is that no dot follows.
            self._unsent.extend(a.letter.id for a in asked)
            marked = Marked()
        self.is_held = self.is_held or marked.is_held
        self._answer(asked, marked.ids)

    def _commit(self, asked: Sequence[_Asked], outcomes: Sequence[Outcome]) -> Marked:
        if self.failure is not None:
            self._record_late(outcomes)
            return Marked()
        with transaction_on(self._connection):
            letters = [one.letter for one in asked]
            return settle_and_mark(self._connection, outcomes, letters, of=self._of)

    def _record_late(self, outcomes: Sequence[Outcome]) -> None:
        """Record over another connection what an earlier commit may have recorded already."""
        with transaction(self._engine) as connection:
            late = _not_yet_settled(connection, outcomes, owner=self._of.owner)
            record_outcomes(connection, late, of=self._of)
            if self._unsent:
                release(connection, owner=self._of.owner, letters=self._unsent)
        self._unsent = []

    def _answer(self, asked: Sequence[_Asked], marked: frozenset[int]) -> None:
        for one in asked:
            is_marked = one.letter.id in marked
            self.counts["withdrawn"] += not is_marked
            if not one.answer.done():
                one.answer.set_result(is_marked)


def _not_yet_settled(
    connection: Connection, outcomes: Sequence[Outcome], *, owner: str
) -> list[Outcome]:
    c = tables.outbox.c
    chosen = select(c.id, c.state, c.owner).where(c.id.in_([o.letter.id for o in outcomes]))
    rows = {row.id: row for row in connection.execute(chosen)}
    return [
        o
        for o in outcomes
        if _is_ours(rows[o.letter.id], owner)
        or (o.fault.verdict is Verdict.ACCEPTED and rows[o.letter.id].state in DOUBTED)
    ]


def _is_ours(row: Row[tuple[object, ...]], owner: str) -> bool:
    return bool(row.owner == owner and row.state == LetterState.SENDING)
