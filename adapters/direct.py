"""Statements executed for every group of letters: compiled once, then handed to the driver."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Dialect, Insert, Select, Update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Values = tuple[object, ...]
Types = Mapping[str, TypeEngine[Any]]
Convert = Callable[[object], object]
# Parameters by place, not by name: what is given needs no dictionary.
BY_PLACE: dict[str, Dialect] = {
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
}


class Wording(NamedTuple):
    """A statement as a driver takes it."""

    text: str
    constants: Values
    arrange: Callable[[Values], Values]  # what is given and the constants, as they go


class _Compiled(NamedTuple):
    wording: Wording
    converters: tuple[Convert | None, ...]


class Direct:
    """A statement with a few parameters and many executions.

    ``Connection.execute`` finds its compiled text by all that the statement is made of, which for a
    large one takes longer than the database, and makes a result of what the driver has. What is
    read is as the driver gives it: numbers and texts are what they were, instants and JSON are not.
    """

    def __init__(
        self, statement: Insert | Update | Select[Any] | CompoundSelect[Any], *names: str
    ) -> None:
        """Keep the statement; ``names`` are its parameters in the order in which they are given."""
        self._statement = statement
        self._names = names
        self._compiled: dict[str, _Compiled] = {}  # by database: engines come and go

    def execute(self, connection: Connection, *values: object) -> int:
        """Execute the statement with its parameters; returns how many rows it changed."""
        with self._executed(connection, values) as cursor:
            return cursor.rowcount

    def read(self, connection: Connection, *values: object) -> Sequence[tuple[Any, ...]]:
        """Execute the statement with its parameters and return its rows."""
        with self._executed(connection, values) as cursor:
            return cursor.fetchall()

    @contextmanager
    def _executed(self, connection: Connection, values: Values) -> Iterator[DBAPICursor]:
        (text, constants, arrange), by_place = self._known(connection.dialect)
        given = tuple(map(converted, by_place, values))
        with driver_cursor(connection, text) as cursor:
            cursor.execute(text, arrange(given + constants))
            yield cursor

    def _known(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        return self._compiled[dialect.name]

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=BY_PLACE[dialect.name])
        by_name = converters({str(n): bind.type for n, bind in compiled.binds.items()}, dialect)
        return _Compiled(
            worded(compiled, self._names, by_name),
            tuple([by_name[name] for name in self._names]),
        )


@contextmanager
def driver_cursor(connection: Connection, text: str) -> Iterator[DBAPICursor]:
    """A cursor of the driver to execute the text with; its errors are raised as SQLAlchemy's."""
    driver = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        dialect = connection.dialect
        raise DBAPIError.instance(text, None, error, driver.Error, dialect=dialect) from error
    finally:
        cursor.close()


def worded(
    compiled: SQLCompiler, given: Sequence[str], by_name: Mapping[str, Convert | None]
) -> Wording:
    """The compiled statement; all parameters but those given are constants of it."""
    constants = {str(n): value for n, value in compiled.params.items() if n not in given}
    return Wording(
        text=str(compiled),
        constants=tuple([converted(by_name[n], value) for n, value in constants.items()]),
        arrange=_arranging((*given, *constants), compiled.positiontup or ()),
    )


def converters(types: Types, dialect: Dialect) -> dict[str, Convert | None]:
    """What turns values of those types into what the driver takes; None where nothing need."""
    return {name: of.dialect_impl(dialect).bind_processor(dialect) for name, of in types.items()}


def converted(convert: Convert | None, value: object) -> object:
    """The value as the driver takes it."""
    return value if convert is None else convert(value)


def _arranging(given: Sequence[str], wanted: Sequence[str]) -> Callable[[Values], Values]:
    """A function that puts values, given in one order of names, into the order wanted."""
    places = [given.index(name) for name in wanted]
    if len(places) == 1:
        return itemgetter(slice(places[0], places[0] + 1))
    return itemgetter(*places)
