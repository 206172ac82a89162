"""Rows of letters and mails without what they said: keys, hashes, states, instants stay."""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, bindparam, null, select, true, update

from adapters import tables
from adapters.ledger import insert_new
from models.incoming import InboxState
from models.redactions import (
    REDACTED,
    REDACTED_ADDRESS,
    REDACTED_MAIL,
    UNDER_WAY,
    Traces,
    without_addresses,
)

_AT_A_TIME = 200  # letters' bytes in memory
_o, _f, _m = tables.outbox.c, tables.frozen_letters.c, tables.inbox.c
# Letters and mails that were not redacted before, and those that may be.
UNTOUCHED_LETTER = _o.address != REDACTED_ADDRESS
SETTLED_LETTER = UNTOUCHED_LETTER & _o.state.not_in(UNDER_WAY)
UNTOUCHED_MAIL = _m.reason != REDACTED_MAIL
SETTLED_MAIL = UNTOUCHED_MAIL & (_m.state == InboxState.SETTLED)


class GoneLetters(NamedTuple):
    """How many letters and attempts were redacted; ``sealed`` has a line for each letter's bytes.

    A line is the letter's key and the SHA-256 of what was there.
    """

    letters: int
    attempts: int
    sealed: tuple[str, ...]


def seal(lines: Iterable[str]) -> str | None:
    """The SHA-256 of the lines, for the journal; None without any."""
    text = "".join(lines)
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def redact_letters(
    connection: Connection, which: ColumnElement[bool], traces: Traces
) -> GoneLetters:
    """Take out of settled letters their reader and their words; their bytes leave a hash."""
    mine = which & SETTLED_LETTER
    ids = select(_o.id).where(mine)
    sealed = empty_bytes(connection, mine)
    parts = connection.execute(select(_o.parts).where(mine)).scalars()
    doom(connection, {part["sha256"] for found in parts for part in found or ()})
    attempts = tables.outbox_attempts

    def mask(text: str) -> str:  # a relay names whomever it forwards to: every address goes
        return without_addresses(traces.mask(text))

    masked = mask_texts(connection, attempts.c.text, attempts.c.outbox_id.in_(ids), mask)
    mask_texts(connection, _o.last_text, mine, mask)
    written = update(tables.frozen_letters).where(_f.outbox_id.in_(ids))
    for address in traces.addresses:  # a sender's address that was made from the reader's
        named = _f.envelope_from.icontains(address, autoescape=True)
        connection.execute(written.where(named).values(envelope_from=REDACTED_ADDRESS))
    connection.execute(written.values(subject=REDACTED))
    gone = connection.execute(
        update(tables.outbox).where(mine).values(address=REDACTED_ADDRESS, context=null(), parts=[])
    ).rowcount
    return GoneLetters(gone, masked, sealed)


def empty_bytes(connection: Connection, mine: ColumnElement[bool]) -> tuple[str, ...]:
    """Leave of the letters' bytes their hash; returns a line with key and hash for each, by id."""
    chosen = (
        select(_o.id, _o.dedupe_key, _f.content)
        .select_from(tables.letters)
        .where(mine, _f.content != b"")  # an empty one was redacted, or never was here
        .order_by(_o.id)
    )
    lines, rows = [], []
    for row in connection.execute(chosen.execution_options(yield_per=_AT_A_TIME)):
        sha256 = hashlib.sha256(row.content).hexdigest()
        lines.append(f"{row.dedupe_key} {sha256}\n")
        rows.append({"of_id": row.id, "hash": sha256})
    empty = update(tables.frozen_letters).where(_f.outbox_id == bindparam("of_id"))
    if rows:
        connection.execute(empty.values(content=b"", sha256=bindparam("hash")), rows)
    return tuple(lines)


def redact_mails(connection: Connection, which: ColumnElement[bool]) -> int:
    """Take out of settled mails who wrote what; the hash that knows them again stays."""
    mine = which & SETTLED_MAIL
    known = select(_m.sha256).where(mine, _m.sha256.is_not(None))
    doom(connection, set(connection.execute(known).scalars()), is_mail=True)
    blank = {"sender": None, "subject": None, "message_id": None, "reason": REDACTED_MAIL}
    return connection.execute(update(tables.inbox).where(mine).values(blank)).rowcount


def redact_words(connection: Connection, commune: str, traces: Traces) -> int:
    """Mask the person in what the engine wrote of deliveries; returns how many texts named it."""
    found = [
        (table.c[name], table.c.commune == commune)
        for table, name in (
            (tables.alarms, "text"), (tables.holds, "detail"), (tables.contacts, "flag_reason"),
            (tables.inbox, "reason"), (tables.outbox, "last_text"),
        )
    ]  # fmt: skip
    found.append((tables.relays.c.last_text, true()))
    return sum(mask_texts(connection, column, which, traces.mask) for column, which in found)


def mask_texts(
    connection: Connection,
    column: Column[str],
    which: ColumnElement[bool],
    mask: Callable[[str], str],
) -> int:
    """Mask the texts of those rows; returns how many changed."""
    keys = list(column.table.primary_key)
    rows = connection.execute(select(*keys, column).where(column.is_not(None), which)).all()
    changed = [
        dict(zip((f"of_{key.name}" for key in keys), row, strict=False)) | {"masked": masked}
        for row in rows
        if (masked := mask(row[-1])) != row[-1]
    ]
    if changed:
        same = [key == bindparam(f"of_{key.name}") for key in keys]
        masking = update(column.table).where(*same).values({column.name: bindparam("masked")})
        connection.execute(masking, changed)
    return len(changed)


def doom(connection: Connection, hashes: set[str], *, is_mail: bool = False) -> None:
    """Put files on the list of what is removed after the commit, unless something needs them."""
    rows = [{"sha256": sha256, "is_mail": is_mail} for sha256 in sorted(hashes)]
    insert_new(connection, tables.files_to_remove, rows)
