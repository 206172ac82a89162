"""Many ids are one parameter: whatever they are, the statement is the same."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from adapters.among import is_among

THINGS = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text))
NAMES = ["a", "ă", 'dấu "nháy"', "x,y", "", "null", "1"]


@pytest.mark.parametrize("asked", [[], ["ă"], ['dấu "nháy"', "", "1", "vắng"], NAMES * 1_000])
def test_those_are_found_that_are_asked_for(asked: list[str]) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        THINGS.create(connection)
        rows = [{"id": place, "name": name} for place, name in enumerate(NAMES)]
        connection.execute(insert(THINGS), rows)
        by_name = select(THINGS.c.name).where(is_among(THINGS.c.name, "names"))
        found = connection.execute(by_name, {"names": asked}).scalars().all()
        by_id = select(THINGS.c.name).where(is_among(THINGS.c.id, "ids"))
        ids = [NAMES.index(name) for name in asked if name in NAMES]
        same = connection.execute(by_id, {"ids": ids}).scalars().all()
    engine.dispose()
    assert set(found) == set(same) == set(asked) & set(NAMES)


def test_postgresql_is_asked_with_an_array() -> None:
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    compiled = is_among(THINGS.c.id, "ids").compile(dialect=dialect)
    assert str(compiled) == "things.id = ANY(%(ids)s::INTEGER[])"
