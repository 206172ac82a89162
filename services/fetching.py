"""One round of reading from a desk: nothing without a mailbox; a silent mailbox is told."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from adapters import owners, tables
from adapters.caught_mail import CaughtMailbox, open_caught
from adapters.database import transaction
from adapters.imap import open_folder
from adapters.imap_client import ImapSettings
from adapters.mail_folders import MailboxPlace, MailFolder
from models.alarms import SYSTEM, AlarmKind
from models.errors import DondocError
from services.alarms import open_keys, raise_alarm, settle
from services.desk import Desk
from services.inbox import Fetched, MailReader

READER = "mailbox-reader"
TOLD_AFTER = timedelta(minutes=15)


def fetch_mail(desk: Desk) -> Fetched:
    """Take in what lies in the mailbox of the settings; nothing when none is set or another reads.

    Raises:
        TransientError: the mailbox is out of reach; the administrator is told after a while.
        PermanentError: the mailbox refuses the settings.
    """
    mailbox = desk.mailbox
    # Two readers would store each mail once, but Dovecot may copy a mail that both of them move.
    if mailbox is None or owners.is_alive(desk.engine, desk.locks, READER):
        return Fetched()
    with owners.living_owner(desk.engine, desk.locks, READER):
        return _fetch(desk, mailbox)


Mailbox = ImapSettings | CaughtMailbox


def _opened(mailbox: Mailbox) -> AbstractContextManager[MailFolder]:
    if isinstance(mailbox, CaughtMailbox):
        return open_caught(mailbox)
    return open_folder(mailbox)


def _fetch(desk: Desk, mailbox: Mailbox) -> Fetched:
    try:
        with _opened(mailbox) as folder:
            reader = MailReader(
                desk.engine, folder, intake=desk.intake, blobs=desk.blobs,
                day=desk.calendar.day_of(desk.now), now=desk.now,
            )  # fmt: skip
            fetched = reader.take_in()
    except DondocError as error:
        tell_unread(desk.engine, mailbox, commune=desk.commune, why=str(error), now=desk.now)
        raise
    tell_left(desk.engine, mailbox, fetched, commune=desk.commune, now=desk.now)
    return fetched


def tell_unread(
    engine: Engine, mailbox: MailboxPlace, *, commune: str, why: str, now: datetime
) -> bool:
    """Raise that the mailbox cannot be read, when that lasts; False when it is too early to say."""
    m = tables.mailboxes.c
    mine = (m.account == mailbox.account, m.folder == mailbox.folder)
    with transaction(engine) as connection:
        read_at = connection.execute(select(m.read_at).where(*mine)).scalar()
        if read_at is not None and now - read_at < TOLD_AFTER:
            return False
        since = "never" if read_at is None else read_at.isoformat()
        key = f"{_prefix(mailbox, commune)}unread/{since}"
        text = f"Không đọc được hộp thư {mailbox.username}: {why}"
        return raise_alarm(connection, key, AlarmKind.OTHER, text=text, commune=commune, now=now)


def tell_left(
    engine: Engine, mailbox: MailboxPlace, fetched: Fetched, *, commune: str, now: datetime
) -> None:
    """Raise that stored mails cannot be moved aside, when that lasts; settle what is over."""
    with transaction(engine) as connection:
        if fetched.oldest_left is None or now - fetched.oldest_left < TOLD_AFTER:
            keys = open_keys(connection, _prefix(mailbox, commune))
            settle(connection, keys, commune=commune, by=SYSTEM, now=now)
            return
        key = f"{_prefix(mailbox, commune)}left/{fetched.oldest_left.isoformat()}"
        text = (
            f"{fetched.left} thư đã nhận nhưng không chuyển được vào thư mục Da-nhan của hộp thư "
            f"{mailbox.username}; thư không bị nhận trùng. Hãy kiểm tra quyền ghi của hộp thư."
        )
        raise_alarm(connection, key, AlarmKind.OTHER, text=text, commune=commune, now=now)


def _prefix(mailbox: MailboxPlace, commune: str) -> str:
    return f"mailbox/{commune}/{mailbox.account}/{mailbox.folder}/"
