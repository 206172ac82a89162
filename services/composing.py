"""Composing: at the claim a letter is written from what is true then, or loses its reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection

from adapters.blobs import BlobStore
from adapters.ledger import RegisteredContact, read_plans
from adapters.letter_templates import LetterRenderer
from adapters.mime import Stationery, message_id_for, print_stationery
from adapters.reply_tokens import make_token, token_sha256
from models.addressees import Addressee
from models.addresses import Mailbox
from models.calendars import WorkingCalendar
from models.errors import DondocError
from models.letter_contexts import CONTEXT_OF_KIND
from models.letter_frames import LetterContext
from models.letter_slots import Links, Reader
from models.letters import ANSWERS, REMINDER_KINDS, LetterKind, LetterState, Part, Printed
from models.reminder_policy import ReminderPolicy
from models.vietnamese import drop_invisible, nfc
from services.alarm_letters import write_alarm
from services.batches import ALIKE, Batch, Facts, is_plain
from services.digests import (
    INVITED,
    compose_digest,
    find_digests,
    know_digests,
)
from services.enclosures import Enclosures
from services.form_enclosures import enclose_forms
from services.leader_reports import compose_leader_report
from services.letterheads import Letterhead, own_links, page_of, with_links
from services.outbox_rows import OutboxRow
from services.plan_shelf import PlanShelf, ShelvedPlan
from services.readers import find_readers, know_readers


class Draft(NamedTuple):
    """A row of the outbox as it leaves the desk: its bytes, or why there are none."""

    state: LetterState = LetterState.SENDING
    reason: str = ""
    kind: LetterKind | None = None
    frozen: bytes | None = None
    subject: str | None = None
    message_id: str | None = None
    address: str | None = None  # where it goes: the contact's, as it is now or was when frozen
    envelope_from: str | None = None  # "" is the null sender
    token_sha256: str | None = None


class Composer:
    """Writes letters: letterhead, templates, calendar and files in one pair of hands."""

    def __init__(
        self,
        *,
        letterhead: Letterhead,
        renderer: LetterRenderer,
        calendar: WorkingCalendar,
        blobs: BlobStore,
    ) -> None:
        """Keep what is needed to write; nothing is opened."""
        self.letterhead = letterhead
        self._renderer = renderer
        self._calendar = calendar
        self._enclosures = Enclosures(letterhead=letterhead, calendar=calendar, blobs=blobs)
        self._shelf = PlanShelf(letterhead)

    def is_open(self, policy: ReminderPolicy, now: datetime) -> bool:
        """Whether letters may leave now: office hours of a working day."""
        return policy.send_at(now, calendar=self._calendar, taken=frozenset()) == now

    def draft(
        self, connection: Connection, rows: Sequence[OutboxRow], *, now: datetime
    ) -> list[Draft]:
        """Write the letters of the rows, in order, re-reading what is owed."""
        if not rows:
            return []
        batch = self._know(connection, self.find(connection, rows, now=now))
        return [self._draft(row, batch) for row in rows]

    def write_alike(self, rows: Sequence[OutboxRow], facts: Facts) -> dict[int, Draft]:
        """Write such letters without the database, by id; none for what has lost its reason.

        Raises:
            LookupError: they are of a plan that this composer has not written of yet.
        """
        batch = self._know(None, facts)
        drafts = [(row.id, self._draft(row, batch)) for row in rows]
        return {letter: draft for letter, draft in drafts if draft.frozen is not None}

    def find(self, connection: Connection, rows: Sequence[OutboxRow], *, now: datetime) -> Facts:
        """Read what the letters of the rows are written from, as it is now."""
        commune, now = rows[0].commune, now.astimezone(self._calendar.zone)
        contact_ids = {row.contact_id for row in rows}
        reminders = [row.id for row in rows if row.kind in REMINDER_KINDS]
        digests = find_digests(connection, reminders, commune=commune, now=now)
        plan_ids = {row.plan_id for row in rows}.union(digests.plan_ids)
        return Facts(
            contacts=find_readers(connection, contact_ids, commune=commune),
            digests=digests,
            plans=self._shelf.find(connection, plan_ids),
            now=now,
        )

    def _know(self, connection: Connection | None, facts: Facts) -> Batch:
        readers, of_unit = know_readers(facts.contacts)
        plans = self._shelf.take(connection, facts.plans)
        return Batch(
            opened=connection,
            plans=plans,
            readers=readers,
            of_unit=of_unit,
            digests=know_digests(facts.digests, plans, calendar=self._calendar, now=facts.now),
            now=facts.now,
        )

    def _draft(self, row: OutboxRow, batch: Batch) -> Draft:
        if row.not_after is not None and batch.now > row.not_after:
            return Draft(state=LetterState.EXPIRED, reason="Đã qua thời điểm gửi của thư.")
        is_reminder = row.kind in REMINDER_KINDS
        if is_reminder and not batch.digests.open_items(row.id):
            return Draft(state=LetterState.SUPERSEDED, reason="Không còn việc phải nhắc.")
        if row.frozen is not None:
            return Draft(
                frozen=row.frozen, subject=row.subject, message_id=row.message_id,
                address=row.address, envelope_from=row.envelope_from,
                token_sha256=row.token_sha256,
            )  # fmt: skip
        try:
            if row.kind == LetterKind.ALARM:
                return self._alarm(row, batch)
            kind = batch.digests.kind_of(row.id) if is_reminder else LetterKind(row.kind)
            return self._write(row, kind, batch)
        except (DondocError, ValidationError, ValueError, KeyError) as error:
            return Draft(state=LetterState.POISONED, reason=f"{type(error).__name__}: {error}")

    def _alarm(self, row: OutboxRow, batch: Batch) -> Draft:
        plans = read_plans(batch.connection, commune=row.commune)
        written = write_alarm(
            row.context or {}, row.dedupe_key, row.address, letterhead=self.letterhead,
            renderer=self._renderer, commune=row.commune, plan=next(iter(plans), None),
            at=batch.now,
        )  # fmt: skip
        token = make_token(self.letterhead.key, row.dedupe_key)
        return Draft(
            kind=LetterKind.ALARM,
            address=row.address,
            envelope_from=self.letterhead.envelope_address(LetterKind.ALARM, token),
            token_sha256=token_sha256(token),
            **written.model_dump(),
        )

    def _write(self, row: OutboxRow, kind: LetterKind, batch: Batch) -> Draft:
        head, contact = self.letterhead, batch.readers[row.contact_id]
        reader = self._reader(contact, batch.plans[row.plan_id])
        is_alike = kind in ALIKE and is_plain(row)
        write_words = self._reminder if is_alike else self._letter
        printed, parts = write_words(row, kind, reader, batch)
        token = make_token(head.key, row.dedupe_key)
        message_id = message_id_for(head.key, row.dedupe_key, kind, head.domain)
        thread = head.thread_id(row.plan_id, contact.unit_id)
        return Draft(
            kind=kind,
            frozen=self._stationery(kind, row.plan_id, batch).write(
                printed,
                recipient=Mailbox(address=contact.email, name=_name_of(contact)),
                reply_to=head.reply_address(token),
                message_id=message_id,
                in_reply_to=thread,
                references=(thread,),
                parts=parts,
            ),
            subject=printed.subject,
            message_id=message_id,
            address=contact.email,
            envelope_from=head.envelope_address(kind, token),
            token_sha256=token_sha256(token),
        )

    def _reader(self, contact: RegisteredContact, plan: ShelvedPlan) -> Reader:
        unit = plan.units[contact.unit_id]
        is_leader = contact.unit_id == plan.dossier.plan.authority
        return Reader(
            frame=Links.to(page_of(self.letterhead, plan.record, contact, unit.kind)),
            to=Addressee.of(unit, contact, is_leader=is_leader),
        )

    def _reminder(
        self, row: OutboxRow, kind: LetterKind, reader: Reader, batch: Batch
    ) -> tuple[Printed, tuple[Part, ...]]:
        """Write a reminder whose words but the reader's own are those of its position."""
        digests, plan = batch.digests, batch.plans[row.plan_id]
        to, page = reader.to, reader.frame.page_url
        own_name = to.unit_name if to.unit_name == plan.frame.coordinator_name else None
        alike = (
            kind, row.plan_id, page is None, to.unit_kind, to.salutation, to.is_person,
            to.is_leader, own_name, digests.position(row.id),
        )  # fmt: skip
        pattern = batch.patterns.get(alike)
        if pattern is None:
            context = self._context(row, kind, reader, batch)
            pattern = batch.patterns[alike] = self._renderer.pattern(kind, context)
        parts: tuple[Part, ...] = ()
        if kind in INVITED:
            dated = [(digests.row(i), i.obligation_id) for i in digests.ordered(row.id, kind)]
            parts = self._enclosures.invitations(dated, frame=plan.frame, page=page, now=batch.now)
        return pattern.fill(reader), parts

    def _letter(
        self, row: OutboxRow, kind: LetterKind, reader: Reader, batch: Batch
    ) -> tuple[Printed, tuple[Part, ...]]:
        context = self._context(row, kind, reader, batch)
        files = self._enclosures.files_of(row, now=batch.now)
        if files.linked:
            context = context.model_copy(update={"linked_files": files.linked})
        forms = enclose_forms(
            batch.connection, context, dossier=batch.plans[row.plan_id].dossier,
            key=self.letterhead.key, made=batch.forms,
        )  # fmt: skip
        if forms:
            context = context.model_copy(update={"forms_attached": True})
        printed = self._renderer.pattern(kind, context).fill(context)
        drawn = self._enclosures.drawn(row, kind, context, digests=batch.digests, now=batch.now)
        return printed, files.attached + forms + drawn

    def _context(
        self, row: OutboxRow, kind: LetterKind, reader: Reader, batch: Batch
    ) -> LetterContext:
        plan, to = batch.plans[row.plan_id], reader.to
        frame = with_links(plan.frame, reader.frame.page_url)
        if row.context is not None:
            return CONTEXT_OF_KIND[kind].model_validate(
                row.context | own_links(self.letterhead, row) | {"frame": frame, "to": to}
            )
        if kind is LetterKind.LEADER_INFORMED:
            return compose_leader_report(
                batch.connection, batch.digests, row.id, plan=plan, frame=frame, to=to
            )
        return compose_digest(
            batch.digests, row.id, kind=kind, frame=frame, to=to,
            contacts=batch.of_unit[batch.readers[row.contact_id].unit_id],
        )  # fmt: skip

    def _stationery(self, kind: LetterKind, plan_id: str, batch: Batch) -> Stationery:
        found = batch.stationery.get((kind, plan_id))
        if found is None:
            found = batch.stationery[kind, plan_id] = print_stationery(
                sender=self.letterhead.sender,
                date=batch.now,
                auto_submitted="auto-replied" if kind in ANSWERS else "auto-generated",
                headers={"X-Dondoc-Kind": kind, "X-Dondoc-Plan": plan_id},
            )
        return found


def _name_of(contact: RegisteredContact) -> str:
    # A bidi control could turn the name and the address about; a line break is refused later.
    return nfc(drop_invisible(contact.full_name or contact.title))
