"""The mailroom of the service tests: plans reminders, sends for real, reads what arrived."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, select

from adapters import owners, tables
from adapters.database import transaction
from adapters.mail_catcher import MailCatcher
from adapters.smtp import RelaySettings, TlsMode
from models.calendars import WorkingCalendar
from models.clocks import MonotonicReading
from models.letter_policies import QUIET_REMOTE
from models.letters import LetterKind, LetterState
from models.oracles import Oracle, silence
from models.plans import PlanDossier
from models.reminder_policy import ReminderPolicy
from services import claims, delivery, marks, reminders
from services.claims import Claimant, Claimed
from services.composing import Composer
from services.delivery import Delivery, Sender, Traffic
from services.marks import Sending
from services.reminders import Planning
from services.resolving import Resolver, resolve
from services.reviews import waive
from tests.services.letter_rows import alter_letter
from tests.services.stage import COMMUNE, Office, at

SENDER = "người gửi thử"
ONE_LINE = Traffic(connections=1)
FEW = (
    "ubnd", "vhxh", "kt", "vp", "cudv", "dt-mttq", "th-thcs", "thon-01", "thon-02", "ubnd-tinh", "so-khcn",
)  # fmt: skip


# The outbox with what was written for its letters, as a claim reads it.
_written = tables.frozen_letters.c
WITH_BYTES = select(
    tables.outbox, _written.subject, _written.message_id, _written.envelope_from,
    _written.token_sha256, _written.content.label("frozen"),
).select_from(tables.letters)  # fmt: skip


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

    def multiply(self, count: int) -> int:
        """Make of the only letter that many; gives their number."""
        with transaction(self.engine) as connection:
            row = dict(connection.execute(select(tables.outbox)).mappings().one())
            del row["id"]
            copies = [row | {"dedupe_key": f"{row['dedupe_key']}/{n}"} for n in range(1, count)]
            connection.execute(tables.outbox.insert(), copies)
        return count

    def send(self, now: datetime, *, port: int | None = None) -> Delivery:
        """Send what is due, to the catcher or to another port of this machine."""
        return asyncio.run(self.deliver(now, port or self.catcher.port))

    async def deliver(
        self, now: datetime, port: int, *, owner: str = SENDER, traffic: Traffic = ONE_LINE
    ) -> Delivery:
        """Send what is due to the relay on that port."""
        with owners.living_owner(self.engine, self.locks, owner) as connection:
            sender = Sender(
                connection=connection,
                engine=self.engine,
                commune=COMMUNE,
                owner=owner,
                composer=self.composer,
                policy=self.policy,
                relay=RelaySettings(host="127.0.0.1", port=port, tls=TlsMode.NONE),
                traffic=traffic,
            )
            return await delivery.deliver(sender, now=now)

    @property
    def locks(self) -> Path:
        """Where living senders hold their locks."""
        return self.folder.parent / "locks"

    def claim(self, now: datetime, *, owner: str = SENDER, most: int = 100) -> tuple[Claimed, ...]:
        """Claim what is due, as a sender does that then dies."""
        with self.engine.connect() as connection:
            return claims.claim(self.claimant(connection, now, owner=owner), most=most)

    def claim_suspect(self, claimant: Claimant) -> tuple[Claimed, ...]:
        """Claim one letter that a sender died with."""
        return claims.claim_suspect(claimant)

    def claimant(self, connection: Connection, now: datetime, *, owner: str = SENDER) -> Claimant:
        """Who claims over that connection, everything there is."""
        return Claimant(
            connection=connection,
            commune=COMMUNE,
            composer=self.composer,
            owner=owner,
            kinds=frozenset(LetterKind),
            mails_per_day=self.policy.mails_per_day,
            now=now,
        )

    def mark(self, letters: Sequence[Claimed], now: datetime, *, owner: str = SENDER) -> set[int]:
        """Mark letters as if their last dot were about to be written."""
        of = Sending(COMMUNE, owner, now)
        with transaction(self.engine) as connection:
            return set(marks.mark(connection, letters, of=of).ids)

    def resolve(
        self,
        now: datetime,
        *,
        alive: Collection[str] = (),
        is_alive: Callable[[str], bool] | None = None,
        oracle: Oracle = silence,
        monotonic: MonotonicReading | None = None,
        quiet: timedelta = QUIET_REMOTE,
        is_reading: bool = False,
    ) -> int:
        """Settle letters in doubt; the monotonic clock runs with ``now`` unless it is given."""
        reading = monotonic or MonotonicReading(boot_id="boot", seconds=now.timestamp())
        resolver = Resolver(
            engine=self.engine,
            commune=COMMUNE,
            is_alive=is_alive or (lambda owner: owner in alive),
            oracle=oracle,
            quiet=quiet,
            monotonic=reading,
            now=now,
            is_reading=lambda: is_reading,
        )
        return resolve(resolver)

    def rows(
        self,
        kind: LetterKind | None = None,
        *,
        contact: str | None = None,
        state: LetterState | None = None,
    ) -> Sequence[Row[tuple[object, ...]]]:
        """Rows of the outbox with their bytes, in the order they were written, those that match."""
        c = tables.outbox.c
        wanted = [(c.kind, kind), (c.contact_id, contact), (c.state, state)]
        matches = [column == value for column, value in wanted if value is not None]
        with transaction(self.engine) as connection:
            return connection.execute(WITH_BYTES.where(*matches).order_by(c.id)).all()

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

    def alarms(self) -> dict[str, str]:
        """What a person was told, the latest of each kind."""
        a = tables.alarms.c
        with transaction(self.engine) as connection:
            rows = connection.execute(select(a.kind, a.text).order_by(a.raised_at))
            return {row.kind: row.text for row in rows}

    def alter(self, letter_id: int, **values: object) -> None:
        """Break or move one letter; ``frozen`` are its bytes."""
        if "frozen" in values:
            values["content"] = values.pop("frozen")
        with transaction(self.engine) as connection:
            alter_letter(connection, letter_id, **values)

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
