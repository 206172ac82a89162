"""A migration killed anywhere leaves the old schema or the new one, never something between (105)."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from adapters.database import MIGRATIONS, open_engine
from tests.faults.injection import KILLED, Act, Zygote, points_of

FIRST = "0001"
SEED = 20261124
SAMPLE = 24

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The octets of a database of the first version, with a row in it."""
    path = tmp_path_factory.mktemp("old") / "dondoc.sqlite3"
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        connection.exec_driver_sql("INSERT INTO journal_heads VALUES ('bat-mot', 1, 'x')")
    engine.dispose()
    return path.read_bytes()


def put_back(path: Path, octets: bytes) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(octets)


def schema_of(path: Path) -> tuple[str, ...]:
    """The version and all statements of the schema, as whoever opens the file next finds them."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (head,) = connection.execute("SELECT hash FROM journal_heads").fetchall()
        assert head == ("x",)
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return version, *sorted(_sorted_lines(sql) for (sql,) in rows)


def _sorted_lines(sql: str) -> str:
    # Alembic copies a table's constraints in any order; the last one has no comma behind it.
    return " ".join(sorted(line.replace(",", "").strip() for line in sql.splitlines()))


@pytest.mark.usefixtures("strace")
def test_a_kill_at_sampled_calls_leaves_the_old_schema_or_the_new_one(
    old: bytes, tmp_path: Path, zygote: Zygote
) -> None:
    path, log = tmp_path / "dondoc.sqlite3", tmp_path / "strace.log"
    act = Act("adapters.database", "migrate", {"url": f"sqlite:///{path}"})
    put_back(path, old)
    before = schema_of(path)
    assert zygote.traced(act, log=log) == 0
    after = schema_of(path)
    assert before != after
    # What touches the database's files: the rest reads the program.
    touching = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "fcntl")
    points = [point for point in points_of(log) if point.call in touching]
    chosen = random.Random(SEED).sample(points, min(SAMPLE, len(points)))
    found = set()
    killed = 0
    for point in chosen:
        put_back(path, old)
        code = zygote.traced(act, f"trace={point.call}", point.killing(), log=log)
        killed += code == KILLED
        found.add(schema_of(path))
        assert found <= {before, after}, point
        assert zygote.run(act) == 0
        assert schema_of(path) == after
    assert killed >= 0.9 * len(chosen), f"killed at {killed} of {len(chosen)} calls only"
