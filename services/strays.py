"""Strays: a session that asks for what is not its own is put down in the journal."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from adapters.database import transaction
from adapters.tables import journal
from services.journal import note, record

ACTION = "link.strayed"
ONCE_IN = timedelta(days=1)  # for a contact: a row for each try would be a way to fill the disk
PATH_LENGTH = 200


def note_stray(engine: Engine, *, commune: str, contact_id: str, path: str, now: datetime) -> bool:
    """Put down the page that the contact's session asked for in vain; False when today has one.

    Raises:
        TransientError: the database is out of reach.
    """
    c = journal.c
    lately = select(c.seq).where(
        c.commune == commune, c.subject == contact_id, c.action == ACTION, c.at > now - ONCE_IN
    )
    with transaction(engine) as connection:
        if connection.execute(lately.limit(1)).first() is not None:
            return False
        told = note(ACTION, contact_id, path=path[:PATH_LENGTH])
        record(connection, [told], commune=commune, actor=contact_id, at=now)
    return True
