"""A reply moves from state to state: each move once, journaled; who must look is told."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from adapters import tables
from adapters.database import transaction
from models.alarms import AlarmKind
from models.incoming import InboxState
from models.vietnamese import local_day
from services.alarms import raise_alarm, settle
from services.inbox_rows import MAILROOM
from services.journal import note, record
from services.mail_replies import Clerk, MailRow

WAITING = (InboxState.QUARANTINED, InboxState.PERSON)
FOR_PERSON, ASKED, ANSWERED, SETTLED = "for_person", "asked", "answered", "settled"


def move(
    connection: Connection,
    clerk: Clerk,
    row: MailRow,
    state: InboxState,
    *,
    reason: str,
    submissions: list[str] | None = None,
) -> bool:
    """Move a reply that waits to be taken in; False when somebody else was quicker."""
    c = tables.inbox.c
    values: dict[str, object] = {"state": state, "reason": reason}
    if state is InboxState.SETTLED:
        values |= {"settled_at": clerk.now, "settled_by": MAILROOM}
    mine = update(tables.inbox).where(c.id == row.id, c.state == InboxState.KEPT)
    if connection.execute(mine.values(values)).rowcount != 1:
        return False
    told = note(f"mail.{state}", f"mail/{row.id}", reason=reason, submissions=submissions)
    record(connection, [told], commune=clerk.commune, actor=MAILROOM, at=clerk.now)
    return True


def put_before_person(clerk: Clerk, row: MailRow, reason: str) -> str | None:
    """Let a person decide about a reply, and say so; None when somebody else was quicker."""
    with transaction(clerk.engine) as connection:
        if not move(connection, clerk, row, InboxState.PERSON, reason=reason):
            return None
        tell_waiting(connection, row, reason, now=clerk.now)
    return FOR_PERSON


def hand_over(connection: Connection, clerk: Clerk, row: MailRow, reason: str) -> None:
    """Let a person decide about a reply after all: its unit cannot be written to."""
    values = {"state": InboxState.PERSON, "reason": reason}
    connection.execute(update(tables.inbox).where(tables.inbox.c.id == row.id).values(values))
    tell_waiting(connection, row, reason, now=clerk.now)


def settle_mail(
    clerk: Clerk, row: MailRow, reason: str, *, submissions: list[str] | None = None
) -> str | None:
    """Close a reply, with what it became; None when somebody else was quicker."""
    with transaction(clerk.engine) as connection:
        is_mine = move(
            connection, clerk, row, InboxState.SETTLED, reason=reason, submissions=submissions
        )
    if not is_mine:
        return None
    return ANSWERED if submissions else SETTLED


def tell_waiting(connection: Connection, row: MailRow, reason: str, *, now: datetime) -> None:
    """Tell the administrator that a reply waits; once a day for each unit."""
    key = f"inbox/{row.commune}/person/{row.unit_id}/{local_day(now)}"
    text = (
        f"Thư trả lời của đơn vị “{row.unit_id}” chờ người xử lý tại trang Thư đến "
        f"(/thu-den/{row.id}): {reason}"
    )
    raise_alarm(connection, key, AlarmKind.OTHER, text=text, commune=str(row.commune), now=now)


def settle_waiting(connection: Connection, *, commune: str, by: str, now: datetime) -> None:
    """Settle what was told about waiting mails when the last of them is settled."""
    c, a = tables.inbox.c, tables.alarms.c
    waiting = select(func.count()).where(c.commune == commune, c.state.in_(WAITING))
    if connection.execute(waiting).scalar_one():
        return
    mine = (a.dedupe_key.startswith(f"inbox/{commune}/", autoescape=True), a.settled_at.is_(None))
    keys = list(connection.execute(select(a.dedupe_key).where(*mine)).scalars())
    settle(connection, keys, commune=commune, by=by, now=now)
