"""A statement handed to the driver as it is: on either database it does what it says."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from adapters.among import is_among
from adapters.database import transaction
from adapters.direct import Direct
from adapters.schema import Instant

THINGS = Table(
    "things", MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text), Column("at", Instant), Column("count", Integer),
)  # fmt: skip
EARLY, LATE = datetime(2026, 6, 22, 1, tzinfo=UTC), datetime(2026, 6, 23, 1, tzinfo=UTC)
_c = THINGS.c
# Its parameters come in another order than they are given, one of them twice, beside a constant.
CHANGE = Direct(
    update(THINGS)
    .where(is_among(_c.id, "ids"), _c.name != bindparam("word"), _c.at < bindparam("until"))
    .values(name=bindparam("word", type_=Text()), count=_c.count + 10)
    .returning(_c.id, _c.name),
    "until", "word", "ids",
)  # fmt: skip
FIND = Direct(select(_c.id).where(_c.name == bindparam("of")).order_by(_c.id), "of")


@pytest.fixture
def things(engine: Engine) -> Engine:
    with transaction(engine) as connection:
        THINGS.create(connection)
        rows = [
            {"id": number, "name": f"'%s {number}", "at": EARLY, "count": number}
            for number in range(5)
        ]
        connection.execute(insert(THINGS), rows)
    return engine


def _all(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(THINGS).order_by(_c.id))]


def test_parameters_go_where_they_belong_whatever_their_order(things: Engine) -> None:
    with transaction(things) as connection:
        changed = CHANGE.read(connection, LATE, "Vịn", [3, 1, 9])
        assert sorted(tuple(row) for row in changed) == [(1, "Vịn"), (3, "Vịn")]
        assert [row[3] for row in _all(connection)] == [0, 11, 2, 13, 4]
        assert [tuple(row) for row in FIND.read(connection, "Vịn")] == [(1,), (3,)]


def test_it_can_be_executed_again_with_other_values(things: Engine) -> None:
    with transaction(things) as connection:
        for _ in range(8):  # more often than it takes a driver to prepare it
            assert not CHANGE.read(connection, EARLY, "Cốc", [1, 2])
        assert len(CHANGE.read(connection, LATE, "Cốc", [2])) == 1
        assert [tuple(row) for row in FIND.read(connection, "Cốc")] == [(2,)]
        assert not FIND.read(connection, "'%s 2")


def test_an_update_tells_how_many_rows_it_changed(things: Engine) -> None:
    count = Direct(update(THINGS).where(_c.count >= bindparam("least")).values(count=0), "least")
    with transaction(things) as connection:
        assert count.execute(connection, 3) == 2
        assert count.execute(connection, 3) == 0


def test_what_the_database_refuses_is_refused_as_everywhere(things: Engine) -> None:
    add = Direct(insert(THINGS).values(id=bindparam("of_id")), "of_id")
    with pytest.raises(IntegrityError), transaction(things) as connection:
        add.execute(connection, 1)
