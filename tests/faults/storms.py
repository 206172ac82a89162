"""A storm: several senders killed at random moments, a relay that dies between accept and answer, units that report meanwhile."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, update

from adapters import tables
from adapters.database import open_engine, transaction
from models.errors import TransientError
from services.reviews import waive
from tests.faults.bench import Place, planning, resolving, running_sink, sending
from tests.faults.injection import Act, Zygote
from tests.faults.world import MORNING, REPORT

SLACK_SECONDS = 2.0  # from a mark to the sink's log, on a machine that is busy
SPEED = 4  # simulated seconds of a real one: the window lasts longer than the longest storm
LATEST = timedelta(hours=2)  # the morning's send window stays open for the rounds after it
QUIET_SECONDS = 10.0  # longer than a starved relay takes to read a dot that lies in its socket
SETTLE_SECONDS = 1.0
PLAN_SECONDS = 60.0
MOST_FAILURES = 50
PROGRESS = 50  # kills between two lines of a long storm
LINE_OCTETS = 250  # of the sink's log, nearly
LETTERS_PER_KILL = 4
LONGEST_LIFE_SECONDS = 3.0
COPIES_STRUCK = 0.25
PLAN = "kh-khcn-2026"


@dataclass
class Storm:
    """What a storm does, and what it has done."""

    place: Place
    log: Path
    seed: int
    kills: int
    senders: int = 4
    relay_deaths: int = 3
    reports: int = 0
    pauses: bool = False
    delay: float = 0.1
    killed: int = 0
    failed: int = 0  # a relay or database that was away may end a round
    died: int = 0
    copies_killed: int = 0
    closed_at: dict[str, float] = field(default_factory=dict)

    def rage(self, zygote: Zygote, villages: int, *, longest_seconds: float) -> None:
        """Go on until enough was killed; every fault has stopped when this returns."""
        self._chance = random.Random(self.seed)
        self._lock = threading.Lock()
        self._life = 0.2
        self._over = threading.Event()
        self._began = time.monotonic()
        self._errors: list[BaseException] = []
        with running_sink(self.log, delay=self.delay) as sink:
            self._port = sink.port
        with ExitStack() as stack:
            twins = [stack.enter_context(zygote.twin()) for _ in range(self.senders)]
            works: list[Callable[[], None]] = [partial(self._sender, twin) for twin in twins]
            works += [self._sink, partial(self._settle, zygote), partial(self._report, villages)]
            self._run(works, longest_seconds)
        if self._errors:
            raise self._errors[0]

    def _run(self, works: Sequence[Callable[[], None]], longest_seconds: float) -> None:
        threads = [threading.Thread(target=self._guarded, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        while (self.killed < self.kills or not self.died) and not self._over.is_set():
            time.sleep(0.05)
            if time.monotonic() - self._began > longest_seconds:
                break
        self._over.set()
        for thread in threads:
            thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            self._errors.append(error)
            self._over.set()

    def _sender(self, zygote: Zygote) -> None:
        while not self._over.is_set():
            with self._lock:
                until_death = self._chance.uniform(0.05, 2 * self._patience())
                pauses = self.pauses and self._chance.random() < 0.2
                strikes_copy = self._chance.random() < COPIES_STRUCK
                lines = self._chance.choice((1, 4))
            act = sending(self.place, self._port, lines).without("copy for few")
            self._strike(zygote, act, until_death, pauses=pauses, strikes_copy=strikes_copy)

    def _patience(self) -> float:
        """Seconds to let a sender live, so that a kill costs a few letters on a busy machine too."""
        is_hasty = self._arrived() < self.killed * LETTERS_PER_KILL
        self._life = min(max(self._life * (1.1 if is_hasty else 0.9), 0.05), LONGEST_LIFE_SECONDS)
        return self._life

    def _arrived(self) -> int:
        return self.log.stat().st_size // LINE_OCTETS

    def _strike(
        self, zygote: Zygote, act: Act, until_death: float, *, pauses: bool, strikes_copy: bool
    ) -> None:
        pid = zygote.start(act)
        handle = os.pidfd_open(pid)
        try:
            os.kill(pid, signal.SIGCONT)
            time.sleep(until_death)
            if strikes_copy:
                self._strike_copy(pid)
                time.sleep(until_death)
            with suppress(ProcessLookupError):
                if pauses:
                    signal.pidfd_send_signal(handle, signal.SIGSTOP)
                    time.sleep(2 * QUIET_SECONDS)
                    signal.pidfd_send_signal(handle, signal.SIGCONT)
                    time.sleep(until_death)
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
        code = zygote.outcome()
        with self._lock:
            self.killed += code == -signal.SIGKILL
            if self.killed % PROGRESS == 0 and code == -signal.SIGKILL:
                print(f"{self.killed} kills so far, {self._arrived()} letters", flush=True)
            self.failed += code > 0
        if self.failed > MOST_FAILURES:
            raise RuntimeError(f"{self.failed} rounds ended with an error of their own")

    def _strike_copy(self, sender: int) -> None:
        """Kill the copy of itself that claims or writes for a sender, if there is one now."""
        for copy in _children_of(sender):
            with suppress(ProcessLookupError):
                os.kill(copy, signal.SIGKILL)
                with self._lock:
                    self.copies_killed += 1

    def _sink(self) -> None:
        """Keep a relay running that dies, a few times, after it took a letter and before it said so."""
        while not self._over.is_set():
            with self._lock:
                lives = self._chance.randint(1, 6) if self.died < self.relay_deaths else 0
            with running_sink(self.log, port=self._port, delay=self.delay, die_after=lives) as sink:
                while not self._over.is_set() and sink.process.poll() is None:
                    time.sleep(0.02)
                self.died += sink.process.poll() is not None

    def _settle(self, zygote: Zygote) -> None:
        """Let time go on, settle what dead senders left, and now and then plan the morning again."""
        planned, engine = float("-inf"), open_engine(self.place.url)
        while not self._over.wait(SETTLE_SECONDS):
            elapsed = time.monotonic() - self._began
            self.place.set_clock(min(timedelta(seconds=SPEED * elapsed), LATEST))
            _insist(partial(_close_breaker, engine))
            if elapsed - planned > PLAN_SECONDS:
                planned = elapsed
                zygote.run(planning(self.place))
            zygote.run(resolving(self.place, self.log, QUIET_SECONDS, port=self._port))
        engine.dispose()

    def _report(self, villages: int) -> None:
        engine = open_engine(self.place.url)
        with self._lock:
            chosen = self._chance.sample(range(1, villages + 1), self.reports)
        for number in chosen:
            if self._over.wait(0.05):
                break
            unit = f"thon-{number:05d}"
            obligation = f"{PLAN}/{REPORT}/{unit}/1"
            _insist(partial(waive, engine, obligation, reason="đã nộp", by="test", now=MORNING))
            self.closed_at[unit] = time.monotonic() + SLACK_SECONDS
        engine.dispose()


def _children_of(process: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            _, parent, *_ = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(parent) == process:
                yield int(stat.parent.name)


def _insist(act: Callable[[], object]) -> None:
    """Do it, however long a sender that was stopped within a transaction keeps the file locked."""
    while True:
        with suppress(TransientError):
            act()
            return


def _close_breaker(engine: Engine) -> None:
    """Let senders try the relay again at once: with every relay death a pause would be a calm."""
    with transaction(engine) as connection:
        connection.execute(update(tables.relays).values(open_until=None))
