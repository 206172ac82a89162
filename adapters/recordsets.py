"""Many rows as one JSON text, which PostgreSQL takes apart: one message, however many they are."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    FromClause,
    Update,
    bindparam,
    column,
    func,
)
from sqlalchemy.sql.visitors import replacement_traverse


def recordset(name: str, columns: Iterable[ColumnElement[Any]]) -> FromClause:
    """The rows of the JSON text that the parameter of that name gives, columns as those named."""
    rows = func.json_to_recordset(bindparam(name, type_=JSON))
    alike = [column(of.key, of.type) for of in columns if of.key]
    return rows.table_valued(*alike).render_derived(name="given", with_types=True)


def over(statement: Update, rows: FromClause) -> Update:
    """The update for all of those rows: what it has as a parameter is their column of that name."""

    def of_row(element: object, **_: object) -> ColumnElement[object] | None:
        if not isinstance(element, BindParameter) or element.key not in rows.c:
            return None
        value: ColumnElement[object] = rows.c[element.key]
        return value

    return cast("Update", replacement_traverse(statement, {}, of_row))
