"""Many rows through one statement: compiled once, then handed to the driver as they are."""

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    LargeBinary,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

Values = tuple[object, ...]
_ROWS = "rows"
Types = Mapping[str, TypeEngine[Any]]
Convert = Callable[[object], object]
# Parameters by place, not by name: a row needs no dictionary.
_BY_PLACE: dict[str, Dialect] = {
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
}


class _Compiled(NamedTuple):
    text: str
    constants: Values
    arrange: Callable[[Values], Values]  # a row, what all share and the constants, as they go
    row_converters: tuple[tuple[int, Convert], ...]  # by place
    shared_converters: tuple[Convert | None, ...]
    is_at_once: bool  # all rows go as one JSON text


class Bulk:
    """An INSERT or UPDATE that is executed with thousands of rows.

    ``Connection.execute`` builds the parameters of each row anew, which costs several times what
    the database needs; here only what a type must convert is touched. PostgreSQL gets
    all rows at once, as JSON: a message and an answer for each cost more than the row. Rows with
    bytes in them go one by one there too.
    """

    def __init__(
        self, statement: Insert | Update, *columns: str, shared: Sequence[str] = ()
    ) -> None:
        """Keep the statement; ``columns`` are what each row gives, ``shared`` what all share.

        Together they are an insert's columns, or all parameters of an update.
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
        given = [shared[name] for name in self._shared]
        rest = (*map(_converted, known.shared_converters, given), *known.constants)
        if known.is_at_once:
            told = json.dumps([dict(zip(self._columns, row, strict=True)) for row in rows])
            connection.exec_driver_sql(known.text, known.arrange((told, *rest)))
            return
        ready = [_convert(r, known.row_converters) for r in rows] if known.row_converters else rows
        connection.exec_driver_sql(known.text, [known.arrange(row + rest) for row in ready])

    def _known(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        return self._compiled[dialect.name]

    def _compile(self, dialect: Dialect) -> _Compiled:
        names = (*self._columns, *self._shared)
        keys = list(names) if isinstance(self._statement, Insert) else None
        compiled = self._statement.compile(dialect=_BY_PLACE[dialect.name], column_keys=keys)
        types = {name: bind.type for name, bind in compiled.binds.items()}
        has_bytes = any(isinstance(types[name], LargeBinary) for name in self._columns)
        is_at_once = dialect.name == "postgresql" and not has_bytes
        if is_at_once:
            compiled = self._of_all(types).compile(dialect=_BY_PLACE[dialect.name])
            names = (_ROWS, *self._shared)
        converters: dict[str, Convert | None] = {
            name: of.dialect_impl(dialect).bind_processor(dialect) for name, of in types.items()
        }
        constants = {str(n): v for n, v in compiled.params.items() if n not in names}
        places = {name: place for place, name in enumerate((*names, *constants))}
        return _Compiled(
            text=str(compiled),
            constants=tuple([_converted(converters[n], value) for n, value in constants.items()]),
            arrange=_picking([places[name] for name in compiled.positiontup or ()]),
            row_converters=tuple(
                [(p, c) for p, n in enumerate(self._columns) if (c := converters[n]) is not None]
            ),
            shared_converters=tuple([converters[name] for name in self._shared]),
            is_at_once=is_at_once,
        )

    def _of_all(self, types: Types) -> Insert | Update:
        """The statement over the rows of one JSON text."""
        named = [column(name, types[name]) for name in self._columns]
        rows = func.json_to_recordset(bindparam(_ROWS, type_=JSON))
        given = rows.table_valued(*named).render_derived(name="given", with_types=True)
        if isinstance(self._statement, Insert):
            shared = [bindparam(name, type_=types[name]) for name in self._shared]
            found = select(*given.c, *shared)
            names = [*self._columns, *self._shared]
            return insert(self._statement.table).from_select(names, found, include_defaults=False)

        def of_row(element: object, **_: object) -> ColumnElement[object] | None:
            if isinstance(element, BindParameter) and element.key in self._columns:
                return given.c[element.key]
            return None

        return cast("Update", replacement_traverse(self._statement, {}, of_row))


def _picking(places: Sequence[int]) -> Callable[[Values], Values]:
    if len(places) == 1:
        return itemgetter(slice(places[0], places[0] + 1))
    return itemgetter(*places)


def _converted(convert: Convert | None, value: object) -> object:
    return value if convert is None else convert(value)


def _convert(row: Values, converters: Sequence[tuple[int, Convert]]) -> Values:
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place])
    return tuple(values)
