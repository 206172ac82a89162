"""Many rows through one statement: compiled once, then handed to the driver as they are."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

Values = tuple[object, ...]
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


class Bulk:
    """An INSERT or UPDATE that is executed with thousands of rows.

    ``Connection.execute`` builds the parameters of each row anew, which costs several times what
    the database needs; here only what a type must convert is touched.
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
        """Execute the statement once for each row; nothing for no rows.

        A row is what the columns hold, in their order.
        """
        if not rows:
            return
        known = self._known(connection.dialect)
        given = [shared[name] for name in self._shared]
        rest = (*map(_converted, known.shared_converters, given), *known.constants)
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
        converters: dict[str, Convert | None] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        constants = {str(n): v for n, v in compiled.params.items() if n not in names}
        places = {name: place for place, name in enumerate((*names, *constants))}
        return _Compiled(
            text=str(compiled),
            constants=tuple([_converted(converters[n], value) for n, value in constants.items()]),
            arrange=itemgetter(*[places[name] for name in compiled.positiontup or ()]),
            row_converters=tuple(
                [(p, c) for p, n in enumerate(self._columns) if (c := converters[n]) is not None]
            ),
            shared_converters=tuple([converters[name] for name in self._shared]),
        )


def _converted(convert: Convert | None, value: object) -> object:
    return value if convert is None else convert(value)


def _convert(row: Values, converters: Sequence[tuple[int, Convert]]) -> Values:
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place])
    return tuple(values)
