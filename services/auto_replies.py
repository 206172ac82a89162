"""Automatic answers: none to a machine, and at most one an hour to an address (RFC 3834)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from adapters import tables
from models.incoming import AUTOMATIC_CLASSES, MailClass
from models.letters import LetterKind

ANSWERS_APART = timedelta(hours=1)
AUTOMATIC_ANSWERS = (LetterKind.RECEIPT, LetterKind.RESEND)
ANSWERED_CLASSES = frozenset({MailClass.ANSWER, MailClass.UNVERIFIED})


def may_answer(
    connection: Connection, address: str, *, commune: str, mail_class: MailClass, now: datetime
) -> bool:
    """Whether a mail of that class may be answered automatically to that registered address now."""
    if mail_class in AUTOMATIC_CLASSES or mail_class not in ANSWERED_CLASSES:
        return False
    c = tables.outbox.c
    lately = (
        c.commune == commune,
        func.lower(c.address) == address.lower(),
        c.kind.in_(AUTOMATIC_ANSWERS),
        c.created_at > now - ANSWERS_APART,
    )
    return connection.execute(select(c.id).where(*lately).limit(1)).first() is None
