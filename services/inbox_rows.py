"""Rows of the inbox: where each mail lay, what it was judged to be, stored once."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, select, update

from adapters import tables
from adapters.ledger import insert_new
from models.incoming import InboxState, IncomingMail
from models.incoming_classes import Judgement
from models.values import Value
from services.journal import note, record

MAILROOM = "mailroom"


class Place(Value):
    """Where a mail lies: account, folder, UIDVALIDITY and UID name it for ever (RFC 9051)."""

    account: str
    folder: str
    uid_validity: int
    uid: int


class Arrival(Value):
    """A message as it came: its place, its size, and the hash of its octets when downloaded."""

    place: Place
    size: int
    sha256: str | None
    commune: str
    at: datetime
    arrived_at: datetime | None = None  # in the mailbox, by its server


class Stored(Value):
    """A place that was taken in: since when, and whether the message itself was read."""

    received_at: datetime
    is_read: bool


def read_stored(connection: Connection, first: Place) -> dict[int, Stored]:
    """The UIDs taken in of that folder, from that of ``first`` on."""
    rows, copies = tables.inbox.c, tables.inbox_copies.c
    read = select(rows.uid, rows.received_at, rows.sha256.is_not(None).label("is_read"))
    found = {
        row.uid: Stored(received_at=row.received_at, is_read=row.is_read)
        for row in connection.execute(read.where(*_from(tables.inbox, first)))
    }
    again = select(copies.uid, copies.seen_at).where(*_from(tables.inbox_copies, first))
    for row in connection.execute(again):
        found[row.uid] = Stored(received_at=row.seen_at, is_read=True)
    return found


def _from(table: Table, first: Place) -> tuple[ColumnElement[bool], ...]:
    c = table.c
    return (
        c.account == first.account,
        c.folder == first.folder,
        c.uid_validity == first.uid_validity,
        c.uid >= first.uid,
    )


def open_mailbox(connection: Connection, place: Place, *, commune: str, now: datetime) -> None:
    """Note that the folder is being read; a new UIDVALIDITY numbers all its mails anew."""
    m = tables.mailboxes
    row = place.model_dump(exclude={"uid"}) | {"last_uid": 0, "read_at": now}
    if insert_new(connection, m, [row]):
        return
    mine = (m.c.account == place.account, m.c.folder == place.folder)
    before = connection.execute(select(m.c.uid_validity).where(*mine)).scalar_one()
    values: dict[str, object] = {"read_at": now}
    if before != place.uid_validity:
        values |= {"uid_validity": place.uid_validity, "last_uid": 0}
        subject = f"mailbox/{place.account}/{place.folder}"
        notes = [note("mailbox.renumbered", subject, before=before, after=place.uid_validity)]
        record(connection, notes, commune=commune, actor=MAILROOM, at=now)
    connection.execute(update(m).where(*mine).values(values))


def note_repeated(connection: Connection, arrival: Arrival) -> bool:
    """Note where a message lies again that was taken in before; False when it is new."""
    rows, place = tables.inbox.c, arrival.place
    same = (rows.commune == arrival.commune, rows.sha256 == arrival.sha256)
    chosen = select(rows.id, rows.account, rows.folder, rows.uid_validity, rows.uid)
    earlier = connection.execute(chosen.where(*same)).first()
    if arrival.sha256 is None or earlier is None:
        return False
    if tuple(earlier[1:]) == tuple(place.model_dump().values()):
        return True  # another reader stored it from here a moment ago
    copy = place.model_dump() | {"inbox_id": earlier.id, "seen_at": arrival.at}
    if insert_new(connection, tables.inbox_copies, [copy]):
        notes = [note("mail.repeated", f"mail/{earlier.id}", uid=place.uid)]
        record(connection, notes, commune=arrival.commune, actor=MAILROOM, at=arrival.at)
    return True


def insert_mail(
    connection: Connection, arrival: Arrival, mail: IncomingMail, judged: Judgement
) -> int | None:
    """Store the mail and return its number; None when another reader has just stored it."""
    place, letter, contact = arrival.place, judged.letter, judged.contact
    is_settled = judged.state is InboxState.SETTLED
    row = place.model_dump() | {
        "commune": arrival.commune,
        "sha256": arrival.sha256,
        "size": arrival.size,
        "received_at": arrival.at,
        "arrived_at": arrival.arrived_at,
        "mail_class": judged.mail_class,
        "state": judged.state,
        "reason": judged.reason,
        "sender": mail.sender,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "outbox_id": letter.id if letter else None,
        "unit_id": letter.unit_id if letter else contact.unit_id if contact else None,
        "contact_id": contact.contact_id if contact else letter.contact_id if letter else None,
        "settled_at": arrival.at if is_settled else None,
        "settled_by": MAILROOM if is_settled else None,
    }
    if not insert_new(connection, tables.inbox, [row]):
        return None
    _raise_last_uid(connection, place)
    c = tables.inbox.c
    mine = (*_from(tables.inbox, place), c.uid == place.uid)
    return int(connection.execute(select(c.id).where(*mine)).scalar_one())


def _raise_last_uid(connection: Connection, place: Place) -> None:
    m = tables.mailboxes
    mine = (m.c.account == place.account, m.c.folder == place.folder, m.c.last_uid < place.uid)
    connection.execute(update(m).where(*mine).values(last_uid=place.uid))
