"""Archives: whether a letter that left can be found again, asked by its Message-ID.

On this machine the catcher's folder is the archive. A relay's is a mailbox in which the relay
itself leaves a copy of all it takes: the provider's folder of sent mail, or a blind copy that our
own server makes (docs/decisions/0027).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine, Row, select

from adapters import tables
from adapters.database import transaction
from adapters.imap_archive import ImapArchive, open_archive
from adapters.imap_client import ImapSettings
from adapters.mail_catcher import holds
from models.alarms import SYSTEM, AlarmKind
from models.errors import DondocError
from models.letter_policies import quiet_period
from models.letters import Verdict
from models.oracles import Oracle, silence
from services.alarms import open_keys, raise_alarm, settle
from services.desk import Desk

WITNESSES = 5  # letters that the relay took after the one in doubt, looked for beside it
MARGIN = timedelta(days=2)  # a mailbox server's days are of its own zone and clock
LONGEST_BACK = timedelta(days=90)  # of a letter that the ledger has forgotten


@contextmanager
def opened(desk: Desk) -> Iterator[Oracle]:
    """Who can be asked for the block what arrived; an archive is opened at its first question."""
    if desk.settings.is_loopback_mail:
        yield lambda message_id: holds(desk.settings.mail_folder, message_id)
        return
    mailbox = desk.archive
    if mailbox is None:
        yield silence
        return
    with ExitStack() as stack:
        archive = _Archive(desk.engine, mailbox, desk=desk, stack=stack)
        yield archive.ask
        archive.tell()


def is_kept(desk: Desk) -> bool:
    """Whether there is an archive to ask."""
    return desk.settings.is_loopback_mail or desk.archive is not None


class _Archive:
    """A relay's archive: a yes is certain, a no only when what came later is there."""

    def __init__(
        self, engine: Engine, mailbox: ImapSettings, *, desk: Desk, stack: ExitStack
    ) -> None:
        self._engine, self._mailbox = engine, mailbox
        self._desk, self._stack = desk, stack
        self._archive: ImapArchive | None = None
        self._failure: DondocError | None = None

    def ask(self, message_id: str) -> bool | None:
        """Tell whether the letter arrived; None as soon as the archive cannot be read."""
        if self._failure is not None:
            return None
        row = self._read(message_id)
        since = row.created_at if row is not None else self._desk.now - LONGEST_BACK
        try:
            if self._holds(message_id, since):
                return True
            return False if row is not None and self._has_come_later(row) else None
        except DondocError as error:
            self._failure = error
            return None

    def tell(self) -> None:
        """Raise that the archive cannot be read; settle that when it could."""
        now, commune = self._desk.now, self._desk.commune
        prefix = f"archive/{commune}/{self._mailbox.account}/{self._mailbox.folder}/"
        if self._failure is None and self._archive is None:
            return
        with transaction(self._engine) as connection:
            if self._failure is None:
                keys = open_keys(connection, prefix)
                settle(connection, keys, commune=commune, by=SYSTEM, now=now)
                return
            text = (
                f"Không tra được hộp thư lưu {self._mailbox.username}, thư mục "
                f"“{self._mailbox.folder}”: {self._failure} Thư chưa rõ đã đến hay chưa được xử lý "
                "như khi không có hộp thư lưu; hãy kiểm tra các thiết lập DONDOC_ARCHIVE_…"
            )
            key = f"{prefix}{self._desk.calendar.day_of(now)}"
            raise_alarm(connection, key, AlarmKind.OTHER, text=text, commune=commune, now=now)

    def _holds(self, message_id: str, since: datetime) -> bool:
        if self._archive is None:
            self._archive = self._stack.enter_context(open_archive(self._mailbox))
        return self._archive.holds(message_id, since=(since - MARGIN).date())

    def _has_come_later(self, row: Row[tuple[object, ...]]) -> bool:
        """Whether the archive keeps up: what the relay took after that letter's dot lies there.

        At least one does, and every one that has had the quiet period to get there.
        """
        late = self._desk.now - quiet_period(is_loopback=False)
        later = self._taken_since(row.settled_at or row.created_at)
        found = {x.message_id for x in later if self._holds(x.message_id, row.created_at)}
        return bool(found) and all(x.message_id in found for x in later if x.at <= late)

    def _read(self, message_id: str) -> Row[tuple[object, ...]] | None:
        c, written = tables.outbox.c, tables.frozen_letters.c
        chosen = select(c.created_at, c.settled_at).select_from(tables.letters)
        chosen = chosen.where(written.message_id == message_id)
        with transaction(self._engine) as connection:
            return connection.execute(chosen).first()

    def _taken_since(self, at: datetime) -> list[Row[tuple[object, ...]]]:
        c, a = tables.outbox.c, tables.outbox_attempts.c
        chosen = (
            select(tables.frozen_letters.c.message_id, a.at)
            .join_from(tables.outbox_attempts, tables.letters, c.id == a.outbox_id)
            .where(c.commune == self._desk.commune, a.verdict == Verdict.ACCEPTED, a.at >= at)
            .order_by(a.at.desc(), a.id.desc())
            .limit(WITNESSES)
        )
        with transaction(self._engine) as connection:
            return list(connection.execute(chosen))
