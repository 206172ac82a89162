"""The letters that carry the report up (E17) and ask again for its receipt."""

from datetime import datetime

from sqlalchemy import Connection

from adapters.ledger import PlanRecord, first_reachable, read_contacts
from models.calendars import WorkingCalendar
from models.due_dates import due_at
from models.errors import RefusedError
from models.leader_contexts import DispatchContext
from models.letter_policies import SAFETY_RESEND
from models.letters import LetterKind
from models.submissions import Attachment
from models.units import ContactRole
from models.vietnamese import format_day, mid_sentence
from services.notices import as_facts
from services.outbox import NewLetter
from services.report_records import ReportRecord


def recipients_of(plan: PlanRecord) -> tuple[str, ...]:
    """Unit ids the report goes to: the agency above, and the one it goes through."""
    source = plan.dossier.plan
    return tuple(dict.fromkeys((source.parent.id, source.channel.id)))


def last_try_at(plan: PlanRecord, *, calendar: WorkingCalendar, now: datetime) -> datetime:
    """The instant after which the report is no longer tried by itself: the legal deadline.

    A report that leaves late, or nearly so, is still tried for as long as a safety copy takes.
    """
    deadline = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    return max(deadline, now + SAFETY_RESEND)


def dispatch_letter(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    unit_id: str,
    dispatched_at: datetime,
    now: datetime,
    files: tuple[Attachment, ...] = (),
    not_after: datetime | None = None,
    reminder: int = 0,
) -> NewLetter:
    """Compose the letter to one recipient; a reminder, from 1, has its own words and no files.

    Raises:
        RefusedError: the recipient has no address that works.
    """
    contacts = read_contacts(connection, commune=plan.commune)
    contact = first_reachable(contacts, unit_id, ContactRole.CONTACT)
    if contact is None:
        raise RefusedError(f"Nơi nhận '{unit_id}' chưa có địa chỉ thư trong danh mục.")
    facts = _facts(plan, report, at=dispatched_at, reminder=reminder)
    key = f"dispatch/{plan.id}/{unit_id}"
    return NewLetter(
        dedupe_key=f"{key}/nhac/{reminder}" if reminder else key, kind=LetterKind.DISPATCH,
        plan_id=plan.id, unit_id=unit_id, contact=contact, not_before=now, not_after=not_after,
        parts=files, facts=as_facts(DispatchContext, facts),
    )  # fmt: skip


def _facts(
    plan: PlanRecord, report: ReportRecord, *, at: datetime, reminder: int
) -> dict[str, object]:
    source = plan.dossier.plan
    basis = source.legal_basis[0]
    dated = f" ngày {format_day(basis.issued_on)}" if basis.issued_on else ""
    return {
        "recipients": tuple(plan.dossier.units.unit(u).name for u in recipients_of(plan)),
        "basis": f"{basis.type_name} số {basis.number}{dated} của {basis.agency}",
        "report_number": f"{report.number:02d}/{report.document.symbol}",
        "report_day": report.issued_on,
        "report_matter": mid_sentence(report.document.subject),
        "short_matter": f"kết quả {source.campaign_short}",
        "issued_at": at,
        "reminder": reminder,
    }
