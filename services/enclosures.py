"""Enclosures: what travels with a letter, and what is too large to travel and is linked instead."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from adapters.blobs import BlobStore
from adapters.ics import deadline_invitation
from models.calendars import WorkingCalendar
from models.letter_contexts import AssignmentContext, ReminderContext
from models.letter_frames import LetterContext, LetterFrame
from models.letter_rows import LinkedFile, TaskRow
from models.letters import LetterKind, Part
from models.submissions import Attachment
from models.vietnamese import format_number
from services.digests import INVITED, Digests
from services.letterheads import Letterhead, file_url
from services.outbox_rows import OutboxRow
from services.urging import urging_drafts

# Many servers take no message over 10 MB after base64 has made it a third larger (row 25 of
# reliability.md 3.2); all files of one letter count together.
MOST_ATTACHED = 10 * 2**20


class Files(NamedTuple):
    """The files of a letter: attached, or linked because together they are too large."""

    attached: tuple[Part, ...] = ()
    linked: tuple[LinkedFile, ...] = ()


class Enclosures:
    """Gathers what goes with letters: stored files, calendar entries, drafts for signature."""

    def __init__(
        self, *, letterhead: Letterhead, calendar: WorkingCalendar, blobs: BlobStore
    ) -> None:
        """Keep what is needed; nothing is opened."""
        self._letterhead = letterhead
        self._calendar = calendar
        self._blobs = blobs

    def files_of(self, row: OutboxRow, *, now: datetime) -> Files:
        """The stored files of an outbox row; over 10 MB together none of them is attached.

        Raises:
            PermanentError: a file to be attached is missing or was altered on disk.
        """
        if not row.parts:
            return Files()
        files = [Attachment.model_validate(part) for part in row.parts]
        if sum(file.size for file in files) > MOST_ATTACHED:
            return Files(linked=self._linked(files, now))
        return Files(
            attached=tuple(
                Part(
                    name=file.name, media_type=file.media_type, content=self._blobs.get(file.sha256)
                )
                for file in files
            )
        )

    def _linked(self, files: Sequence[Attachment], now: datetime) -> tuple[LinkedFile, ...]:
        return tuple(
            LinkedFile(
                name=file.name,
                megabytes=format_number(round(file.size / 2**20, 1)),
                url=file_url(self._letterhead, file, now=now),
            )
            for file in files
        )

    def drawn(
        self,
        row: OutboxRow,
        kind: LetterKind,
        context: LetterContext,
        *,
        digests: Digests,
        now: datetime,
    ) -> tuple[Part, ...]:
        """What is made for this letter alone: deadlines for a calendar, drafts for a signature."""
        if kind is LetterKind.LEADER_INFORMED:
            return urging_drafts(digests, row.id, calendar=self._calendar, now=now)
        if kind not in INVITED:
            return ()
        tasks = [(task, task.obligation_id) for task in _dated_tasks(context)]
        return self.invitations(tasks, frame=context.frame, page=context.frame.page_url, now=now)

    def invitations(
        self,
        tasks: Iterable[tuple[TaskRow, str]],
        *,
        frame: LetterFrame,
        page: str | None,
        now: datetime,
    ) -> tuple[Part, ...]:
        """The deadlines of tasks as calendar entries, each named by its obligation's id."""
        domain, url = self._letterhead.domain, page or self._letterhead.portal_url
        return tuple(
            deadline_invitation(
                name=f"thoi-han-{task.code}-{due_day:%d-%m}.ics",
                uid=f"{obligation_id}@{domain}",
                summary=f"Hạn: {task.short_name}",
                description=f"{frame.short_plan}: gửi {task.product}.",
                due_at=task.due_at,
                stamp=now,
                url=url,
                remind_on=self._calendar.previous_working_day(due_day),
            )
            for task, obligation_id in tasks
            for due_day in (self._calendar.day_of(task.due_at),)
        )


def _dated_tasks(context: LetterContext) -> tuple[TaskRow, ...]:
    if isinstance(context, AssignmentContext):
        return context.products
    return context.items if isinstance(context, ReminderContext) else ()
