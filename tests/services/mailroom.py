"""The mailroom of the service tests: plans reminders, sends for real, reads what arrived."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import Engine, Row, select, update

from adapters import tables
from adapters.database import transaction
from adapters.mail_catcher import MailCatcher
from adapters.smtp import Mailer, RelaySettings, TlsMode
from models.calendars import WorkingCalendar
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.reminder_policy import ReminderPolicy
from services import delivery, reminders
from services.composing import Composer
from services.delivery import Claimed, Delivery
from services.reminders import Planning
from services.reviews import waive
from tests.services.stage import COMMUNE, Office, at

SENDER = "người gửi thử"
FEW = (
    "ubnd", "vhxh", "kt", "vp", "cudv", "dt-mttq", "th-thcs", "thon-01", "thon-02", "ubnd-tinh", "so-khcn",
)  # fmt: skip


@dataclass(frozen=True)
class Mailroom:
    """What the morning round and the mail round do, in one line each."""

    engine: Engine
    policy: ReminderPolicy
    calendar: WorkingCalendar
    composer: Composer
    catcher: MailCatcher
    folder: Path

    def plan(self, now: datetime, commune: str = COMMUNE) -> Planning:
        """Plan the reminders of that instant."""
        return reminders.plan_reminders(
            self.engine, commune=commune, policy=self.policy, calendar=self.calendar, now=now
        )

    def send(self, now: datetime, *, port: int | None = None) -> Delivery:
        """Send what is due, to the catcher or to another port of this machine."""
        return asyncio.run(self.deliver(now, port or self.catcher.port))

    async def deliver(self, now: datetime, port: int) -> Delivery:
        """Send what is due to the relay on that port."""
        relay = RelaySettings(host="127.0.0.1", port=port, tls=TlsMode.NONE)
        async with Mailer(relay) as mailer:
            return await delivery.deliver(
                self.engine,
                commune=COMMUNE,
                mailer=mailer,
                composer=self.composer,
                owner=SENDER,
                policy=self.policy,
                now=now,
            )

    def claim(self, now: datetime) -> tuple[Claimed, ...]:
        """Claim what is due, as a sender does that then dies."""
        return delivery.claim(
            self.engine,
            commune=COMMUNE,
            composer=self.composer,
            owner=SENDER,
            kinds=frozenset(LetterKind),
            now=now,
        )

    def rows(
        self,
        kind: LetterKind | None = None,
        *,
        contact: str | None = None,
        state: LetterState | None = None,
    ) -> Sequence[Row[tuple[object, ...]]]:
        """Rows of the outbox in the order they were written, those that match."""
        c = tables.outbox.c
        wanted = [(c.kind, kind), (c.contact_id, contact), (c.state, state)]
        matches = [column == value for column, value in wanted if value is not None]
        with transaction(self.engine) as connection:
            return connection.execute(select(tables.outbox).where(*matches).order_by(c.id)).all()

    def row(
        self, kind: LetterKind | None = None, *, contact: str | None = None
    ) -> Row[tuple[object, ...]]:
        """The only row that matches."""
        (found,) = self.rows(kind, contact=contact)
        return found

    def items(self) -> Sequence[Row[tuple[object, ...]]]:
        """The consumed rungs, by key."""
        items = tables.outbox_items
        with transaction(self.engine) as connection:
            return connection.execute(select(items).order_by(items.c.dedupe_key)).all()

    def attempts(self, letter_id: int) -> Sequence[Row[tuple[object, ...]]]:
        """What the relay said to one letter, first attempt first."""
        a = tables.outbox_attempts
        chosen = select(a).where(a.c.outbox_id == letter_id).order_by(a.c.id)
        with transaction(self.engine) as connection:
            return connection.execute(chosen).all()

    def alter(self, letter_id: int, **values: object) -> None:
        """Break or move one row of the outbox."""
        with transaction(self.engine) as connection:
            connection.execute(
                update(tables.outbox).where(tables.outbox.c.id == letter_id).values(values)
            )

    def contents(self) -> list[bytes]:
        """The bytes that arrived, in order, without the catcher's own lines."""
        files = sorted(self.folder.glob("*.eml"))
        return [file.read_bytes().split(b"\r\n", 3)[3] for file in files]

    def letters(self, address: str | None = None) -> list[EmailMessage]:
        """The letters that arrived, in order, of one address when given."""
        found = [message_from_bytes(c, policy=policy.default) for c in self.contents()]
        assert all(isinstance(letter, EmailMessage) for letter in found)
        return [x for x in found if address is None or address in str(x["To"])]


def body_of(letter: EmailMessage) -> str:
    """The plain words of a letter, on one line."""
    part = letter.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def attachments_of(letter: EmailMessage) -> dict[str, bytes]:
    """The attached files by name."""
    files = {}
    for part in letter.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        files[part.get_filename() or ""] = content
    return files


def excuse(office: Office, *obligation_ids: str) -> None:
    """Free units of what does not matter to a test."""
    for obligation_id in obligation_ids:
        waive(office.engine, obligation_id, reason="không cần", by="vhxh", now=at((12, 5)))


def with_units(dossier: PlanDossier, unit_ids: Sequence[str]) -> PlanDossier:
    """The plan in a commune that has only those units."""
    kept = tuple(unit for unit in dossier.units.units if unit.id in unit_ids)
    return dossier.model_copy(update={"units": dossier.units.model_copy(update={"units": kept})})


def second_plan(dossier: PlanDossier) -> PlanDossier:
    """Another plan of the same commune that asks the same units for one report."""
    plan = dossier.plan
    report = plan.requirement("BC").model_copy(update={"name": "báo cáo chuyển đổi số"})
    changed = plan.model_copy(
        update={
            "id": "kh-cds-2026", "code": "CDS-2026", "short_name": "KH CĐS 2026",
            "requirements": (report, plan.requirement("BCTK")),
        }
    )  # fmt: skip
    return dossier.model_copy(update={"plan": changed})
