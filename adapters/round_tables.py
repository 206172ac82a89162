"""The scratch tables of one morning round: they live as long as its transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

from adapters.schema import Instant

_scratch = MetaData()

# Obligations that climb one ladder in step, by the columns that decide it; small.
round_classes = Table(
    "round_classes",
    _scratch,
    # All but never null: one look-up for each obligation.
    Column("plan_id", Text, primary_key=True),
    Column("requirement_id", Text, primary_key=True),
    Column("due_at", Instant, primary_key=True),
    Column("opened_at", Instant, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("returns", Integer, primary_key=True, autoincrement=False),
    Column("class_id", Integer, primary_key=True, autoincrement=False),
    Column("extended_to", Instant),
    Column("extended_at", Instant),
    Column("return_due_at", Instant),
    Column("since", Instant),
    Column("is_for_one", Boolean, nullable=False),  # only one audience has come to a step
    Column("leader_id", Text),  # whom the plan names for these audiences, if reachable
    Column("coordinator_id", Text),
    Column("contact_place", Integer, nullable=False),  # the last step of each audience
    Column("head_place", Integer, nullable=False),
    Column("leader_place", Integer, nullable=False),
    Column("coordinator_place", Integer, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
    postgresql_on_commit="DROP",
)

# The steps that each class came to; small.
round_steps = Table(
    "round_steps",
    _scratch,
    Column("class_id", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("suffix", Text, nullable=False),  # of the consumed key, after the obligation's id
    Column("rung", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("bit", Integer, nullable=False),  # of the audience
    Column("kind", Text, nullable=False),
    Column("rank", BigInteger, nullable=False),  # the most urgent, then the earliest due first
    Column("number", Integer, nullable=False),
    Column("turn", Integer),
    Column("width", Integer, nullable=False),
    Column("is_last", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
    postgresql_on_commit="DROP",
)

# What each obligation has to say to each recipient: the step that counts.
round_calls = Table(
    "round_calls",
    _scratch,
    Column("contact_id", Text, nullable=False),
    Column("obligation_id", Text, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("class_id", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("audiences", Integer, nullable=False),  # the bits this recipient stands for
    Column("kind", Text, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("turn", Integer, nullable=False),  # of sending: all letters of a turn leave together
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

# Recipients that have something due and cannot be written to yet.
round_waiting = Table(
    "round_waiting",
    _scratch,
    Column("contact_id", Text, primary_key=True),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
    postgresql_on_commit="DROP",
)

_UNSEEN = text(
    "SELECT c.relname FROM pg_class c WHERE c.relname = ANY(:names) "
    "AND c.relnamespace = current_schema()::regnamespace AND pg_relation_size(c.oid) > 0 "
    "AND NOT EXISTS (SELECT FROM pg_stats s "
    "WHERE s.schemaname = current_schema() AND s.tablename = c.relname)"
)


@contextmanager
def scratch_tables(connection: Connection) -> Iterator[None]:
    """Make the tables of a round, empty, for the block; an error rolls them back."""
    if connection.dialect.name == "sqlite":
        # Scratch rows of 100,000 obligations stay in memory; more spill to a file.
        connection.exec_driver_sql("PRAGMA temp.cache_size = -32768")
    _scratch.create_all(connection, checkfirst=False)
    yield
    _scratch.drop_all(connection, checkfirst=False)


def gather_statistics(connection: Connection, *columns: Column[object]) -> None:
    """Let PostgreSQL see what scratch columns hold: unseen, it expects next to nothing of them."""
    if connection.dialect.name == "postgresql":
        for table in dict.fromkeys(column.table for column in columns):
            names = ", ".join(column.name for column in columns if column.table is table)
            connection.exec_driver_sql(f"ANALYZE {table} ({names})")


def look_at_new(connection: Connection, *tables: Table) -> None:
    """Let PostgreSQL look at filled tables it knows nothing of, as after an import.

    Unseen, it expects a few rows of each condition and joins thousands one by one.
    """
    if connection.dialect.name == "postgresql":
        names = {"names": [table.name for table in tables]}
        for name in connection.execute(_UNSEEN, names).scalars().all():
            connection.exec_driver_sql(f"ANALYZE {name}")
