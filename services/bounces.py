"""Bounces: a dead address is flagged, the next contact is used, the unit is not to blame."""

from datetime import datetime

from sqlalchemy import Connection, Row, delete, select, update

from adapters import tables
from adapters.ledger import first_reachable, read_contacts
from models.letters import LetterKind
from models.submissions import Attachment
from models.units import ContactRole
from services.journal import note, record
from services.outbox import NewLetter, enqueue

DELIVERY = "delivery"


def redirect_refused(connection: Connection, letter_id: int, *, why: str, now: datetime) -> None:
    """Flag the contact of a refused letter and write to the next one.

    A refused reminder gives its rungs back, so that the next round reminds somebody who can read
    it; any other letter is written again to the next contact.
    """
    row = connection.execute(select(tables.outbox).where(tables.outbox.c.id == letter_id)).one()
    flag_contact(connection, row.contact_id, commune=row.commune, why=why, now=now)
    if row.day is not None:
        release_items(connection, letter_id)
        return
    contacts = read_contacts(connection, commune=row.commune)
    following = first_reachable(contacts, row.unit_id, ContactRole.CONTACT)
    if following is None or _has_assignment(connection, row, following.id):
        return
    letter = NewLetter(
        dedupe_key=f"{row.dedupe_key}/{following.id}", kind=LetterKind(row.kind),
        plan_id=row.plan_id, unit_id=row.unit_id, contact=following, not_before=now,
        not_after=row.not_after, facts=row.context,
        parts=tuple(Attachment.model_validate(part) for part in row.parts or ()),
    )  # fmt: skip
    enqueue(connection, [letter], commune=row.commune, now=now)


def _has_assignment(connection: Connection, row: Row[tuple[object, ...]], contact_id: str) -> bool:
    # The head has had his own copy of the assignment already.
    c = tables.outbox.c
    same = (c.plan_id == row.plan_id, c.kind == row.kind, c.contact_id == contact_id)
    if row.kind != LetterKind.ASSIGNMENT:
        return False
    return connection.execute(select(c.id).where(*same)).first() is not None


def flag_contact(
    connection: Connection, contact_id: str, *, commune: str, why: str, now: datetime
) -> None:
    """Mark a contact's address as dead; the second time changes nothing."""
    c = tables.contacts.c
    changed = connection.execute(
        update(tables.contacts)
        .where(c.commune == commune, c.id == contact_id, c.flagged_at.is_(None))
        .values(flagged_at=now, flag_reason=why)
    ).rowcount
    if changed:
        notes = [note("contact.flagged", contact_id, reason=why)]
        record(connection, notes, commune=commune, actor=DELIVERY, at=now)


def release_items(connection: Connection, letter_id: int) -> None:
    """Give back the rungs of a reminder that reached nobody."""
    items = tables.outbox_items
    connection.execute(delete(items).where(items.c.outbox_id == letter_id))
