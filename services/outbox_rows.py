"""Rows of the outbox as those read them who write and send letters."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Row


class Taken(NamedTuple):
    """A letter that a sender has taken: its row of the outbox, and its bytes if it was frozen."""

    id: int
    dedupe_key: str
    commune: str
    plan_id: str
    kind: str
    unit_id: str
    contact_id: str
    day: date | None
    address: str
    not_before: datetime
    not_after: datetime | None
    crashes: int
    context: dict[str, object] | None
    parts: list[dict[str, object]] | None
    subject: str | None
    message_id: str | None
    envelope_from: str | None
    token_sha256: str | None
    attempt: int
    frozen: bytes | None


OutboxRow = Taken | Row[tuple[object, ...]]
