"""Redaction of one contact on request: the person goes, what the commune must keep stays."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)

from adapters import tables
from adapters.database import snapshot, transaction
from adapters.ledger import RegisteredContact, insert_new, read_contacts
from models.contact_changes import ChangeState
from models.errors import UsageError
from models.redactions import (
    REDACTED,
    REDACTED_ADDRESS,
    REDACTED_CONTACT,
    Redacted,
    RedactionOrder,
    Traces,
    is_name,
    retired_digest,
)
from models.units import Salutation
from services.journal import lock_chain, note, record
from services.personal_links import count_on
from services.reasons import require_reason
from services.redaction_mentions import find_mentions, read_names, redact_mentions
from services.redaction_refusals import Subject, refuse_needed
from services.redaction_rows import doom, redact_letters, redact_mails, redact_words, seal

_o, _m = tables.outbox.c, tables.inbox.c
_changes, _held = tables.contact_changes, tables.held_uploads


def redact_contact(
    engine: Engine, contact_id: str, *, order: RedactionOrder, address: str | None = None
) -> Redacted:
    """Redact the contact's personal data; the second time only what has come in since.

    With ``address``, only what concerns that earlier address: the post has another holder now.
    Links and sessions end at once. Files are removed after this, by ``remove_files``.

    Raises:
        UsageError: no reason is given, or the commune has no such contact or earlier address.
        RefusedError: the contact is still needed; the text says for what and what to do.
    """
    require_reason(order.reason)
    with snapshot(engine) as connection:
        subject = _find(connection, contact_id, order, address)
        refuse_needed(connection, subject, order.commune)
        named = find_mentions(connection, order.commune, subject.traces, but=subject.letters)
    with transaction(engine) as connection:
        lock_chain(connection, order.commune)  # who plans letters waits, or has written them
        subject = _find(connection, contact_id, order, address)
        refuse_needed(connection, subject, order.commune)
        done = _redact(connection, subject, order, named)
        if done.counts:
            _record(connection, subject, order, done)
        return done


def _find(
    connection: Connection, contact_id: str, order: RedactionOrder, address: str | None
) -> Subject:
    contacts = read_contacts(connection, commune=order.commune)
    contact = next((one for one in contacts if one.id == contact_id), None)
    if contact is None:
        raise UsageError(f"Không có đầu mối '{contact_id}'; xem mã trong tệp danh mục đơn vị.")
    former = address.strip().lower() if address is not None else None
    of_post = (_o.commune == order.commune) & (_o.contact_id == contact_id)
    letters = of_post if former is None else of_post & (func.lower(_o.address) == former)
    # The register may have forgotten the name that letters were addressed by; a post has none.
    titles = {one.title for one in contacts}
    named = {name for name in read_names(connection, letters) if is_name(name)} - titles
    traces = _traces(connection, contact, order.commune, former, named=named)
    others = {one.email.lower() for one in contacts if one.id != contact_id}
    senders = sorted(traces.addresses - others)
    written = func.lower(_m.sender).in_(senders) | _m.outbox_id.in_(select(_o.id).where(letters))
    mails = written if former is not None else or_(written, _m.contact_id == contact_id)
    return Subject(contact, former, traces, letters, (_m.commune == order.commune) & mails)


def _traces(
    connection: Connection,
    contact: RegisteredContact,
    commune: str,
    former: str | None,
    *,
    named: set[str],
) -> Traces:
    """By what the person is found, from all that the ledger holds of the post."""
    mine = (_o.commune == commune, _o.contact_id == contact.id)
    written = connection.execute(select(_o.address).where(*mine).distinct()).scalars().all()
    reaches = [(contact.full_name, contact.email, contact.phone)]
    for row in _changes_of(connection, contact.id, commune):
        reaches += [
            (row.old_name, row.old_email, row.old_phone),
            (row.full_name, row.email, row.phone),
        ]
    if former is not None:
        written = [former]
        reaches = [reach for reach in reaches if reach[1].lower() == former]
    names, emails, phones = zip(*reaches, strict=True) if reaches else ((), (), ())
    return Traces.of((*emails, *written), (*names, *named), phones)


def _changes_of(
    connection: Connection, contact_id: str, commune: str
) -> Sequence[Row[tuple[object, ...]]]:
    c = _changes.c
    mine = select(_changes).where(c.commune == commune, c.contact_id == contact_id)
    return connection.execute(mine.order_by(c.id)).all()


def _redact(
    connection: Connection, subject: Subject, order: RedactionOrder, named: tuple[int, ...]
) -> Redacted:
    mails = redact_mails(connection, subject.mails)  # first: letters are found by their address
    gone = redact_letters(connection, subject.letters, subject.traces)
    sealed = redact_mentions(connection, named, subject.traces)
    done = Redacted(
        mails=mails, letters=gone.letters, attempts=gone.attempts, mentions=len(named),
        letters_sha256=seal((*gone.sealed, *sealed)),
        words=redact_words(connection, order.commune, subject.traces),
        changes=_redact_changes(connection, subject, order),
    )  # fmt: skip
    if subject.former is not None:
        _retire(connection, subject, order)
        return done
    contact_id = subject.contact.id
    return done.model_copy(
        update={
            "contacts": _redact_register(connection, subject.contact, order),
            "drafts": _drop_drafts(connection, contact_id, order.commune),
            "uploads": redact_uploads(connection, _of(_held, order.commune, contact_id)),
            "accounts": _redact_accounts(connection, contact_id, order.commune),
        }
    )


def _of(table: Table, commune: str, contact_id: str) -> ColumnElement[bool]:
    return (table.c.commune == commune) & (table.c.contact_id == contact_id)


def _redact_register(
    connection: Connection, contact: RegisteredContact, order: RedactionOrder
) -> int:
    """Leave of the contact its post; nothing is ever sent to what stands in the address's place."""
    if contact.email == REDACTED_ADDRESS:
        return 0
    c = tables.contacts.c
    blank = {
        "full_name": None, "phone": None, "email": REDACTED_ADDRESS, "confirmed": False,
        "salutation": Salutation.COMRADE, "flag_reason": REDACTED_CONTACT,
        "flagged_at": contact.flagged_at or order.now,
    }  # fmt: skip
    mine = (c.commune == order.commune, c.id == contact.id)
    connection.execute(update(tables.contacts).where(*mine).values(blank))
    count_on(connection, commune=order.commune, contact_id=contact.id)
    return 1


def _redact_changes(connection: Connection, subject: Subject, order: RedactionOrder) -> int:
    """Take the person out of proposed changes; one that waits has nobody left to decide on it."""
    changed = 0
    for row in _changes_of(connection, subject.contact.id, order.commune):
        blank: dict[str, object] = {}
        if subject.former in {None, row.old_email.lower()}:
            blank |= {"old_name": None, "old_email": REDACTED_ADDRESS, "old_phone": None}
        if subject.former in {None, row.email.lower()}:
            blank |= {"full_name": None, "email": REDACTED_ADDRESS, "phone": None}
        if not blank or all(getattr(row, name) == value for name, value in blank.items()):
            continue
        blank |= {"reason": REDACTED, "refusal": REDACTED if row.refusal else None}
        if row.state == ChangeState.ASKED:
            blank |= {"state": ChangeState.REFUSED, "decided_at": order.now,
                      "decided_by": order.by}  # fmt: skip
        connection.execute(update(_changes).where(_changes.c.id == row.id).values(blank))
        changed += 1
    return changed


def _retire(connection: Connection, subject: Subject, order: RedactionOrder) -> None:
    """Keep by what the address is known again, should an old register bring it back."""
    digest = retired_digest(order.commune, subject.contact.id, subject.former or "")
    row = {"commune": order.commune, "contact_id": subject.contact.id, "digest": digest}
    insert_new(connection, tables.retired_addresses, [row])


def _drop_drafts(connection: Connection, contact_id: str, commune: str) -> int:
    d, o = tables.drafts, tables.obligations.c
    of_commune = d.c.obligation_id.in_(select(o.id).where(o.commune == commune))
    return drop_drafts(connection, (d.c.contact_id == contact_id) & of_commune)


def drop_drafts(connection: Connection, which: ColumnElement[bool]) -> int:
    """Throw drafts away with their files; returns how many there were."""
    d = tables.drafts
    found = connection.execute(select(d.c.attachments).where(which)).scalars().all()
    doom(connection, {file["sha256"] for files in found for file in files})
    return connection.execute(delete(d).where(which)).rowcount


def redact_uploads(connection: Connection, which: ColumnElement[bool]) -> int:
    """Forget what held files were called and hold; the hash that knows them again stays."""
    mine = which & (_held.c.name != REDACTED) & _held.c.settled_at.is_not(None)
    known = connection.execute(select(_held.c.sha256).where(mine)).scalars()
    doom(connection, set(known))
    blank = update(_held).where(mine).values(name=REDACTED, reason=REDACTED)
    return connection.execute(blank).rowcount


def _redact_accounts(connection: Connection, contact_id: str, commune: str) -> int:
    """Take the name off the closed account of the person; what it did stays under its id."""
    a = tables.accounts
    mine = _of(a, commune, contact_id) & (a.c.name != REDACTED)
    return connection.execute(update(a).where(mine).values(name=REDACTED, password=None)).rowcount


def _record(
    connection: Connection, subject: Subject, order: RedactionOrder, done: Redacted
) -> None:
    told = note(
        "contact.redacted", subject.contact.id, reason=subject.traces.mask(order.reason),
        former=subject.former is not None, letters_sha256=done.letters_sha256, **done.counts,
    )  # fmt: skip
    by = subject.traces.mask(order.by)
    record(connection, [told], commune=order.commune, actor=by, at=order.now)
