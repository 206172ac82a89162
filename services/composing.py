"""Composing: at the claim a letter is written from what is true then, or loses its reason."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Row

from adapters.blobs import BlobStore
from adapters.ics import deadline_invitation
from adapters.ledger import PlanRecord, RegisteredContact, read_contacts, read_plans
from adapters.letter_templates import LetterRenderer
from adapters.mime import build_message, message_id_for
from models.addressees import Addressee
from models.addresses import Mailbox
from models.calendars import WorkingCalendar
from models.errors import DondocError
from models.letter_contexts import CONTEXT_OF_KIND, AssignmentContext, ReminderContext
from models.letter_frames import LetterContext
from models.letter_rows import TaskRow
from models.letters import REMINDER_KINDS, Composed, LetterKind, LetterState, Part
from models.plans import PlanDossier
from models.reminder_policy import ReminderPolicy
from models.values import Value
from services.digests import Digests, compose_digest, read_digests
from services.letterheads import Letterhead, frame_for
from services.urging import urging_drafts

INVITED = frozenset({LetterKind.ASSIGNMENT, LetterKind.REMIND_EARLY})


class Draft(Value):
    """A row of the outbox as it leaves the desk: its bytes, or why there are none."""

    state: LetterState = LetterState.SENDING
    reason: str = ""
    kind: LetterKind | None = None
    frozen: bytes | None = None
    subject: str | None = None
    message_id: str | None = None
    address: str | None = None  # where it goes: the contact's, as it is now or was when frozen


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
        self._blobs = blobs

    def is_open(self, policy: ReminderPolicy, now: datetime) -> bool:
        """Whether letters may leave now: office hours of a working day."""
        return policy.send_at(now, calendar=self._calendar, taken=frozenset()) == now

    def draft(
        self, connection: Connection, rows: Sequence[Row[tuple[object, ...]]], *, now: datetime
    ) -> list[Draft]:
        """Write the letters of the rows, in order, re-reading what is owed."""
        if not rows:
            return []
        commune = rows[0].commune
        plans = {p.id: p for p in read_plans(connection, commune=commune)}
        contacts = {c.id: c for c in read_contacts(connection, commune=commune)}
        digests = read_digests(
            connection, [r.id for r in rows], commune=commune, calendar=self._calendar, now=now
        )
        return [
            self._draft(row, plans[row.plan_id], contacts[row.contact_id], digests=digests, now=now)
            for row in rows
        ]

    def _draft(
        self,
        row: Row[tuple[object, ...]],
        plan: PlanRecord,
        contact: RegisteredContact,
        *,
        digests: Digests,
        now: datetime,
    ) -> Draft:
        if row.not_after is not None and now > row.not_after:
            return Draft(state=LetterState.EXPIRED, reason="Đã qua thời điểm gửi của thư.")
        is_reminder = LetterKind(row.kind) in REMINDER_KINDS
        if is_reminder and not digests.open_items(row.id):
            return Draft(state=LetterState.SUPERSEDED, reason="Không còn việc phải nhắc.")
        if row.frozen is not None:
            return Draft(
                frozen=row.frozen, subject=row.subject, message_id=row.message_id,
                address=row.address,
            )  # fmt: skip
        kind = digests.kind_of(row.id) if is_reminder else LetterKind(row.kind)
        try:
            context = self._context(row, plan, contact, kind=kind, digests=digests, now=now)
            return self._freeze(
                row, context, contact, kind=kind, digests=digests, plan=plan, now=now
            )
        except (DondocError, ValidationError, ValueError, KeyError) as error:
            return Draft(state=LetterState.POISONED, reason=f"{type(error).__name__}: {error}")

    def _context(
        self,
        row: Row[tuple[object, ...]],
        plan: PlanRecord,
        contact: RegisteredContact,
        *,
        kind: LetterKind,
        digests: Digests,
        now: datetime,
    ) -> LetterContext:
        unit = plan.dossier.units.unit(contact.unit_id)
        is_leader = contact.unit_id == plan.dossier.plan.authority
        shared = {
            "frame": frame_for(self.letterhead, plan, contact),
            "to": Addressee.of(unit, contact, is_leader=is_leader),
        }
        if row.context is None:
            return compose_digest(
                digests, row.id, kind=kind, plan=plan, shared=shared, calendar=self._calendar,
                now=now,
            )  # fmt: skip
        return CONTEXT_OF_KIND[kind].model_validate(row.context | shared)

    def _freeze(
        self,
        row: Row[tuple[object, ...]],
        context: LetterContext,
        contact: RegisteredContact,
        *,
        kind: LetterKind,
        digests: Digests,
        plan: PlanRecord,
        now: datetime,
    ) -> Draft:
        words = self._renderer.render(kind, context)
        composed = words.model_copy(
            update={"parts": self._parts(row, context, kind, digests=digests, now=now)}
        )
        head = self.letterhead
        message_id = message_id_for(head.key, row.dedupe_key, kind, head.domain)
        return Draft(
            kind=kind,
            frozen=self._message(
                composed, contact, message_id, plan=plan.dossier, kind=kind, now=now
            ),
            subject=composed.subject,
            message_id=message_id,
            address=contact.email,
        )

    def _message(
        self,
        composed: Composed,
        contact: RegisteredContact,
        message_id: str,
        *,
        plan: PlanDossier,
        kind: LetterKind,
        now: datetime,
    ) -> bytes:
        return build_message(
            composed=composed,
            sender=self.letterhead.sender,
            recipient=Mailbox(address=contact.email, name=contact.full_name or contact.title),
            reply_to=self.letterhead.reply_to,
            message_id=message_id,
            date=now.astimezone(self._calendar.zone),
            headers={"X-Dondoc-Kind": kind, "X-Dondoc-Plan": plan.plan.id},
        )

    def _parts(
        self,
        row: Row[tuple[object, ...]],
        context: LetterContext,
        kind: LetterKind,
        *,
        digests: Digests,
        now: datetime,
    ) -> tuple[Part, ...]:
        files = tuple(
            Part(name=p["name"], media_type=p["media_type"], content=self._blobs.get(p["sha256"]))
            for p in row.parts or ()
        )
        tasks = _dated_tasks(context) if kind in INVITED else ()
        url = context.frame.page_url or self.letterhead.portal_url
        if kind is LetterKind.LEADER_INFORMED:
            return files + urging_drafts(digests, row.id, calendar=self._calendar, now=now)
        return files + tuple(self._invitation(task, context, url=url, now=now) for task in tasks)

    def _invitation(
        self, task: TaskRow, context: LetterContext, *, url: str, now: datetime
    ) -> Part:
        due_day = self._calendar.day_of(task.due_at)
        part = deadline_invitation(
            uid=f"{task.obligation_id}@{self.letterhead.domain}",
            summary=f"Hạn: {task.short_name}",
            description=f"{context.frame.short_plan}: gửi {task.product}.",
            due_at=task.due_at,
            stamp=now,
            url=url,
            remind_on=self._calendar.previous_working_day(due_day),
        )
        return part.model_copy(update={"name": f"thoi-han-{task.code}-{due_day:%d-%m}.ics"})


def _dated_tasks(context: LetterContext) -> tuple[TaskRow, ...]:
    if isinstance(context, AssignmentContext):
        return context.products
    return context.items if isinstance(context, ReminderContext) else ()
