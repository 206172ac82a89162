"""The test bench: a sink that is the truth, a world that can be set back, and rounds under fault."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.database import open_engine
from config.clock import set_simulated_now
from models.letters import LetterKind
from tests.faults.checker import Findings, check, read_log
from tests.faults.dump import dump
from tests.faults.injection import ROOT, Act, Zygote
from tests.faults.world import MORNING, build_world, plan_morning, put_letters
from tests.postgresql_cluster import Cluster

ACTS = "tests.faults.acts"


@dataclass(frozen=True)
class Sink:
    """A running sink: its port, its log and its process."""

    port: int
    log: Path
    process: subprocess.Popen[str]
    gate: Path | None = None

    def await_letter(self) -> None:
        """Wait until a letter stands before the gate."""
        assert self.gate is not None
        while not self.gate.with_suffix(".waiting").exists():
            time.sleep(0.005)

    def await_log(self, *, least: int) -> None:
        """Wait until the log has so many letters."""
        while len(read_log(self.log)) < least:
            time.sleep(0.005)


@contextmanager
def running_sink(
    log: Path,
    *,
    port: int = 0,
    delay: float = 0.0,
    die_after: int = 0,
    seed: int = 0,
    gate: Path | None = None,
    patience: float | None = None,
) -> Iterator[Sink]:
    """Run a sink of its own process for the block; a gate holds letters until its file appears.

    A sink with ``patience`` hangs up on a letter that does not end within so many seconds.
    """
    options: dict[str, object] = {
        "port": port,
        "delay": delay,
        "die-after": die_after,
        "seed": seed,
    }
    if gate is not None:
        options |= {"gate": str(gate)}
    if patience is not None:
        options |= {"patience": patience}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.sink", "--log", str(log)]
        + [part for name, value in options.items() for part in (f"--{name}", str(value))],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield Sink(int(process.stdout.readline()), log, process, gate)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@dataclass(frozen=True)
class Place:
    """Where a world lives: its home folder and its database."""

    home: Path
    url: str

    def set_clock(self, later: timedelta) -> None:
        """Let it be so much later than the morning."""
        set_simulated_now(self.home / "clock", MORNING + later)


class Shelf:
    """A world built once and set back for each point, on SQLite or on a PostgreSQL cluster."""

    def __init__(
        self,
        folder: Path,
        *,
        villages: int,
        planned: bool = True,
        kinds: Sequence[LetterKind] = (),
        not_after: datetime | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        self._template, self._cluster = folder / "template", cluster
        self._pattern = cluster.create() if cluster is not None else ""
        url = cluster.url(self._pattern) if cluster is not None else _sqlite_in(self._template)
        furnish(Place(self._template, url), villages=villages, planned=planned)
        if kinds:
            engine = open_engine(url)
            put_letters(engine, *kinds, not_after=not_after)
            engine.dispose()
        self.place = Place(folder / "home", url)
        self._name = ""
        self.set_back()

    def set_back(self, log: Path | None = None) -> None:
        """Begin anew: the database as it was, an empty log."""
        self.place = self.copy_to(self.place.home)
        if log is not None and log.exists():
            os.truncate(log, 0)

    def copy_to(self, home: Path) -> Place:
        """The world as it was built, in another folder."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self._template, home)
        if self._cluster is None:
            return Place(home, _sqlite_in(home))
        if self._name:
            self._cluster.drop(self._name)
        self._name = self._cluster.create(self._pattern)
        return Place(home, self._cluster.url(self._name))


def furnish(place: Place, *, villages: int, planned: bool = True) -> None:
    """Build a world in that place, its letters of the morning written or not."""
    build_world(place.home, place.url, villages=villages)
    if planned:
        engine = open_engine(place.url)
        plan_morning(engine)
        engine.dispose()


def _sqlite_in(home: Path) -> str:
    return f"sqlite:///{home / 'dondoc.sqlite3'}"


def sending(place: Place, port: int, connections: int = 4, **more: float) -> Act:
    """The act of a sending round."""
    return _act("send", place, port=port, connections=connections, **more)


def planning(place: Place) -> Act:
    """The act of planning the morning."""
    return _act("plan", place)


def resolving(
    place: Place,
    log: Path | None,
    quiet_seconds: float | None = None,
    steady_seconds: float | None = None,
    *,
    port: int | None = None,
) -> Act:
    """The act of settling what dead senders left; the log of the sink on that port is the oracle."""
    oracle = str(log) if log is not None else None
    return _act(
        "resolve", place, log=oracle, quiet_seconds=quiet_seconds, steady_seconds=steady_seconds,
        port=port,
    )  # fmt: skip


def rounds(place: Place, sink: Sink, *minutes: int) -> Act:
    """The act of rounds so many minutes later: planning, settling, sending; the log is the oracle."""
    return _act("recover", place, port=sink.port, log=str(sink.log), minutes=list(minutes))


def _act(name: str, place: Place, **arguments: object) -> Act:
    return Act(ACTS, name, {"home": str(place.home), "url": place.url, **arguments})


def recover(
    place: Place, zygote: Zygote, sink: Sink, *mutations: str, minutes: Sequence[int] = (1, 20, 40)
) -> Findings:
    """Let undisturbed rounds pass, beyond the quiet period, and look at the end."""
    code = zygote.run(rounds(place, sink, *minutes).without(*mutations))
    assert code == 0, "a round failed after the faults had stopped"
    return check(dump(place.url), read_log(sink.log), is_over=True)
