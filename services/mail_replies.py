"""A stored reply read for judgement: its words, its forms, what of its unit it may answer."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.incoming_mail import read_mail
from models.calendars import WorkingCalendar
from models.incoming import IncomingMail
from models.legacy_encodings import convert_legacy, find_legacy_encoding, legacy_sample
from models.letter_rows import RemarkRow
from models.mail_intents import read_intent
from models.obligations import DONE_STATES
from models.vietnamese import clean_text, paragraphs
from services.inbox_facts import Intake
from services.letterheads import Letterhead
from services.mail_files import sort_files
from services.mail_forms import FormReader
from services.mail_rulings import Reply
from services.portal_views import Task, read_tasks
from services.questions import Question, find_asked

MailRow = Row[tuple[object, ...]]


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """Whoever takes in the replies of a commune: its ledger, its files, its letterhead."""

    engine: Engine
    blobs: BlobStore
    calendar: WorkingCalendar
    letterhead: Letterhead
    intake: Intake
    now: datetime

    @property
    def commune(self) -> str:
        """Whose mail it is."""
        return self.intake.commune


def read_stored_mail(clerk: Clerk, sha256: str) -> IncomingMail:
    """A mail as it came, read anew from its octets."""
    return read_mail(clerk.blobs.get(sha256), reading=clerk.intake.reading(clerk.blobs))


def read_reply(clerk: Clerk, row: MailRow, mail: IncomingMail) -> Reply:
    """What the reply says, and what it may be about."""
    of_unit = read_unit_tasks(clerk, row)
    tasks = _spoken_of(clerk, row, of_unit)
    files = sort_files(mail.attachments, clerk.blobs)
    reader = FormReader(
        clerk.engine, clerk.blobs, key=clerk.letterhead.key, calendar=clerk.calendar,
        now=clerk.now,
    )  # fmt: skip
    asks_form = any(task.asked for task in tasks if task.obligation.state not in DONE_STATES)
    read = reader.read(files.taken, unit_id=str(row.unit_id), asks_form=asks_form)
    codes = {indicator.id for task in tasks for indicator in task.asked}
    return Reply(
        intent=read_intent(mail.text, codes=codes),
        forms=read.forms,
        files=read.documents,
        faults=(*files.refused, *read.faults, *(() if files.taken else _legacy(mail.text))),
        refusal=read.refusal,
        held=files.held,
        tasks=tasks,
        of_unit=of_unit,
        question=_asked(clerk, row),
        text=paragraphs(mail.text),
        arrived_at=arrival_of(row, of_unit),
    )


def _legacy(text: str) -> tuple[RemarkRow, ...]:
    encoding = find_legacy_encoding(text)
    if encoding is None:
        return ()
    read = clean_text(convert_legacy(legacy_sample(text, encoding), encoding))
    message = f"Lời thư gõ bằng bảng mã {encoding}, ví dụ “{read}”; hệ thống chỉ đọc chữ Unicode."
    hint = "Gõ lại bằng bảng mã Unicode (trong UniKey chọn bảng mã Unicode) rồi trả lời thư này."
    return (RemarkRow(field="Lời thư", message=message, hint=hint),)


def arrival_of(row: MailRow, tasks: tuple[Task, ...]) -> datetime:
    """When the mail counts as received: as it reached the mailbox, by the mailbox's own clock.

    A clock that says later than it was read, or before anything was asked, is not believed.
    """
    opened = min((task.obligation.opened_at for task in tasks), default=row.received_at)
    read_at: datetime = row.received_at
    arrived: datetime | None = row.arrived_at
    return arrived if arrived is not None and opened <= arrived <= read_at else read_at


def read_unit_tasks(clerk: Clerk, row: MailRow) -> tuple[Task, ...]:
    """What the mail's unit owes or has sent in the plans in force; nothing while it is unknown."""
    if row.unit_id is None:
        return ()
    return read_tasks(
        clerk.engine, commune=clerk.commune, unit_id=str(row.unit_id), calendar=clerk.calendar,
        now=clerk.now,
    )  # fmt: skip


def _spoken_of(clerk: Clerk, row: MailRow, of_unit: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks the mail may answer: what a person chose, else those of the letter it answers."""
    if row.obligation_id is not None:
        return tuple(task for task in of_unit if task.obligation.id == row.obligation_id)
    if row.outbox_id is None:
        return of_unit if row.confirmed_at is not None else ()
    with transaction(clerk.engine) as connection:
        letter = _read_letter(connection, row.outbox_id)
        reminded = _reminded(connection, row.outbox_id)
    named = reminded or {t.obligation.id for t in of_unit if _names(letter.dedupe_key, t)}
    of_plan = tuple(task for task in of_unit if task.plan_id == letter.plan_id)
    return tuple(task for task in of_unit if task.obligation.id in named) or of_plan


def _asked(clerk: Clerk, row: MailRow) -> Question | None:
    """What the office asked in the letter the mail answers, unless it is about something else."""
    if row.outbox_id is None or row.unit_id is None:
        return None
    with transaction(clerk.engine) as connection:
        key = str(_read_letter(connection, row.outbox_id).dedupe_key)
        found = find_asked(connection, key, commune=clerk.commune, unit_id=str(row.unit_id))
    chosen = row.obligation_id  # by a person
    return found if found is not None and chosen in {None, found.obligation_id} else None


def _read_letter(connection: Connection, letter_id: int) -> MailRow:
    c = tables.outbox.c
    return connection.execute(select(c.dedupe_key, c.plan_id).where(c.id == letter_id)).one()


def _reminded(connection: Connection, letter_id: int) -> set[str]:
    items = tables.outbox_items.c
    chosen = select(items.obligation_id).where(items.outbox_id == letter_id)
    return set(connection.execute(chosen).scalars())


def _names(dedupe_key: str, task: Task) -> bool:
    # Keys of letters about one obligation hold its id, before a version, an instant or nothing.
    named = rf"(?:^|/){re.escape(task.obligation.id)}(?:[@/]|$)"
    return re.search(named, dedupe_key) is not None
