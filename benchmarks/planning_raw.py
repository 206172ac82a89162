"""The reference of planning: statements written by hand for one case, through the driver."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

LETTERS = """
    INSERT INTO outbox (dedupe_key, commune, plan_id, kind, unit_id, contact_id, day, address,
        not_before, not_after, state, attempt, created_at)
    SELECT 'reminder/bat-mot/' || c.id || '/2026-06-22', o.commune, o.plan_id, 'E05', c.unit_id,
        c.id, {day}, c.email, {now}, {close}, 'ready', 0, {now}
    FROM obligations o JOIN contacts c ON c.commune = o.commune AND c.id = o.unit_id || '.head'
    WHERE o.commune = 'bat-mot' AND o.state IN ('owed', 'returned') AND o.due_at = {due}
    ON CONFLICT DO NOTHING
"""
ITEMS = """
    INSERT INTO outbox_items (dedupe_key, outbox_id, obligation_id, rung, audience, kind, number,
        at)
    SELECT o.id || '/T/contact', l.id, o.id, 'T', 'contact', 'E05', 0, {now}
    FROM obligations o
    JOIN outbox l ON l.contact_id = o.unit_id || '.head' AND l.day = {day} AND l.commune = o.commune
    WHERE o.commune = 'bat-mot' AND o.state IN ('owed', 'returned') AND o.due_at = {due}
    ON CONFLICT DO NOTHING
"""
OVERTAKEN = """
    INSERT INTO outbox_items (dedupe_key, outbox_id, obligation_id, rung, audience, kind, number,
        at)
    SELECT o.id || '/{rung}/contact', NULL, o.id, '{rung}', 'contact', '{kind}', 0, {now}
    FROM obligations o
    WHERE o.commune = 'bat-mot' AND o.state IN ('owed', 'returned') AND o.due_at = {due}
    ON CONFLICT DO NOTHING
"""
KINDS = {"T-7": "E02", "T-3": "E03", "T-1": "E04"}


def insert_raw(engine: Engine, *, due: datetime, now: datetime, rungs: Sequence[str]) -> int:
    """Write letters and items for what is due then, in one transaction; returns the letters."""
    close = now.replace(hour=10, minute=0)
    is_sqlite = engine.dialect.name == "sqlite"
    ending = ".000000" if is_sqlite else "+00"
    moments = {"now": now, "due": due, "close": close}
    words = {name: f"'{at:%Y-%m-%d %H:%M:%S}{ending}'" for name, at in moments.items()}
    if not is_sqlite:
        words = {name: f"{word}::timestamptz" for name, word in words.items()}
    day = f"'{now + timedelta(hours=7):%Y-%m-%d}'"
    words["day"] = day if is_sqlite else f"{day}::date"
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        if is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(LETTERS.format(**words))
        letters: int = cursor.rowcount
        cursor.execute(ITEMS.format(**words))
        for rung in rungs[1:]:
            cursor.execute(OVERTAKEN.format(rung=rung, kind=KINDS[rung], **words))
        if is_sqlite:
            cursor.execute("COMMIT")
        else:
            connection.commit()
        cursor.close()
    finally:
        connection.close()
    return letters
