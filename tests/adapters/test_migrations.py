"""Migrations that move what is there: nothing of it is lost, in either direction."""

from collections.abc import Sequence
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, select, text

from adapters import tables
from adapters.database import MIGRATIONS, open_engine, transaction

OLD = """INSERT INTO outbox (id, dedupe_key, commune, plan_id, kind, unit_id, contact_id, address,
    not_before, state, attempt, created_at, subject, message_id, envelope_from, token_sha256)
    VALUES (:id, :key, 'c', 'p', 'E03', 'vp', 'vp.contact', 'vp@x.example', '2026-06-01', :state, 1,
    '2026-06-01', :subject, :message_id, :envelope_from, :token)"""
BYTES = "INSERT INTO frozen_letters (outbox_id, content) VALUES (:id, :content)"
PLAN = """INSERT INTO plans (id, commune, dossier, sha256, state, imported_at, activated_by)
    VALUES ('p', 'c', '{"ấ": 1}', 'a1', 'active', '2026-06-01', 'vp')"""
KNOWN = "SELECT id, subject, message_id, envelope_from, token_sha256 FROM outbox ORDER BY id"
SENT = (1, "Nhắc việc", "<1@x.example>", "don-doc+t@x.example", "t1")
FOUND = (2, None, "<2@x.example>", None, None)  # in the archive, after a restore
WAITING = (3, None, None, None, None)


@pytest.fixture
def old(empty_database_url: str) -> Engine:
    engine = open_engine(empty_database_url)
    _to(engine, "0008", command.upgrade)
    with transaction(engine) as connection:
        connection.execute(text(PLAN))
        for letter, state in ((SENT, "accepted"), (FOUND, "accepted"), (WAITING, "ready")):
            names = ("id", "subject", "message_id", "envelope_from", "token")
            values = dict(zip(names, letter, strict=True))
            connection.execute(text(OLD), values | {"key": f"k/{letter[0]}", "state": state})
        connection.execute(text(BYTES), {"id": 1, "content": b"\x00thu"})
    return engine


def _to(engine: Engine, revision: str, move: Any) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        move(config, revision)


def _all(connection: Connection, statement: str) -> Sequence[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(statement))]


def test_what_letters_are_known_by_moves_to_their_bytes_and_back(old: Engine) -> None:
    _to(old, "head", command.upgrade)
    f = tables.frozen_letters.c
    known = select(f.outbox_id, f.subject, f.message_id, f.envelope_from, f.token_sha256)
    with transaction(old) as connection:
        assert [tuple(row) for row in connection.execute(known.order_by(f.outbox_id))] == [
            SENT, FOUND,
        ]  # fmt: skip
        contents = connection.execute(select(f.content, f.sha256).order_by(f.outbox_id)).all()
        assert [tuple(row) for row in contents] == [(b"\x00thu", None), (b"", None)]
        plan = connection.execute(select(tables.plans)).one()
        assert (plan.dossier, plan.sha256, plan.activated_by) == ({"ấ": 1}, "a1", "vp")
    _to(old, "0008", command.downgrade)
    with transaction(old) as connection:
        assert _all(connection, KNOWN) == [SENT, FOUND, WAITING]
        assert _all(connection, "SELECT outbox_id, content FROM frozen_letters") == [
            (1, b"\x00thu")
        ]
    old.dispose()
