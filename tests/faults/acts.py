"""What a fault test's child does: one round of the product, as its flows do it, in a world at hand."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import OperationalError

from adapters import owners
from adapters.database import open_engine
from adapters.loopback_connections import awaits_hearing
from adapters.smtp import RelaySettings
from config.clock import read_now, set_simulated_now
from config.settings import Settings
from models.clocks import MonotonicReading
from models.oracles import Oracle, silence
from services import mailing
from services.desk import Desk
from services.resolving import Resolver
from services.resolving import resolve as settle
from tests.faults.checker import read_log
from tests.faults.world import COMMUNE, build_world, plan_morning

QUIET = timedelta(minutes=15)
# From a shock of the wall clock nothing shows on this one.
STEADY = "steady"


class Stand(Desk):
    """A desk at which a test may choose the relay, and the clock that never jumps."""

    chosen_relay: RelaySettings | None = None
    steady_seconds: float | None = None

    @property
    def relay(self) -> RelaySettings:
        """Where letters go."""
        return self.chosen_relay or super().relay

    @property
    def monotonic(self) -> MonotonicReading:
        """The clock that never jumps."""
        if self.steady_seconds is None:
            return super().monotonic
        return MonotonicReading(boot_id=STEADY, seconds=self.steady_seconds)


@contextmanager
def at_desk(
    home: str | Path,
    url: str,
    port: int = 1,
    *,
    connections: int = 4,
    min_free_mb: int = 0,
    now: datetime | None = None,
) -> Iterator[Stand]:
    """A desk in that world, at the instant of its clock or another."""
    settings = Settings(
        home=Path(home), database_url=url, clock_file=Path(home) / "clock", commune=COMMUNE,
        smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", smtp_connections=connections,
        min_free_mb=min_free_mb,
    )  # fmt: skip
    engine = open_engine(settings.engine_url)
    desk = Stand(settings, engine, now=now or read_now(settings))
    if now is not None:
        desk.steady_seconds = now.timestamp()
    try:
        yield desk
    finally:
        engine.dispose()


def send(
    home: str,
    url: str,
    port: int,
    connections: int = 4,
    steady_seconds: float | None = None,
    min_free_mb: int = 0,
) -> None:
    """Send what is due to the relay on that port."""
    with at_desk(home, url, port, connections=connections, min_free_mb=min_free_mb) as desk:
        desk.steady_seconds = steady_seconds
        asyncio.run(mailing.send_due(desk))


def plan(home: str, url: str) -> None:
    """Plan the reminders of the morning."""
    with at_desk(home, url) as desk:
        plan_morning(desk.engine)


def resolve(
    home: str,
    url: str,
    log: str | None,
    quiet_seconds: float | None = None,
    steady_seconds: float | None = None,
    port: int | None = None,
) -> None:
    """Settle what dead senders left; the sink's log, when given, is the oracle.

    What lies unread before the sink on that port keeps every no from counting.

    The quiet period runs on the simulated clock, on the machine's when its length is given, or on
    the steady one.
    """
    with at_desk(home, url) as desk:
        if quiet_seconds is not None:
            desk.settings = desk.settings.model_copy(update={"clock_file": None})
        desk.steady_seconds = steady_seconds
        quiet = QUIET if quiet_seconds is None else timedelta(seconds=quiet_seconds)
        _settle(desk, log, quiet, port=port)


def _settle(
    desk: Stand, log: str | None, quiet: timedelta = QUIET, *, port: int | None = None
) -> None:
    settle(
        Resolver(
            engine=desk.engine,
            commune=COMMUNE,
            is_alive=lambda owner: owners.is_alive(desk.engine, desk.locks, owner),
            oracle=_oracle(log),
            quiet=quiet,
            monotonic=desk.monotonic,
            now=desk.now,
            is_reading=lambda: port is not None and awaits_hearing(port),
        )
    )


def _oracle(log: str | None) -> Oracle:
    if log is None:
        return silence
    arrived = {letter.message_id for letter in read_log(Path(log))}
    return arrived.__contains__


def recover(
    home: str, url: str, port: int, log: str | None, minutes: tuple[int, ...] = (1, 20, 40)
) -> None:
    """Let undisturbed rounds pass, as the mailroom's, until the quiet period is over."""
    clock = Path(home) / "clock"
    began = datetime.fromisoformat(clock.read_text())
    with at_desk(home, url, port) as desk:
        for later in minutes:
            desk.now = began + timedelta(minutes=later)
            set_simulated_now(clock, desk.now)
            plan_morning(desk.engine)
            _settle(desk, log, port=port)
            asyncio.run(mailing.send_due(desk))


def warm() -> None:
    """Do once, before any child is forked, what the first use imports, reads and compiles."""
    engine = open_engine("postgresql+psycopg://127.0.0.1:1/none")
    with suppress(OperationalError), engine.connect():
        pass
    engine.dispose()
    with TemporaryDirectory() as folder:
        home, url = Path(folder), f"sqlite:///{folder}/dondoc.sqlite3"
        build_world(home, url, villages=1)
        recover(str(home), url, port=1, log=None, minutes=(0,))
