"""What people decide about a mail: it is genuine, it is about this, it is not ours to answer."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_obligation
from adapters.mail_links import MailScope
from models.errors import RefusedError, UsageError
from models.incoming import AUTOMATIC_CLASSES, InboxState
from models.vietnamese import clean_text
from services.inbox_desk import DENIED, find_row
from services.journal import note, record
from services.mail_answers import take_answer
from services.mail_letters import ask_sender
from services.mail_moves import settle_waiting
from services.mail_replies import Clerk, MailRow, arrival_of, read_stored_mail

OPEN = (InboxState.QUARANTINED, InboxState.PERSON, InboxState.ASKED)
MOST_REASON = 500


def accept_mail(
    clerk: Clerk, mail_id: int, *, by: str, reason: str, obligation_id: str | None = None
) -> str | None:
    """Take a mail for its unit's own, about that obligation when one is named, and read it.

    Gives what became of it, as a field of `Taken`; None when somebody else has decided meanwhile.

    Raises:
        UsageError: no such mail or obligation.
        RefusedError: no reason is given, a machine wrote the mail, or its unit is not known.
    """
    why = _reason(reason)
    with transaction(clerk.engine) as connection:
        row = find_row(connection, clerk, mail_id)
        values = _about(connection, row, obligation_id) | {
            "state": InboxState.KEPT, "confirmed_at": clerk.now, "confirmed_by": by, "tries": 0,
        }  # fmt: skip
        is_mine = _decide(connection, row, values)
        if is_mine:
            told = note("mail.confirmed", f"mail/{mail_id}", reason=why, obligation=obligation_id)
            record(connection, [told], commune=clerk.commune, actor=by, at=clerk.now)
    if not is_mine:
        return None
    fate = take_answer(clerk, mail_id)
    _settle_told(clerk, by=by)
    return fate


def dismiss_mail(clerk: Clerk, mail_id: int, *, by: str, reason: str) -> bool:
    """Close a mail that is no answer; it stays stored. False when it was closed already.

    Raises:
        UsageError: no such mail.
        RefusedError: no reason is given.
    """
    why = _reason(reason)
    with transaction(clerk.engine) as connection:
        return _close(connection, clerk, mail_id, by=by, action="mail.dismissed", reason=why)


def note_entered(
    connection: Connection, clerk: Clerk, mail_id: int, *, submission_id: str, by: str
) -> bool:
    """Close a mail whose content a person entered as that version; False when it was closed."""
    reason = f"Đã nhập thay thành bản {submission_id}."
    return _close(connection, clerk, mail_id, by=by, action="mail.entered", reason=reason)


def ask_unit(clerk: Clerk, mail_id: int, *, by: str, obligation_id: str | None = None) -> bool:
    """Ask the unit's registered address whether the mail is its own (E22); False: it was asked.

    Raises:
        UsageError: no such mail or obligation.
        RefusedError: the unit is not known or has no address, or too many letters wait for it.
    """
    with transaction(clerk.engine) as connection:
        before = find_row(connection, clerk, mail_id)
        if before.state == InboxState.ASKED:
            return False
        values = {"state": InboxState.ASKED} | _about(connection, before, obligation_id)
        if not _decide(connection, before, values):
            return False
        row = find_row(connection, clerk, mail_id)
        told = note("mail.asked", f"mail/{mail_id}", reason="hỏi đơn vị")
        record(connection, [told], commune=clerk.commune, actor=by, at=clerk.now)
        _ask(connection, clerk, row)
        settle_waiting(connection, commune=clerk.commune, by=by, now=clerk.now)
    return True


def _ask(connection: Connection, clerk: Clerk, row: MailRow) -> None:
    plan_id = (str(row.obligation_id) if row.obligation_id else "").partition("/")[0]
    if not plan_id and row.outbox_id is not None:
        c = tables.outbox.c
        plan_id = connection.execute(select(c.plan_id).where(c.id == row.outbox_id)).scalar_one()
    if not plan_id:
        raise RefusedError("Chưa rõ thư trả lời việc nào; hãy chọn việc trước khi hỏi đơn vị.")
    mail = read_stored_mail(clerk, str(row.sha256))
    at = arrival_of(row, ())
    if not ask_sender(connection, clerk, row, mail=mail, at=at, plan_id=plan_id):
        raise RefusedError("Không hỏi được đơn vị qua thư lúc này; hãy gọi điện thoại.")


def confirm_by_unit(clerk: Clerk, scope: MailScope) -> str | None:
    """Take the unit's word that a mail is its own, and read it; None when that was done before.

    Raises:
        UsageError: no such mail.
    """
    with transaction(clerk.engine) as connection:
        row = find_row(connection, clerk, scope.mail_id)
        values = {
            "state": InboxState.KEPT, "confirmed_at": clerk.now, "confirmed_by": scope.contact_id,
        }  # fmt: skip
        is_told = row.confirmed_at is not None or row.reason == DENIED
        if is_told or not _decide(connection, row, values):
            return None
        told = note("mail.confirmed", f"mail/{row.id}", reason="đơn vị xác nhận qua đường dẫn")
        record(connection, [told], commune=clerk.commune, actor=scope.contact_id, at=clerk.now)
    fate = take_answer(clerk, scope.mail_id)
    _settle_told(clerk, by=scope.contact_id)
    return fate


def deny_by_unit(clerk: Clerk, scope: MailScope) -> bool:
    """Take the unit's word that a mail is not its own: nothing follows from it, a person looks.

    Raises:
        UsageError: no such mail.
    """
    with transaction(clerk.engine) as connection:
        row = find_row(connection, clerk, scope.mail_id)
        values = {"state": InboxState.QUARANTINED, "reason": DENIED}
        if row.confirmed_at is not None or row.reason == DENIED:
            return False
        if not _decide(connection, row, values):
            return False
        told = note("mail.denied", f"mail/{row.id}", reason=DENIED)
        record(connection, [told], commune=clerk.commune, actor=scope.contact_id, at=clerk.now)
    return True


def _about(connection: Connection, row: MailRow, obligation_id: str | None) -> dict[str, object]:
    unit_id = _unit_of(connection, row, obligation_id)
    return {
        "unit_id": unit_id,
        "obligation_id": obligation_id or row.obligation_id,
        "contact_id": row.contact_id if row.unit_id == unit_id else None,
    }


def _unit_of(connection: Connection, row: MailRow, obligation_id: str | None) -> str:
    if row.mail_class in AUTOMATIC_CLASSES or row.sha256 is None:
        raise RefusedError("Thư do máy viết hoặc chưa tải về thì không thành câu trả lời được.")
    if obligation_id is None:
        if row.unit_id is None:
            raise RefusedError("Chưa rõ thư của đơn vị nào; hãy chọn việc mà thư trả lời.")
        return str(row.unit_id)
    c = tables.obligations.c
    mine = select(c.commune).where(c.id == obligation_id)
    if connection.execute(mine).scalar_one_or_none() != row.commune:
        raise UsageError(f"Không có nghĩa vụ '{obligation_id}'; hãy chọn lại.")
    return read_obligation(connection, obligation_id).unit_id


def _close(
    connection: Connection, clerk: Clerk, mail_id: int, *, by: str, action: str, reason: str
) -> bool:
    row = find_row(connection, clerk, mail_id)
    values = {
        "state": InboxState.SETTLED, "reason": reason, "settled_at": clerk.now, "settled_by": by,
    }  # fmt: skip
    if not _decide(connection, row, values):
        return False
    told = note(action, f"mail/{mail_id}", reason=reason, before=str(row.reason))
    record(connection, [told], commune=clerk.commune, actor=by, at=clerk.now)
    settle_waiting(connection, commune=clerk.commune, by=by, now=clerk.now)
    return True


def _decide(connection: Connection, row: MailRow, values: Mapping[str, object]) -> bool:
    """Change a mail about which nothing is decided yet; False when somebody was quicker."""
    c = tables.inbox.c
    mine = update(tables.inbox).where(c.id == row.id, c.state.in_(OPEN))
    return connection.execute(mine.values(values)).rowcount == 1


def _settle_told(clerk: Clerk, *, by: str) -> None:
    with transaction(clerk.engine) as connection:
        settle_waiting(connection, commune=clerk.commune, by=by, now=clerk.now)


def _reason(reason: str) -> str:
    why = clean_text(reason)[:MOST_REASON]
    if not why:
        raise RefusedError("Hãy ghi lý do; lý do được lưu vào nhật ký.")
    return why
