"""Planning: the morning round over open obligations, against one raw insert of the same rows."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert

from adapters import tables
from adapters.calendars import read_calendar
from adapters.database import migrate, open_engine, transaction
from adapters.plan_files import read_dossier
from adapters.policies import read_policy
from benchmarks.rounds import compare
from config.settings import CONFIG_FOLDER
from services import plans
from services.phases import obligation_row
from services.reminders import plan_reminders

COUNT = 5_000
OPENED, NOW = datetime(2026, 5, 11, 1, tzinfo=UTC), datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
DUE = datetime(2026, 6, 22, 10, tzinfo=UTC)


def run() -> Iterator[str]:
    """Plan 5,000 obligations that are all due, each owed by a unit and contact of its own."""
    calendar, policy = read_calendar(), read_policy("default", CONFIG_FOLDER / "policies")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/dondoc.sqlite3"
        migrate(url)
        engine = open_engine(url)
        dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
        plans.import_plan(engine, dossier, actor="benchmark", now=OPENED)
        day = OPENED.date()
        plan = plans.activate_plan(
            engine, dossier.plan.id, number=1, issued_on=day, actor="benchmark", now=OPENED, day=day
        )
        requirement = dossier.plan.requirement("BC")
        owed = [
            obligation_row(plan, requirement, f"u{n}", period="1", due=DUE, now=OPENED)
            for n in range(COUNT)
        ]
        contacts = [
            {"commune": plan.commune, "id": f"u{n}.head", "unit_id": f"u{n}", "role": "head",
             "rank": 1, "title": "Trưởng", "email": f"u{n}@x.example", "salutation": "comrade",
             "confirmed": True}
            for n in range(COUNT)
        ]  # fmt: skip
        with transaction(engine) as connection:
            connection.execute(insert(tables.obligations), owed)
            connection.execute(insert(tables.contacts), contacts)

        def ours() -> None:
            with transaction(engine) as connection:
                connection.execute(delete(tables.outbox))
                connection.execute(delete(tables.outbox_items))
            made = plan_reminders(
                engine, commune=plan.commune, policy=policy, calendar=calendar, now=NOW
            )
            assert made.letters == COUNT

        yield compare(f"{COUNT} obligations due", ours, _raw(Path(folder)), rounds=5)
        engine.dispose()


def _raw(folder: Path) -> Callable[[], None]:
    connection = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE letters (k TEXT UNIQUE, a TEXT, b TEXT, c TEXT, d TEXT)")
    connection.execute("CREATE TABLE items (k TEXT PRIMARY KEY, o TEXT, r TEXT)")

    def reference() -> None:
        connection.execute("DELETE FROM letters")
        connection.execute("DELETE FROM items")
        connection.execute("BEGIN IMMEDIATE")
        letters = [(f"r/u{n}", "E05", f"u{n}", "ready", "2026-06-22") for n in range(COUNT)]
        connection.executemany("INSERT INTO letters VALUES (?,?,?,?,?)", letters)
        items = [(f"o{n}/T/contact", f"o{n}", "T") for n in range(COUNT)]
        connection.executemany("INSERT INTO items VALUES (?,?,?)", items)
        connection.execute("COMMIT")

    return reference
