"""Many rows through one statement: compiled once, then handed to the driver as they are."""

import json
from collections.abc import Sequence
from typing import NamedTuple, cast

import psycopg
from sqlalchemy import (
    JSON,
    Connection,
    Dialect,
    Insert,
    Table,
    Update,
    column,
)

from adapters.direct import (
    BY_PLACE,
    Convert,
    Types,
    Values,
    Wording,
    converted,
    converters,
    driver_cursor,
    worded,
)
from adapters.recordsets import over, recordset

_ROWS = "rows"
_COPY = "COPY {} ({}) FROM STDIN (FORMAT BINARY)"
# By a column's type, as what its values are written there; JSON is its text in either form.
_COPIED_AS = {
    "BYTEA": "bytea", "INTEGER": "int4", "JSON": "text", "TEXT": "text",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}  # fmt: skip


class _Compiled(NamedTuple):
    wording: Wording  # of a row, what all share and the constants
    row_converters: tuple[tuple[int, Convert], ...]  # by place
    shared_converters: tuple[Convert | None, ...]
    is_at_once: bool  # all rows go as one JSON text
    copied_as: tuple[str, ...]  # not empty: they are copied, as values of those types


class Bulk:
    """An INSERT or UPDATE that is executed with thousands of rows.

    ``Connection.execute`` builds the parameters of each row anew, which costs several times what
    the database needs; here only what a type must convert is touched, and what rows share once.
    To PostgreSQL, where a message and an answer for each cost more than the row, new rows go by
    COPY, for which neither side puts anything into words, and the others all at once, as JSON.
    """

    def __init__(
        self, statement: Insert | Update, *columns: str, shared: Sequence[str] = ()
    ) -> None:
        """Keep the statement; ``columns`` are what each row gives, ``shared`` what all share.

        Together they are an insert's columns, or all parameters of an update, none of them bytes.
        """
        self._statement = statement
        self._columns = columns
        self._shared = tuple(shared)
        self._compiled: dict[str, _Compiled] = {}  # by database: engines come and go

    def execute(self, connection: Connection, rows: Sequence[Values], **shared: object) -> None:
        """Execute the statement for each row; nothing for no rows.

        A row is what the columns hold, in their order. No two rows may be about the same key.
        """
        if not rows:
            return
        known = self._known(connection.dialect)
        text, constants, arrange = known.wording
        given = [shared[name] for name in self._shared]
        rest = (*map(converted, known.shared_converters, given), *constants)
        if known.is_at_once:
            told = [dict(zip(self._columns, row, strict=True)) for row in rows]
            with driver_cursor(connection, text) as cursor:
                cursor.execute(text, arrange((json.dumps(told), *rest)))
            return
        for place, convert in known.row_converters:
            rows = _with_converted(rows, place, convert)
        arranged = [arrange(row + rest) for row in rows]
        with driver_cursor(connection, text) as cursor:
            if known.copied_as:
                _copy(cast("psycopg.Cursor", cursor), text, known.copied_as, arranged)
            else:
                cursor.executemany(text, arranged)

    def _known(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        return self._compiled[dialect.name]

    def _compile(self, dialect: Dialect) -> _Compiled:
        names = (*self._columns, *self._shared)
        is_insert = isinstance(self._statement, Insert)
        compiled = self._statement.compile(
            dialect=BY_PLACE[dialect.name], column_keys=list(names) if is_insert else None
        )
        types = {name: bind.type for name, bind in compiled.binds.items()}
        by_name = converters(types, dialect)
        is_at_once = dialect.name == "postgresql" and not is_insert
        if is_at_once:
            compiled = self._of_all(types).compile(dialect=BY_PLACE[dialect.name])
        wording = worded(compiled, (_ROWS, *self._shared) if is_at_once else names, by_name)
        copied_as: tuple[str, ...] = ()
        if dialect.name == "postgresql" and is_insert:
            by_name |= {n: json.dumps for n, of in types.items() if isinstance(of, JSON)}
            table = cast("Table", self._statement.table)
            columns = ", ".join(map(dialect.identifier_preparer.quote, names))
            wording = Wording(_COPY.format(table.name, columns), (), tuple)
            copied_as = tuple([_COPIED_AS[types[n].compile(dialect=dialect)] for n in names])
        return _Compiled(
            wording=wording,
            row_converters=tuple(
                [(p, c) for p, n in enumerate(self._columns) if (c := by_name[n]) is not None]
            ),
            shared_converters=tuple([by_name[name] for name in self._shared]),
            is_at_once=is_at_once,
            copied_as=copied_as,
        )

    def _of_all(self, types: Types) -> Update:
        """The update over the rows of one JSON text."""
        given = recordset(_ROWS, [column(name, types[name]) for name in self._columns])
        return over(cast("Update", self._statement), given)


def _copy(cursor: psycopg.Cursor, text: str, types: Sequence[str], rows: Sequence[Values]) -> None:
    with cursor.copy(text) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _with_converted(rows: Sequence[Values], place: int, convert: Convert) -> list[Values]:
    """The rows with what stands at that place converted, once for all rows that share it."""
    shared = {id(row[place]): row[place] for row in rows}
    ready = {key: convert(value) for key, value in shared.items()}
    return [(*row[:place], ready[id(row[place])], *row[place + 1 :]) for row in rows]
