"""The letters that carry the report up (E17) and ask again for its receipt."""

from datetime import datetime

from sqlalchemy import Connection

from adapters.ledger import PlanRecord, first_reachable, read_contacts
from models.errors import RefusedError
from models.leader_contexts import DispatchContext
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


def dispatch_letter(
    connection: Connection,
    plan: PlanRecord,
    report: ReportRecord,
    *,
    unit_id: str,
    dispatched_at: datetime,
    now: datetime,
    files: tuple[Attachment, ...] = (),
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
        plan_id=plan.id, unit_id=unit_id, contact=contact, not_before=now, parts=files,
        facts=as_facts(DispatchContext, facts),
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
