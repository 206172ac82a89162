"""A dump of the outbox by the databases' own drivers, for the checker."""

import sqlite3
from collections.abc import Iterable

import psycopg

from tests.faults.checker import Row

_COLUMNS = "SELECT o.id, o.kind, o.state, o.address, f.message_id, f.content, o.unit_id"
# As services/letter_alarms.py and services/bounces.py name them.
_ALARM = (
    "EXISTS (SELECT 1 FROM alarms a WHERE a.dedupe_key LIKE 'watch/%/' || o.id || '@%' "
    "OR a.dedupe_key LIKE 'letter/%/' || o.id OR a.dedupe_key LIKE 'bounce/%/' || o.id)"
)
_QUERY = f"{_COLUMNS}, {_ALARM} FROM outbox o LEFT JOIN frozen_letters f ON f.outbox_id = o.id ORDER BY o.id"


def dump(url: str) -> list[Row]:
    """Every row of the outbox."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
        try:
            return _rows(connection.execute(_QUERY))
        finally:
            connection.close()
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as server:
        return _rows(server.execute(_QUERY))


def _rows(found: Iterable[tuple[object, ...]]) -> list[Row]:
    return [
        Row(int(str(r[0])), str(r[1]), str(r[2]), str(r[3]), str(r[4]) if r[4] else None,
            bytes(r[5]) if isinstance(r[5], bytes | memoryview) else None, str(r[6]), bool(r[7]))
        for r in found
    ]  # fmt: skip
