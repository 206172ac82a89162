"""The stage of the inbox tests: a mailbox on a real Dovecot, letters in the ledger, rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Engine, Row, Table, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.calendars import read_calendar
from adapters.database import transaction
from adapters.imap import open_folder
from adapters.imap_client import ImapSettings, ImapTls
from adapters.mail_folders import DONE_FOLDER, MailFolder
from adapters.reply_tokens import token_sha256
from models.addresses import Mailbox
from models.letters import LetterKind, LetterState
from services.inbox import Fetched, MailReader
from services.inbox_facts import Intake
from services.letterheads import Letterhead
from services.mail_replies import Clerk
from tests.incoming_mails import AUTHSERV, LETTER_ID, REPLY_TO, SENDER, TOKEN, UNIT_ADDRESS
from tests.mail_servers import PASSWORD, Dovecot
from tests.services.letter_rows import insert_letter
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, at

INTAKE = Intake(commune=COMMUNE, addresses=(REPLY_TO, SENDER), authserv_id=AUTHSERV)
NOW = at((12, 5), "09:00")


def clerk_of(engine: Engine, blobs: BlobStore) -> Clerk:
    """Who makes answers of the replies in a mailbox."""
    letterhead = Letterhead(
        sender=Mailbox(address=SENDER, name="UBND xã Bát Mọt"), reply_to=REPLY_TO,
        officer_name="Phòng Văn hóa - Xã hội", officer_phone="0237 000 000",
        portal_url="http://127.0.0.1:4280", key=b"k" * 32,
    )  # fmt: skip
    return Clerk(
        engine=engine, blobs=blobs, calendar=read_calendar(), letterhead=letterhead,
        intake=INTAKE, now=NOW,
    )  # fmt: skip


@dataclass(frozen=True)
class Postbox:
    """One mailbox and the ledger that its mails go into."""

    engine: Engine
    blobs: BlobStore
    dovecot: Dovecot
    address: str
    intake: Intake = INTAKE

    @property
    def settings(self) -> ImapSettings:
        """How the mailbox is read."""
        return ImapSettings(
            host="127.0.0.1", port=self.dovecot.imap_port, username=self.address,
            password=SecretStr(PASSWORD), tls=ImapTls.NONE,
        )  # fmt: skip

    def arrive(self, *raws: bytes) -> None:
        """Let mails lie in the mailbox."""
        for raw in raws:
            self.dovecot.put(self.address, raw)

    def fetch(self, now: datetime = NOW) -> Fetched:
        """Read the mailbox once."""
        with open_folder(self.settings) as folder:
            return self.read(folder, now)

    def read(self, folder: MailFolder, now: datetime = NOW) -> Fetched:
        """Take in what lies in an opened folder."""
        return MailReader(
            self.engine, folder, intake=self.intake, blobs=self.blobs, day=now.date(), now=now
        ).take_in()

    def write_letter(self, state: LetterState = LetterState.ACCEPTED, **values: object) -> None:
        """A letter to the office, as it stands after it was sent; the first is number 1."""
        row = {
            "dedupe_key": "giao/1", "commune": COMMUNE, "plan_id": PLAN,
            "kind": LetterKind.CLOSING, "unit_id": "vp", "contact_id": "vp.contact",
            "address": UNIT_ADDRESS, "not_before": at(ISSUED_ON), "state": state, "attempt": 1,
            "context": {"a": 1}, "parts": [], "message_id": LETTER_ID,
            "token_sha256": token_sha256(TOKEN), "created_at": at(ISSUED_ON),
        }  # fmt: skip
        with transaction(self.engine) as connection:
            insert_letter(connection, **row | values)

    def rows(self, table: Table = tables.inbox) -> Sequence[Row[tuple[object, ...]]]:
        """The rows of a table as they were written."""
        with transaction(self.engine) as connection:
            return connection.execute(select(table).order_by(*table.primary_key)).all()

    def row(self, table: Table = tables.inbox) -> Row[tuple[object, ...]]:
        """The only row of a table."""
        (found,) = self.rows(table)
        return found

    def letter(self, number: int = 1) -> Row[tuple[object, ...]]:
        """One letter as it stands."""
        return next(row for row in self.rows(tables.outbox) if row.id == number)

    def alarms(self) -> list[str]:
        """What a person is told, by key."""
        return [row.text for row in self.rows(tables.alarms)]

    def journal(self, prefix: str) -> list[str]:
        """The actions in the journal that begin so."""
        entries = self.rows(tables.journal)
        return [row.action for row in entries if row.action.startswith(prefix)]

    def waiting(self) -> list[bytes]:
        """What lies in the inbox still."""
        return self.dovecot.letters(self.address)

    def done(self) -> list[bytes]:
        """What was put aside."""
        return self.dovecot.letters(self.address, DONE_FOLDER)
