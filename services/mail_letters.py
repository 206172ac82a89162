"""The letters about a reply: is it yours (E22), it is no answer yet (E23)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from adapters.ledger import RegisteredContact, first_reachable, read_contacts
from adapters.mail_links import MailScope, make_mail_token
from models.file_kinds import MAX_FILES
from models.incoming import IncomingMail
from models.letters import LetterKind
from models.mail_contexts import AskSenderContext, UnclearReplyContext, quoted_subject
from models.units import ContactRole
from services.auto_replies import answer_slot
from services.mail_replies import Clerk, MailRow
from services.mail_rulings import Verdict, VerdictKind
from services.notices import as_facts
from services.outbox import NewLetter, enqueue

CONFIRMATION_DAYS = 14


def confirmation_path(token: str) -> str:
    """The path of the page that confirms a mail."""
    return f"/xac-nhan-thu/{token}"


def ask_sender(
    connection: Connection, clerk: Clerk, row: MailRow, *, mail: IncomingMail, at: datetime,
    plan_id: str,
) -> bool:  # fmt: skip
    """Ask the registered contact whether the mail is the unit's own (E22); False: nobody to ask.

    The letter goes to the register's address and never to the mail's sender, who learns nothing.
    """
    contact = contact_of(connection, clerk, row)
    slot = contact and answer_slot(connection, contact.email, commune=clerk.commune, now=clerk.now)
    if contact is None or slot is None:
        return False
    day = clerk.calendar.day_of(clerk.now) + timedelta(days=CONFIRMATION_DAYS)
    until = clerk.calendar.close_of(day)
    scope = MailScope(
        commune=clerk.commune, mail_id=int(row.id), contact_id=contact.id, expires_at=until
    )
    token = make_mail_token(clerk.letterhead.key, scope)
    facts = {
        "arrived_at": at,
        "written_by": mail.sender or "",
        "mail_subject": quoted_subject(mail.subject),
        "files": _names(mail),
        "confirm_url": f"{clerk.letterhead.portal_url}{confirmation_path(token)}",
        "valid_until": until,
    }
    letter = NewLetter(
        dedupe_key=f"ask-sender/{row.id}", kind=LetterKind.ASK_SENDER, plan_id=plan_id,
        unit_id=contact.unit_id, contact=contact, not_before=slot,
        facts=as_facts(AskSenderContext, facts),
    )  # fmt: skip
    return enqueue(connection, [letter], commune=clerk.commune, now=clerk.now) == 1


def tell_unclear(
    connection: Connection, clerk: Clerk, row: MailRow, *, mail: IncomingMail, at: datetime,
    plan_id: str, verdict: Verdict,
) -> bool:  # fmt: skip
    """Tell the unit what its reply lacks (E23); False when it cannot be written to now."""
    contact = contact_of(connection, clerk, row)
    slot = contact and answer_slot(connection, contact.email, commune=clerk.commune, now=clerk.now)
    if contact is None or slot is None:
        return False
    task = verdict.task
    facts = {
        "arrived_at": at,
        "mail_subject": quoted_subject(mail.subject),
        "files": _names(mail),
        "product": task.product if task else None,
        "short_name": task.requirement.short_name if task else "",
        "due_at": task.obligation.effective_due_at if task else None,
        "remarks": verdict.remarks,
        "is_being_entered": verdict.kind is VerdictKind.ENTER,
    }
    about = task.obligation.id if task else ""
    letter = NewLetter(
        dedupe_key=f"unclear/{row.id}/{about}", kind=LetterKind.UNCLEAR_REPLY, plan_id=plan_id,
        unit_id=contact.unit_id, contact=contact, not_before=slot,
        facts=as_facts(UnclearReplyContext, facts),
    )  # fmt: skip
    return enqueue(connection, [letter], commune=clerk.commune, now=clerk.now) == 1


def contact_of(connection: Connection, clerk: Clerk, row: MailRow) -> RegisteredContact | None:
    """Whom to write to about a mail: its contact while that address lives, else the unit's next."""
    contacts = read_contacts(connection, commune=clerk.commune)
    mine = next((c for c in contacts if (c.id, c.flagged_at) == (row.contact_id, None)), None)
    if mine is not None:
        return mine
    return first_reachable(contacts, str(row.unit_id), ContactRole.CONTACT)


def _names(mail: IncomingMail) -> tuple[str, ...]:
    names = [one.name for one in mail.attachments if not one.is_decoration]
    return tuple(names[:MAX_FILES])
