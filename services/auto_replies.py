"""Automatic answers: none to a machine, and at most one an hour to an address (RFC 3834)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from adapters import tables
from models.incoming import AUTOMATIC_CLASSES, MailClass
from models.letters import ANSWERS

ANSWERS_APART = timedelta(hours=1)
MOST_AHEAD = timedelta(hours=3)  # a flood is not answered letter by letter
ANSWERED_CLASSES = frozenset({MailClass.ANSWER, MailClass.UNVERIFIED})


def may_answer(mail_class: MailClass) -> bool:
    """Whether mail of that class is answered automatically at all."""
    return mail_class in ANSWERED_CLASSES - AUTOMATIC_CLASSES


def answer_slot(
    connection: Connection, address: str, *, commune: str, now: datetime
) -> datetime | None:
    """When the next automatic answer may leave for that registered address.

    None when so many wait already that another helps nobody.
    """
    c = tables.outbox.c
    newest = select(func.max(c.not_before)).where(
        c.commune == commune,
        func.lower(c.address) == address.lower(),
        c.kind.in_(ANSWERS),
        c.not_before > now - ANSWERS_APART,
    )
    latest = connection.execute(newest).scalar_one_or_none()
    if latest is None:
        return now
    slot: datetime = latest + ANSWERS_APART
    return slot if slot <= now + MOST_AHEAD else None
