"""One statement that writes what another finds, leaving what exists alone."""

from typing import cast

from sqlalchemy import ColumnElement, Connection, CursorResult, Select, Table, collate
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

BYTEWISE = {"sqlite": "BINARY", "postgresql": "C"}


def insert_found(connection: Connection, table: Table, found: Select[tuple[object, ...]]) -> int:
    """Insert the rows found whose keys do not exist yet; returns how many were new.

    Columns are matched by name. The query has a condition: SQLite takes ON CONFLICT for a join's
    without one.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    build = sqlite_insert(table) if is_sqlite else postgresql_insert(table)
    names = [column.name for column in found.selected_columns]
    statement = (
        build.from_select(names, found)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    return cast("CursorResult[object]", connection.execute(statement)).rowcount


def bytewise(connection: Connection, text: ColumnElement[str]) -> ColumnElement[str]:
    """Order text as Python does, whatever the language of the database."""
    return collate(text, BYTEWISE[connection.dialect.name])
