"""Many rows through one statement: compiled once, then handed to the driver as they are."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Dialect, Insert, Update

Rows = Sequence[Mapping[str, object]]


class _Compiled(NamedTuple):
    text: str
    constants: dict[str, object]
    order: tuple[str, ...] | None  # of positional parameters; None: they go by name
    processors: Mapping[str, Callable[[object], object]]


class Bulk:
    """An INSERT or UPDATE that is executed with thousands of rows.

    ``Connection.execute`` builds the parameters of each row anew, which costs several times what
    the database needs; here only what a type must convert is touched.
    """

    def __init__(self, statement: Insert | Update, *columns: str) -> None:
        """Keep the statement; ``columns`` are what each row gives, an insert's columns."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}  # by database: engines come and go

    def execute(self, connection: Connection, rows: Rows) -> None:
        """Execute the statement once for each row; nothing for no rows.

        Each row gives all columns, or all bound parameters, and nothing else.
        """
        if not rows:
            return
        known = self._known(connection.dialect)
        connection.exec_driver_sql(known.text, [_given(known, row) for row in rows])

    def _known(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _compile(self._statement, self._columns, dialect)
        return self._compiled[dialect.name]


def _given(known: _Compiled, row: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
    values = {**known.constants, **row}
    for name, process in known.processors.items():
        values[name] = process(values[name])
    return values if known.order is None else tuple([values[name] for name in known.order])


def _compile(statement: Insert | Update, columns: tuple[str, ...], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    found = (
        (name, bind.type.dialect_impl(dialect).bind_processor(dialect))
        for name, bind in compiled.binds.items()
    )
    processors = {name: process for name, process in found if process is not None}
    order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None
    constants = {str(name): value for name, value in compiled.params.items()}
    return _Compiled(str(compiled), constants, order, processors)
