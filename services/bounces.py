"""Bounces: a dead address is flagged, the next contact is used, the unit is not to blame."""

from datetime import datetime

from sqlalchemy import Connection, Row, delete, select, update

from adapters import tables
from adapters.ledger import RegisteredContact, first_reachable, read_contacts
from models.alarms import AlarmKind
from models.incoming_bounces import Gravity
from models.letter_policies import Reliability, reliability_of
from models.letters import LetterKind, LetterState
from models.redactions import REDACTED_ADDRESS, without_addresses
from models.submissions import Attachment
from models.units import ContactRole
from services.alarms import raise_alarm
from services.epochs import note_accepted
from services.journal import note, record
from services.letter_alarms import LetterAlarm, raise_alarms
from services.outbox import NewLetter, enqueue, set_state

DELIVERY = "delivery"
MOST_REASON = 500
ENDED = frozenset(
    {LetterState.BOUNCED, LetterState.REFUSED, LetterState.SUPERSEDED, LetterState.EXPIRED}
)


def settle_bounce(
    connection: Connection, letter_id: int, *, gravity: Gravity, why: str, now: datetime
) -> bool:
    """Record that an accepted letter came back for good; the second time changes nothing.

    A dead address is given up as after a refusal; a letter refused for its size or content is not
    the contact's fault, and a person is told.
    """
    chosen = select(tables.outbox).where(tables.outbox.c.id == letter_id).with_for_update()
    row = connection.execute(chosen).one()
    if row.state in ENDED:
        return False
    if row.address == REDACTED_ADDRESS:
        why = without_addresses(why)
    if row.state == LetterState.UNKNOWN:  # who returns a letter has accepted it
        note_accepted(connection, commune=row.commune, count=1)
    watches = tables.unknown_watches
    connection.execute(delete(watches).where(watches.c.outbox_id == letter_id))
    said = {"settled_at": now, "last_text": why[:MOST_REASON]}
    set_state(connection, letter_id, LetterState.BOUNCED, **said)
    notes = [note("letter.bounced", row.dedupe_key, reason=why[:MOST_REASON], gravity=gravity)]
    record(connection, notes, commune=row.commune, actor=DELIVERY, at=now)
    if gravity is Gravity.DEAD_ADDRESS:
        redirect_refused(connection, letter_id, why=why, now=now)
    if gravity is Gravity.LETTER_REFUSED or _must_arrive(row.kind):
        tell_returned(connection, row, why=f"thư bị trả lại: {why}", now=now)
    return True


def tell_returned(
    connection: Connection, row: Row[tuple[object, ...]], *, why: str, now: datetime
) -> None:
    """Put a letter that did not reach its reader on the administrator's desk."""
    alarm = LetterAlarm(AlarmKind.LETTER_NEEDS_HUMAN, row, why[:MOST_REASON], is_final=True)
    raise_alarms(connection, [alarm], now=now)


def redirect_refused(connection: Connection, letter_id: int, *, why: str, now: datetime) -> None:
    """Flag the contact of a refused letter, write to the next one and tell the administrator.

    A refused reminder gives its rungs back, so that the next round reminds somebody who can read
    it; any other letter is written again to the next contact.
    """
    row = connection.execute(select(tables.outbox).where(tables.outbox.c.id == letter_id)).one()
    was_alive = flag_contact(connection, row.contact_id, commune=row.commune, why=why, now=now)
    contacts = read_contacts(connection, commune=row.commune)
    following = first_reachable(contacts, row.unit_id, ContactRole.CONTACT)
    if was_alive:
        _tell_dead(connection, row, following, why=why, now=now)
    if row.day is not None:
        release_items(connection, letter_id)
    elif row.address == REDACTED_ADDRESS:  # what it said is gone, and nobody else may be told
        return
    elif following is not None and not _has_assignment(connection, row, following.id):
        _write_again(connection, row, following, now=now)


def _write_again(
    connection: Connection,
    row: Row[tuple[object, ...]],
    following: RegisteredContact,
    *,
    now: datetime,
) -> None:
    letter = NewLetter(
        dedupe_key=f"{row.dedupe_key}/{following.id}", kind=LetterKind(row.kind),
        plan_id=row.plan_id, unit_id=row.unit_id, contact=following, not_before=now,
        not_after=row.not_after, facts=row.context,
        parts=tuple(Attachment.model_validate(part) for part in row.parts or ()),
    )  # fmt: skip
    enqueue(connection, [letter], commune=row.commune, now=now)


def _tell_dead(
    connection: Connection,
    row: Row[tuple[object, ...]],
    following: RegisteredContact | None,
    *,
    why: str,
    now: datetime,
) -> None:
    after = (
        f"Thư sau gửi đến {following.title} ({following.email})."
        if following is not None
        else "Đơn vị không còn đầu mối nào liên lạc được qua thư; đề nghị gọi điện thoại."
    )
    text = (
        f"Thư {row.kind} gửi đơn vị “{row.unit_id}” tới {row.address} bị trả lại: "
        f"{' '.join(why.split())[:MOST_REASON].rstrip('.')}. {after}"
    )
    key = f"bounce/{row.commune}/{row.contact_id}/{row.id}"
    raise_alarm(connection, key, AlarmKind.BOUNCE, text=text, commune=row.commune, now=now)


def _must_arrive(kind: str) -> bool:
    return reliability_of(LetterKind(kind)) is Reliability.MUST_ARRIVE


def _has_assignment(connection: Connection, row: Row[tuple[object, ...]], contact_id: str) -> bool:
    # The head has had his own copy of the assignment already.
    c = tables.outbox.c
    same = (c.plan_id == row.plan_id, c.kind == row.kind, c.contact_id == contact_id)
    if row.kind != LetterKind.ASSIGNMENT:
        return False
    return connection.execute(select(c.id).where(*same)).first() is not None


def flag_contact(
    connection: Connection, contact_id: str, *, commune: str, why: str, now: datetime
) -> bool:
    """Mark a contact's address as dead; False when it was marked already."""
    c = tables.contacts.c
    changed = connection.execute(
        update(tables.contacts)
        .where(c.commune == commune, c.id == contact_id, c.flagged_at.is_(None))
        .values(flagged_at=now, flag_reason=why)
    ).rowcount
    if changed:
        notes = [note("contact.flagged", contact_id, reason=why)]
        record(connection, notes, commune=commune, actor=DELIVERY, at=now)
    return changed == 1


def release_items(connection: Connection, letter_id: int) -> None:
    """Give back the rungs of a reminder that reached nobody."""
    items = tables.outbox_items
    connection.execute(delete(items).where(items.c.outbox_id == letter_id))
