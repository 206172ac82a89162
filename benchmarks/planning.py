"""Planning: the morning round against hand-written statements that insert the same rows."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import Engine, insert, text

from adapters import tables
from adapters.calendars import read_calendar
from adapters.database import migrate, open_engine, transaction
from adapters.plan_files import read_dossier
from adapters.policies import read_policy
from benchmarks.planning_raw import insert_raw
from benchmarks.rounds import seconds
from config.settings import CONFIG_FOLDER
from services import plans
from services.phases import obligation_row
from services.reminders import plan_reminders
from tests.postgresql_cluster import find_free_port, programs, running_cluster

ISSUED = datetime(2026, 5, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)  # 07:30 of the day due
DUE, LATER = NOW.replace(hour=10, minute=0), NOW + timedelta(days=60)
SIZES = (5_000, 100_000)
PAGE = 5_000
ROUNDS = 5


class World(NamedTuple):
    """How many obligations there are, which share is due, and since when they are open."""

    name: str
    size: int
    due_share: float = 1.0
    opened: datetime = DUE - timedelta(days=2)  # only rung T has come

    @property
    def due(self) -> int:
        """How many obligations are due, each owed by a unit and contact of its own."""
        return round(self.size * self.due_share)


def run() -> Iterator[str]:
    """Plan obligations on each database: all due, one in ten due, after an outage, again."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure("SQLite", lambda name: f"sqlite:///{folder}/{name}.sqlite3")
    bin_folder = programs()
    if bin_folder is None:
        yield "PostgreSQL: skipped, it is not installed"
        return
    with running_cluster(bin_folder, find_free_port()) as cluster:
        yield from _measure("PostgreSQL", lambda _: cluster.url(cluster.create()))


def _measure(backend: str, new_url: Callable[[str], str]) -> Iterator[str]:
    for size in SIZES:
        worlds = (
            World("all due", size),
            World("one in ten due", size, due_share=0.1),
            World("all due after an outage", size, opened=ISSUED),
        )
        for place, world in enumerate(worlds):
            with _engine(new_url(f"{size}-{place}"), world) as engine:
                yield f"{backend}, {size} obligations, {_compare(engine, world)}"


@contextmanager
def _engine(url: str, world: World) -> Iterator[Engine]:
    migrate(url)
    engine = open_engine(url)
    try:
        _fill(engine, world)
        yield engine
    finally:
        engine.dispose()


def _fill(engine: Engine, world: World) -> None:
    dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
    plans.import_plan(engine, dossier, actor="benchmark", now=ISSUED)
    day = ISSUED.date()
    plan = plans.activate_plan(
        engine, dossier.plan.id, number=1, issued_on=day, actor="benchmark", now=ISSUED, day=day
    )
    requirement = dossier.plan.requirement("BC")
    for first in range(0, world.size, PAGE):
        numbers = range(first, min(first + PAGE, world.size))
        owed = [
            obligation_row(
                plan, requirement, f"u{n}", period="1", now=world.opened,
                due=DUE if n < world.due else LATER,
            )
            for n in numbers
        ]  # fmt: skip
        with transaction(engine) as connection:
            connection.execute(insert(tables.obligations), owed)
            connection.execute(
                insert(tables.contacts), [_contact(plan.commune, n) for n in numbers]
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _contact(commune: str, n: int) -> dict[str, object]:
    return {
        "commune": commune, "id": f"u{n}.head", "unit_id": f"u{n}", "role": "head", "rank": 1,
        "title": "Trưởng", "email": f"u{n}@x.example", "salutation": "comrade", "confirmed": True,
    }  # fmt: skip


def _compare(engine: Engine, world: World) -> str:
    calendar, policy = read_calendar(), read_policy("default", CONFIG_FOLDER / "policies")
    rungs = ("T",) if world.opened > DUE - timedelta(days=3) else ("T", "T-7", "T-3", "T-1")
    letters: list[int] = []

    def ours() -> None:
        made = plan_reminders(engine, commune="bat-mot", policy=policy, calendar=calendar, now=NOW)
        letters.append(made.letters)

    def raw() -> None:
        letters.append(insert_raw(engine, due=DUE, now=NOW, rungs=rungs))

    first, again = [], []
    for turn in range(ROUNDS + 1):
        times = {}
        for act in (ours, raw) if turn % 2 else (raw, ours):
            _clear(engine)
            times[act] = seconds(act), seconds(act)
        if turn:  # the first warms up
            first.append((times[ours][0], times[raw][0]))
            again.append((times[ours][1], times[raw][1]))
    assert letters == [world.due, 0] * 2 * (ROUNDS + 1)
    return f"{world.name}: {_ratio(first)}; again, 0 new: {_ratio(again)}"


def _ratio(pairs: Sequence[tuple[float, float]]) -> str:
    ratios = sorted(a / b for a, b in pairs)
    mine, other = (1000 * median(pair[n] for pair in pairs) for n in (0, 1))
    spread = f"{median(ratios):.2f} [{ratios[0]:.2f} .. {ratios[-1]:.2f}]"
    return f"{spread} of the raw statements ({mine:.0f} ms against {other:.0f} ms)"


def _clear(engine: Engine) -> None:
    empty = "DELETE FROM" if engine.dialect.name == "sqlite" else "TRUNCATE"
    with transaction(engine) as connection:
        for table in (tables.outbox, tables.outbox_items, tables.holds, tables.alarms):
            connection.execute(text(f"{empty} {table.name}"))
