"""Many rows through one statement: on either database each value arrives as it was given."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from adapters.bulk import Bulk
from adapters.database import transaction, transaction_on
from adapters.schema import Instant
from models.errors import TransientError
from tests.postgresql_cluster import end_sessions

THINGS = Table(
    "things", MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text), Column("detail", JSON), Column("content", LargeBinary),
    Column("stamp", LargeBinary), Column("at", Instant), Column("state", Text),
)  # fmt: skip
NOW = datetime(2026, 6, 22, 1, tzinfo=UTC)
NAMES = ["", "ấ 'nháy' \"kép\"", "a\\b\nc\t{x}", "%s %(x)s :y $1", None]
DETAILS = [{}, {"ghi chú": "ỡ \" \\ '"}, [1, 2.5, None], {"sâu": {"hơn": [True]}}, "chữ"]
_c = THINGS.c


@pytest.fixture
def things(engine: Engine) -> Engine:
    with transaction(engine) as connection:
        THINGS.create(connection)
    return engine


def test_rows_are_inserted_as_they_are_with_what_all_share(things: Engine) -> None:
    add = Bulk(insert(THINGS), "id", "name", "detail", shared=("at", "state"))
    rows = [(place, *told) for place, told in enumerate(zip(NAMES, DETAILS, strict=True))]
    with transaction(things) as connection:
        add.execute(connection, rows, at=NOW, state="mới")
        chosen = select(_c.id, _c.name, _c.detail, _c.at, _c.state).order_by(_c.id)
        found = connection.execute(chosen).all()
    assert [tuple(row) for row in found] == [(*row, NOW, "mới") for row in rows]


def test_bytes_are_inserted_as_they_are(things: Engine) -> None:
    add = Bulk(insert(THINGS), "id", "content")
    rows = [(1, bytes(range(256))), (2, b""), (3, "thư".encode())]
    with transaction(things) as connection:
        add.execute(connection, rows)
        found = connection.execute(select(_c.id, _c.content).order_by(_c.id)).all()
    assert [(row.id, bytes(row.content)) for row in found] == rows


def test_bytes_of_several_columns_and_rows_are_kept_apart(things: Engine) -> None:
    add = Bulk(insert(THINGS), "stamp", "id", "content", "name")
    rows = [
        (b"\x00\xff" * 3, 1, None, "ấ"),
        (None, 2, "thư — \\".encode(), "b"),
        (b"", 3, b"'", None),
        (b"s", 4, bytes(range(256)) * 300, "d"),
    ]
    with transaction(things) as connection:
        add.execute(connection, rows)
        chosen = select(_c.stamp, _c.id, _c.content, _c.name).order_by(_c.id)
        found = connection.execute(chosen).all()
    assert [tuple(row) for row in found] == rows


def test_each_row_is_updated_with_its_own_and_only_where_the_condition_holds(
    things: Engine,
) -> None:
    is_free = or_(_c.state == "mới", _c.state == bindparam("of_state"))
    rename = Bulk(
        update(THINGS)
        .where(_c.id == bindparam("of_id"), is_free)
        .values(name=bindparam("named"), at=bindparam("then"), state="xong"),
        "of_id", "named", shared=("of_state", "then"),
    )  # fmt: skip
    states = ["mới", "chờ", "khóa", "mới"]
    with transaction(things) as connection:
        rows = [{"id": place, "name": "cũ", "state": state} for place, state in enumerate(states)]
        connection.execute(insert(THINGS), rows)
        given = [(0, "không"), (1, None), (2, "hai"), (9, "vắng")]
        rename.execute(connection, given, of_state="chờ", then=NOW)
        found = connection.execute(select(_c.name, _c.state, _c.at).order_by(_c.id)).all()
    assert [tuple(row) for row in found] == [
        ("không", "xong", NOW), (None, "xong", NOW), ("cũ", "khóa", None), ("cũ", "mới", None),
    ]  # fmt: skip


def test_no_rows_are_no_statement(things: Engine) -> None:
    with transaction(things) as connection:
        Bulk(insert(THINGS), "id", "name").execute(connection, [])
        assert connection.execute(select(THINGS)).all() == []


@pytest.mark.parametrize("is_new", [False, True])
def test_a_key_that_exists_is_refused_as_everywhere(things: Engine, *, is_new: bool) -> None:
    rows = [(1, "một"), (2 if is_new else 1, "hai")]

    def add() -> None:
        with transaction(things) as connection:
            Bulk(insert(THINGS), "id", "name").execute(connection, rows)

    with nullcontext() if is_new else pytest.raises(IntegrityError):
        add()
    with transaction(things) as connection:
        found = connection.execute(select(_c.id, _c.name)).all()
    assert [tuple(row) for row in found] == (rows if is_new else [])


@pytest.mark.parametrize("backend", [pytest.param("postgresql", marks=pytest.mark.slow)])
def test_a_session_that_ended_is_a_passing_trouble(things: Engine) -> None:
    def add() -> None:
        with things.connect() as connection, transaction_on(connection):
            connection.execute(select(1))
            end_sessions(things.url.render_as_string(hide_password=False))
            Bulk(insert(THINGS), "id", "name").execute(connection, [(1, "một")])

    with pytest.raises(TransientError, match="không kết nối được"):
        add()
    with transaction(things) as connection:
        assert connection.execute(select(_c.id)).all() == []
