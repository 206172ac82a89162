"""The mails that came in, as people look at them: lists by state, one mail whole."""

from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from adapters import tables
from adapters.database import transaction
from models.errors import UsageError
from models.file_kinds import media_type_of
from models.incoming import InboxState, IncomingMail, MailClass
from models.letters import LetterKind, Part
from models.redactions import REDACTED_MAIL
from models.values import Value
from services.mail_moves import WAITING
from services.mail_replies import Clerk, MailRow, read_stored_mail, read_unit_tasks
from services.portal_views import Task

MOST_LISTED = 200
DENIED = "E-IN-DENIED: đơn vị báo không gửi thư này."
_NO_CONTENT = "Thư số {} quá lớn, không tải về; hãy mở trong hộp thư."
_REDACTED = "Nội dung thư số {} đã được xóa theo quy định bảo vệ dữ liệu cá nhân."


class MailLine(Value):
    """One mail in a list."""

    id: int
    state: InboxState
    mail_class: MailClass
    sender: str | None
    subject: str | None
    unit_id: str | None
    obligation_id: str | None
    received_at: datetime
    arrived_at: datetime | None
    size: int
    reason: str
    settled_at: datetime | None
    settled_by: str | None

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to decide about it."""
        return self.state in WAITING

    @property
    def is_decided_by_people(self) -> bool:
        """Whether a person may still decide: nothing follows from it yet."""
        return self.is_waiting or self.state is InboxState.ASKED


class MailFile(Value):
    """A file of a mail, counted from 0; ``is_taken`` says that it counts as a file of an answer."""

    number: int
    name: str
    size: int
    is_taken: bool
    is_decoration: bool


class MailLetter(Value):
    """The letter of ours that a mail answers."""

    id: int
    kind: LetterKind
    subject: str | None


class MailEntry(Value):
    """One line of the journal about a mail."""

    at: datetime
    actor: str
    action: str
    reason: str


class MailDetail(Value):
    """One mail as a person reads it; without ``has_content`` only its head is known."""

    line: MailLine
    sender_text: str = ""
    is_authenticated: bool = False
    text: str = ""
    quoted: str = ""
    files: tuple[MailFile, ...] = ()
    has_content: bool = True
    letter: MailLetter | None = None
    tasks: tuple[Task, ...] = ()  # what its unit has to send, to choose from
    is_confirmed: bool = False  # its unit or a person said that it is genuine
    is_denied: bool = False  # its unit said that it is not
    submissions: tuple[str, ...] = ()  # versions it became
    journal: tuple[MailEntry, ...] = ()

    @property
    def is_redacted(self) -> bool:
        """Whether what it said was taken out of the ledger."""
        return self.line.reason == REDACTED_MAIL

    @property
    def is_proved(self) -> bool:
        """Whether it is the unit's own: by its server's word, or by the unit's or a person's."""
        return self.is_confirmed or self.line.mail_class is MailClass.ANSWER


def count_mails(engine: Engine, *, commune: str) -> dict[InboxState, int]:
    """How many mails stand in each state."""
    c = tables.inbox.c
    statement = select(c.state, func.count()).where(c.commune == commune).group_by(c.state)
    with transaction(engine) as connection:
        found = {InboxState(state): count for state, count in connection.execute(statement)}
    return {state: found.get(state, 0) for state in InboxState}


def list_mails(engine: Engine, *, commune: str, state: InboxState) -> tuple[MailLine, ...]:
    """The mails of a state: what waits oldest first, what is settled newest first."""
    c = tables.inbox.c
    order = c.id.desc() if state is InboxState.SETTLED else c.id
    chosen = select(tables.inbox).where(c.commune == commune, c.state == state).order_by(order)
    with transaction(engine) as connection:
        return tuple(_line(row) for row in connection.execute(chosen.limit(MOST_LISTED)))


def read_detail(clerk: Clerk, mail_id: int) -> MailDetail:
    """One mail whole.

    Raises:
        UsageError: no mail has that number.
    """
    with transaction(clerk.engine) as connection:
        row = find_row(connection, clerk, mail_id)
        letter, journal = _letter(connection, row), _journal(connection, row)
        nonces = tables.submissions.c.nonce.startswith(f"mail/{row.sha256}/", autoescape=True)
        versions = connection.execute(select(tables.submissions.c.id).where(nonces)).scalars().all()
    detail = MailDetail(
        line=_line(row), letter=letter, journal=journal, submissions=tuple(versions),
        tasks=read_unit_tasks(clerk, row), has_content=has_content(row),
        is_confirmed=row.confirmed_at is not None, is_denied=row.reason == DENIED,
    )  # fmt: skip
    mail = read_stored_mail(clerk, row.sha256) if detail.has_content else None
    return detail if mail is None else _with_content(detail, mail)


def has_content(row: MailRow) -> bool:
    """Whether the mail was downloaded, and not redacted since."""
    return row.sha256 is not None and row.reason != REDACTED_MAIL


def read_file(clerk: Clerk, mail_id: int, number: int) -> Part:
    """One file of a mail with its content.

    Raises:
        UsageError: no mail has that number, or it has no such file.
    """
    mail = read_stored_mail(clerk, _hash_of(clerk, mail_id))
    if not 0 <= number < len(mail.attachments):
        raise UsageError(f"Thư số {mail_id} không có tệp số {number}.")
    file = mail.attachments[number]
    return Part(name=file.name, media_type=file.media_type, content=clerk.blobs.get(file.sha256))


def read_octets(clerk: Clerk, mail_id: int) -> bytes:
    """A mail as it came.

    Raises:
        UsageError: no mail has that number, or it was too large to download.
    """
    return clerk.blobs.get(_hash_of(clerk, mail_id))


def find_row(connection: Connection, clerk: Clerk, mail_id: int) -> MailRow:
    """The row of a mail.

    Raises:
        UsageError: no mail has that number.
    """
    c = tables.inbox.c
    mine = (c.commune == clerk.commune, c.id == mail_id)
    row = connection.execute(select(tables.inbox).where(*mine)).first()
    if row is None:
        raise UsageError(f"Không có thư đến số {mail_id}; xem số trong `dondoc mail inbox list`.")
    return row


def _hash_of(clerk: Clerk, mail_id: int) -> str:
    with transaction(clerk.engine) as connection:
        row = find_row(connection, clerk, mail_id)
    if not has_content(row):
        why = _REDACTED if row.sha256 else _NO_CONTENT
        raise UsageError(why.format(mail_id))
    return str(row.sha256)


def _line(row: MailRow) -> MailLine:
    named = {name: getattr(row, name) for name in MailLine.model_fields}
    return MailLine.model_validate(named)


def _with_content(detail: MailDetail, mail: IncomingMail) -> MailDetail:
    files = tuple(
        MailFile(
            number=number, name=one.name, size=one.size, is_decoration=one.is_decoration,
            is_taken=media_type_of(one.name, one.head) is not None,
        )
        for number, one in enumerate(mail.attachments)
    )  # fmt: skip
    return detail.model_copy(
        update={
            "sender_text": mail.sender_text, "is_authenticated": mail.is_authenticated,
            "text": mail.text, "quoted": mail.quoted, "files": files,
        }
    )  # fmt: skip


def _letter(connection: Connection, row: MailRow) -> MailLetter | None:
    c = tables.outbox.c
    chosen = select(c.id, c.kind, tables.frozen_letters.c.subject).select_from(tables.letters)
    found = connection.execute(chosen.where(c.id == row.outbox_id)).mappings().first()
    return None if found is None else MailLetter.model_validate(dict(found))


def _journal(connection: Connection, row: MailRow) -> tuple[MailEntry, ...]:
    j = tables.journal.c
    mine = (j.commune == row.commune, j.subject == f"mail/{row.id}")
    rows = connection.execute(
        select(j.at, j.actor, j.action, j.detail).where(*mine).order_by(j.seq)
    )
    return tuple(
        MailEntry(at=x.at, actor=x.actor, action=x.action, reason=str(x.detail.get("reason") or ""))
        for x in rows
    )
