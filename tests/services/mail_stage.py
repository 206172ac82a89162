"""The stage of replies: letters sent to units, mails stored as the reader of the mailbox does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

from sqlalchemy import Row, Table, insert, select

from adapters import tables
from adapters.database import transaction
from adapters.incoming_mail import read_mail
from adapters.ledger import (
    RegisteredContact,
    first_reachable,
    read_contacts,
    read_obligation,
)
from adapters.reply_tokens import address_with_token, make_token, token_sha256
from models.incoming import InboxState
from models.incoming_classes import Judgement, classify
from models.letters import LetterKind, LetterState
from models.obligations import Obligation
from models.submissions import Submission
from models.units import ContactRole
from services.answer_workbooks import build_answer_workbook
from services.inbox_acts import follow
from services.inbox_facts import Intake, read_known
from services.inbox_rows import Arrival, Place, insert_mail
from services.mail_answers import Taken, take_answers
from services.mail_replies import Clerk
from tests.incoming_mails import AUTHSERV, REPLY_TO, SENDER
from tests.services.letter_rows import insert_letter, remove_letter
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, at
from tests.workbook_filling import filled

INTAKE = Intake(commune=COMMUNE, addresses=(REPLY_TO, SENDER), authserv_id=AUTHSERV)
NOW = at((12, 5), "09:00")
PASSED = f"{AUTHSERV}; dmarc=pass header.from=batmot.example"
KEY = b"k" * 32
PDF = b"%PDF-1.7\n1 0 obj\n"
Files = Mapping[str, bytes]


@dataclass
class Correspondence:
    """Letters of the commune to its units, and what comes back."""

    clerk: Clerk
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def write(
        self, unit_id: str, *obligation_ids: str, kind: LetterKind = LetterKind.ASSIGNMENT,
        key: str | None = None,
    ) -> str:  # fmt: skip
        """A letter that reached the unit's contact; gives the address to answer to."""
        key = key or f"thu/{unit_id}/{next(self.numbers)}"
        token = make_token(KEY, key)
        row = {
            "dedupe_key": key, "commune": COMMUNE, "plan_id": PLAN, "kind": kind,
            "unit_id": unit_id, "contact_id": self.contact(unit_id).id,
            "address": self.address(unit_id), "not_before": at(ISSUED_ON),
            "state": LetterState.ACCEPTED, "attempt": 1, "parts": [],
            "message_id": f"<{key}@batmot.example>", "token_sha256": token_sha256(token),
            "created_at": at(ISSUED_ON),
        }  # fmt: skip
        with transaction(self.clerk.engine) as connection:
            remove_letter(connection, key)
            letter = insert_letter(connection, **row)
            for obligation_id in obligation_ids:
                item = {
                    "dedupe_key": f"{key}/{obligation_id}", "outbox_id": letter, "rung": "T-3",
                    "obligation_id": obligation_id, "audience": "contact", "kind": kind,
                    "number": 1, "at": at(ISSUED_ON),
                }  # fmt: skip
                connection.execute(insert(tables.outbox_items).values(item))
        return address_with_token(REPLY_TO, token)

    def contact(self, unit_id: str) -> RegisteredContact:
        """Whom letters to the unit go to."""
        with transaction(self.clerk.engine) as connection:
            contacts = read_contacts(connection, commune=COMMUNE)
        found = first_reachable(contacts, unit_id, ContactRole.CONTACT)
        assert found is not None
        return found

    def address(self, unit_id: str) -> str:
        """The registered address of a unit's contact."""
        return self.contact(unit_id).email

    def reply(
        self, unit_id: str, text: str, *, to: str, files: Files | None = None, passed: bool = True,
        sender: str | None = None, subject: str = "Re: Giao nhiệm vụ",
    ) -> bytes:  # fmt: skip
        """What a unit's mail program writes."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"Đơn vị <{sender or self.address(unit_id)}>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{next(self.numbers)}@may.example>"
        if passed:
            mail["Authentication-Results"] = PASSED
        mail.set_content(text)
        for name, content in (files or {}).items():
            main, _, sub = _type_of(name).partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return mail.as_bytes()

    def store(
        self, raw: bytes, *, now: datetime = NOW, arrived_at: datetime | None = None
    ) -> Judgement:
        """Take a mail in as the reader of the mailbox does."""
        blobs, engine = self.clerk.blobs, self.clerk.engine
        place = Place(account="a", folder="INBOX", uid_validity=1, uid=next(self.numbers))
        arrival = Arrival(
            place=place, size=len(raw), sha256=blobs.put(raw), commune=COMMUNE, at=now,
            arrived_at=arrived_at,
        )  # fmt: skip
        mail = read_mail(raw, reading=INTAKE.reading(blobs))
        with transaction(engine) as connection:
            judged = classify(mail, read_known(connection, mail, intake=INTAKE, blobs=blobs))
            mail_id = insert_mail(connection, arrival, mail, judged)
            assert mail_id is not None
            follow(connection, mail_id, mail, judged, commune=COMMUNE, day=now.date(), now=now)
        return judged

    def arrive(
        self, raw: bytes, *, now: datetime = NOW, arrived_at: datetime | None = None
    ) -> Taken:
        """Store a mail and take in what waits."""
        self.store(raw, now=now, arrived_at=arrived_at)
        return take_answers(self.clerk)

    def rows(self, table: Table = tables.inbox) -> Sequence[Row[tuple[object, ...]]]:
        """The rows of a table as they were written."""
        with transaction(self.clerk.engine) as connection:
            return connection.execute(select(table).order_by(*table.primary_key)).all()

    def mail(self) -> Row[tuple[object, ...]]:
        """The newest mail."""
        return self.rows()[-1]

    def state(self) -> InboxState:
        """Where the newest mail stands."""
        return InboxState(str(self.mail().state))

    def versions(self, obligation_id: str | None = None) -> list[Submission]:
        """What was submitted, oldest first."""
        rows = [dict(row._mapping) for row in self.rows(tables.submissions)]
        found = [
            Submission.model_validate({k: v for k, v in r.items() if k != "nonce"}) for r in rows
        ]
        return [s for s in found if obligation_id in {None, s.obligation_id}]

    def obligation(self, obligation_id: str) -> Obligation:
        """The obligation as stored."""
        with transaction(self.clerk.engine) as connection:
            return read_obligation(connection, obligation_id)

    def letters(self, kind: LetterKind) -> list[Row[tuple[object, ...]]]:
        """The letters of a kind that were put in the outbox."""
        return [row for row in self.rows(tables.outbox) if row.kind == kind]

    def journal(self, prefix: str) -> list[str]:
        """The actions in the journal that begin so."""
        entries = self.rows(tables.journal)
        return [row.action for row in entries if row.action.startswith(prefix)]


def _type_of(name: str) -> str:
    types = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".dat": "application/ms-tnef"}
    return types.get(name[name.rfind(".") :].lower(), "application/octet-stream")


def filled_form(
    clerk: Clerk, obligation_id: str, values: Mapping[str, int | str], *, now: datetime = NOW
) -> bytes:
    """The spreadsheet form of an obligation as its unit fills it in and saves it."""
    unit_id = obligation_id.split("/")[2]
    form = build_answer_workbook(
        clerk.engine, obligation_id, unit_id=unit_id, key=KEY, calendar=clerk.calendar, now=now
    )
    return filled(form.content, values)
