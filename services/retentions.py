"""The end of keeping: letters and mails of plans that ended before a day lose their content."""

from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, or_, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanState
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.redactions import Redacted, RedactionOrder, Traces, without_addresses
from services.journal import lock_chain, note, record
from services.reasons import require_reason
from services.redaction_rows import (
    SETTLED_LETTER,
    SETTLED_MAIL,
    UNTOUCHED_LETTER,
    UNTOUCHED_MAIL,
    mask_texts,
    redact_letters,
    redact_mails,
    seal,
)
from services.redactions import drop_drafts, redact_uploads

NOBODY = Traces()
_o, _m = tables.outbox.c, tables.inbox.c


def redact_ended(
    engine: Engine, *, before: date, order: RedactionOrder, calendar: WorkingCalendar
) -> Redacted:
    """Redact the letters, mails, drafts and held files of plans that were closed before the day.

    Mails that belong to no plan go when they came before it. What is not settled stays and is
    counted. The second time changes nothing. Files are removed after this, by ``remove_files``.

    Raises:
        UsageError: no reason is given, or the day has not come yet.
    """
    require_reason(order.reason)
    if before > calendar.day_of(order.now):
        raise UsageError("Ngày này chưa đến; hãy chọn ngày hôm nay hoặc một ngày đã qua.")
    since = calendar.at(before, time.min)
    with transaction(engine) as connection:
        lock_chain(connection, order.commune)
        plans = _ended(connection, order.commune, since)
        done = _redact(connection, plans, order.commune, since)
        if done.counts:
            told = note(
                "mail.redacted", f"retention/{before.isoformat()}", reason=order.reason.strip(),
                plans=plans, letters_sha256=done.letters_sha256, **done.counts,
            )  # fmt: skip
            record(connection, [told], commune=order.commune, actor=order.by, at=order.now)
        return done


def _ended(connection: Connection, commune: str, before: datetime) -> list[str]:
    """The commune's plans that were closed before that instant, by id."""
    p, j = tables.plans.c, tables.journal.c
    closed = (
        select(p.id)
        .join_from(tables.plans, tables.journal, (j.commune == p.commune) & (j.subject == p.id))
        .where(
            p.commune == commune, p.state == PlanState.CLOSED, j.action == "plan.closed",
            j.at < before,
        )
        .distinct()
        .order_by(p.id)
    )  # fmt: skip
    return list(connection.execute(closed).scalars())


def _redact(connection: Connection, plans: list[str], commune: str, before: datetime) -> Redacted:
    letters = (_o.commune == commune) & _o.plan_id.in_(plans)
    b = tables.obligations.c
    owed = select(b.id).where(b.commune == commune, b.plan_id.in_(plans))
    mails = (_m.commune == commune) & _about(letters, owed, before)
    held, drafts = tables.held_uploads.c, tables.drafts.c
    gone_mails = redact_mails(connection, mails)
    gone = redact_letters(connection, letters, NOBODY)
    return Redacted(
        letters=gone.letters, attempts=gone.attempts, letters_sha256=seal(gone.sealed),
        mails=gone_mails,
        drafts=drop_drafts(connection, drafts.obligation_id.in_(owed)),
        uploads=redact_uploads(connection, held.obligation_id.in_(owed)),
        words=_mask_alarms(connection, commune, before),
        left=_count_left(connection, letters, mails),
    )  # fmt: skip


def _about(
    letters: ColumnElement[bool], owed: Select[tuple[str]], before: datetime
) -> ColumnElement[bool]:
    """Mails about those letters or obligations, and earlier ones about none of any plan."""
    strays = _m.outbox_id.is_(None) & _m.obligation_id.is_(None) & (_m.received_at < before)
    return or_(_m.outbox_id.in_(select(_o.id).where(letters)), _m.obligation_id.in_(owed), strays)


def _mask_alarms(connection: Connection, commune: str, before: datetime) -> int:
    a = tables.alarms.c
    old = (a.commune == commune) & a.settled_at.is_not(None) & (a.raised_at < before)
    return mask_texts(connection, a.text, old, without_addresses)


def _count_left(
    connection: Connection, letters: ColumnElement[bool], mails: ColumnElement[bool]
) -> int:
    waiting = (
        select(func.count()).where(letters, UNTOUCHED_LETTER, ~SETTLED_LETTER),
        select(func.count()).where(mails, UNTOUCHED_MAIL, ~SETTLED_MAIL),
    )
    return sum(connection.execute(statement).scalar_one() for statement in waiting)
