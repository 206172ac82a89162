"""What follows from a mail: bounces change the ledger, the rest is put before a person."""

from datetime import date, datetime

from sqlalchemy import Connection, select

from adapters import tables
from models.alarms import AlarmKind
from models.incoming import DeliveryAction, InboxState, IncomingMail, MailClass
from models.incoming_classes import Judgement
from services.alarms import raise_alarm
from services.bounces import settle_bounce, tell_returned
from services.inbox_rows import MAILROOM
from services.journal import note, record

_CLASS_WORDS = {
    MailClass.BOUNCE_PERMANENT: "giấy báo không gửi được",
    MailClass.BOUNCE_TEMPORARY: "giấy báo gửi chậm",
    MailClass.FORWARDED: "thư chuyển tiếp",
    MailClass.SPOOFED: "thư nghi mạo danh",
    MailClass.UNREADABLE: "thư không đọc được",
    MailClass.UNMATCHED: "thư không rõ trả lời việc nào",
}


def follow(
    connection: Connection,
    mail_id: int,
    mail: IncomingMail,
    judged: Judgement,
    *,
    commune: str,
    day: date,
    now: datetime,
) -> None:  # fmt: skip
    """Do what the judgement asks, in the transaction that stores the mail."""
    letter = judged.letter
    said = note(
        f"mail.{judged.mail_class}", f"mail/{mail_id}", state=judged.state, reason=judged.reason,
        letter=letter.dedupe_key if letter else None,
    )  # fmt: skip
    record(connection, [said], commune=commune, actor=MAILROOM, at=now)
    if judged.state is InboxState.QUARANTINED:
        _tell(connection, mail, judged, commune=commune, day=day, now=now)
    elif judged.gravity is not None:
        _follow_bounce(connection, mail, judged, commune=commune, now=now)


def _follow_bounce(
    connection: Connection, mail: IncomingMail, judged: Judgement, *, commune: str, now: datetime
) -> None:
    assert judged.letter is not None
    assert judged.gravity is not None
    assert mail.report is not None
    if judged.mail_class is MailClass.BOUNCE_PERMANENT:
        settle_bounce(
            connection, judged.letter.id, gravity=judged.gravity, why=judged.reason, now=now
        )
        return
    key, gravity = judged.letter.dedupe_key, judged.gravity
    notes = [note("letter.delayed", key, gravity=gravity, reason=judged.reason)]
    record(connection, notes, commune=commune, actor=MAILROOM, at=now)
    if mail.report.action is DeliveryAction.FAILED:  # the server has given up: nobody else tells
        row = connection.execute(
            select(tables.outbox).where(tables.outbox.c.id == judged.letter.id)
        ).one()
        why = f"máy chủ nơi nhận thôi không gửi nữa, địa chỉ vẫn dùng được: {judged.reason}"
        tell_returned(connection, row, why=why, now=now)


def _tell(
    connection: Connection,
    mail: IncomingMail,
    judged: Judgement,
    *,
    commune: str,
    day: date,
    now: datetime,
) -> None:
    who = mail.sender or mail.sender_text or "không rõ người gửi"
    subject = f"“{mail.subject}”" if mail.subject else "không có tiêu đề"
    # One a day: strangers must not be able to fill the administrator's mailbox.
    key = f"inbox/{commune}/quarantined/{day}"
    words = _CLASS_WORDS.get(judged.mail_class, "thư đến")
    text = f"Có thư chờ quyết định: {words} từ {who}, {subject}. {judged.reason}"
    raise_alarm(connection, key, AlarmKind.OTHER, text=text, commune=commune, now=now)
