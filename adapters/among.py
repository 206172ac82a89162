"""A condition on many ids whose text is the same however many there are: compiled once."""

import json
from collections.abc import Sequence
from typing import Self

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

POSTGRESQL = "postgresql"


class _Ids(TypeDecorator[Sequence[object]]):
    """Many ids as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, *, are_numbers: bool) -> None:
        super().__init__()
        self.are_numbers = are_numbers

    def load_dialect_impl(self, dialect: Dialect) -> ARRAY[int] | ARRAY[str] | Text:
        """An array of numbers or of texts, or the text of a JSON list."""
        if dialect.name != POSTGRESQL:
            return Text()
        return ARRAY(Integer()) if self.are_numbers else ARRAY(Text())

    def process_bind_param(self, value: Sequence[object] | None, dialect: Dialect) -> object:
        """The list as the driver takes it."""
        ids = list(value or ())
        return ids if dialect.name == POSTGRESQL else json.dumps(ids)


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002 - its signature
        """Stand as it is: "= 1" behind it would keep SQLite from its index."""
        return self


def is_among(column: Column[int] | Column[str], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the ids that the parameter of that name gives as a list."""
    are_numbers = isinstance(column.type, Integer)
    return _Among(column, bindparam(name, type_=_Ids(are_numbers=are_numbers)))


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **kw: object) -> str:
    column, ids = element.clauses
    listed = select(literal_column("value", Text())).select_from(func.json_each(ids))
    return compiler.process(column.in_(listed), **kw)


@compiles(_Among, POSTGRESQL)
def _in_array(element: _Among, compiler: SQLCompiler, **kw: object) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({ids})"
