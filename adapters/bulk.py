"""Many rows through one statement: compiled once, then handed to the driver as they are."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnClause,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Integer,
    LargeBinary,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.visitors import replacement_traverse

from adapters.direct import (
    BY_PLACE,
    Convert,
    Types,
    Values,
    Wording,
    converted,
    converters,
    worded,
)

_ROWS, _OCTETS = "rows", "octets"
_START, _LENGTH = "_start", "_length"  # of a column's bytes within those of all rows


class _Compiled(NamedTuple):
    wording: Wording  # of a row, what all share and the constants
    row_converters: tuple[tuple[int, Convert], ...]  # by place
    shared_converters: tuple[Convert | None, ...]
    is_at_once: bool  # all rows go as one JSON text
    octets: tuple[str, ...]  # the columns that hold bytes


class Bulk:
    """An INSERT or UPDATE that is executed with thousands of rows.

    ``Connection.execute`` builds the parameters of each row anew, which costs several times what
    the database needs; here only what a type must convert is touched. PostgreSQL gets
    all rows at once, as JSON: a message and an answer for each cost more than the row. Bytes go
    beside it, those of all rows in one string, of which the JSON tells where each begins and ends.
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
        text, constants, arrange = known.wording
        given = [shared[name] for name in self._shared]
        rest = (*map(converted, known.shared_converters, given), *constants)
        if known.is_at_once:
            told = [dict(zip(self._columns, row, strict=True)) for row in rows]
            octets = b"".join(_set_apart(told, known.octets)) if known.octets else b""
            connection.exec_driver_sql(text, arrange((json.dumps(told), octets, *rest)))
            return
        for place, convert in known.row_converters:
            rows = _with_converted(rows, place, convert)
        connection.exec_driver_sql(text, [arrange(row + rest) for row in rows])

    def _known(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        return self._compiled[dialect.name]

    def _compile(self, dialect: Dialect) -> _Compiled:
        names = (*self._columns, *self._shared)
        keys = list(names) if isinstance(self._statement, Insert) else None
        compiled = self._statement.compile(dialect=BY_PLACE[dialect.name], column_keys=keys)
        types = {name: bind.type for name, bind in compiled.binds.items()}
        is_at_once = dialect.name == "postgresql"
        if is_at_once:
            compiled = self._of_all(types).compile(dialect=BY_PLACE[dialect.name])
            names = (_ROWS, _OCTETS, *self._shared)
        by_name = converters(types, dialect)
        return _Compiled(
            wording=worded(compiled, names, by_name),
            row_converters=tuple(
                [(p, c) for p, n in enumerate(self._columns) if (c := by_name[n]) is not None]
            ),
            shared_converters=tuple([by_name[name] for name in self._shared]),
            is_at_once=is_at_once,
            octets=tuple([n for n in self._columns if isinstance(types[n], LargeBinary)]),
        )

    def _of_all(self, types: Types) -> Insert | Update:
        """The statement over the rows of one JSON text, and over the bytes of all of them."""
        named: list[ColumnClause[Any]] = []
        for name in self._columns:
            ends = [column(name + end, Integer()) for end in (_START, _LENGTH)]
            named += ends if isinstance(types[name], LargeBinary) else [column(name, types[name])]
        rows = func.json_to_recordset(bindparam(_ROWS, type_=JSON))
        given = rows.table_valued(*named).render_derived(name="given", with_types=True)
        values = {name: _value(given.c, name) for name in self._columns}
        if isinstance(self._statement, Insert):
            shared = [bindparam(name, type_=types[name]) for name in self._shared]
            found = select(*values.values(), *shared)
            names = [*self._columns, *self._shared]
            return insert(self._statement.table).from_select(names, found, include_defaults=False)

        def of_row(element: object, **_: object) -> ColumnElement[object] | None:
            return values.get(element.key) if isinstance(element, BindParameter) else None

        return cast("Update", replacement_traverse(self._statement, {}, of_row))


def _value(given: ReadOnlyColumnCollection[str, Any], name: str) -> ColumnElement[Any]:
    if name in given:
        value: ColumnElement[Any] = given[name]
        return value
    octets = bindparam(_OCTETS, type_=LargeBinary())
    cut: ColumnElement[Any] = func.substring(octets, given[name + _START], given[name + _LENGTH])
    return cut


def _set_apart(rows: Sequence[dict[str, object]], names: Sequence[str]) -> Iterator[bytes]:
    """Take the bytes out of the rows, and leave where in all that were taken they begin."""
    start = 1  # as SQL counts
    for row in rows:
        for name in names:
            octets = cast("bytes | None", row.pop(name))
            if octets is not None:
                row[name + _START], row[name + _LENGTH] = start, len(octets)
                start += len(octets)
                yield octets


def _with_converted(rows: Sequence[Values], place: int, convert: Convert) -> list[Values]:
    """The rows with what stands at that place converted, once for all rows that share it."""
    shared = {id(row[place]): row[place] for row in rows}
    ready = {key: convert(value) for key, value in shared.items()}
    return [(*row[:place], ready[id(row[place])], *row[place + 1 :]) for row in rows]
