"""When a contact cannot be redacted yet: what stands in the way, and what to do."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, literal, select

from adapters import tables
from adapters.ledger import (
    PlanState,
    RegisteredContact,
    first_reachable,
    read_contacts,
    read_obligations,
    read_plans,
)
from models.errors import RefusedError, UsageError
from models.obligations import OPEN_STATES
from models.plans import PlanDossier
from models.redactions import REDACTED_ADDRESS, UNDER_WAY, Traces, retired_digest
from models.units import ContactRole
from services.redaction_rows import SETTLED_MAIL, UNTOUCHED_MAIL

_LETTERS = (
    "Đầu mối '{}' còn {} thư đang chờ, đang gửi, chưa rõ kết quả hoặc cần người xử lý (số {}); "
    "hãy đợi gửi xong hoặc xử lý bằng `dondoc mail settle` rồi chạy lại."
)
_MAILS = (
    "Còn {} thư đến của đầu mối '{}' chưa xử lý xong; hãy xử lý trong `dondoc mail inbox list` "
    "rồi chạy lại."
)
_FILES = (
    "Còn {} tệp giữ lại của đầu mối '{}' chưa kiểm tra; hãy xử lý trong `dondoc contacts files` "
    "rồi chạy lại."
)
_ONLY = (
    "Đầu mối '{}' là nơi duy nhất còn liên lạc được của đơn vị '{}', đơn vị còn {} nhiệm vụ chưa "
    "nộp; hãy đưa đầu mối khác vào danh mục đơn vị và nạp lại bằng `dondoc plan import`."
)
_LISTED = (
    "Danh mục đơn vị của kế hoạch '{}' còn ghi {}; hãy đưa người khác vào danh mục, nạp lại bằng "
    "`dondoc plan import` rồi chạy lại. Nếu người mới giữ nguyên mã này, thêm --address kèm địa "
    "chỉ thư của người cũ."
)
_PRESENT = (
    "Địa chỉ này đang là địa chỉ đăng ký của đầu mối '{}'; hãy thay người trong danh mục đơn vị, "
    "nạp lại bằng `dondoc plan import` rồi chạy lại."
)
_UNKNOWN = "Không có thư hay thông tin nào của đầu mối '{}' mang địa chỉ cũ này; hãy kiểm tra lại."
_ACCOUNT = (
    "Tài khoản '{}' của người này còn dùng được; hãy khóa bằng `dondoc account disable` rồi "
    "chạy lại."
)
_GONE = (
    "Danh mục đơn vị ghi đầu mối '{}', dữ liệu cá nhân của đầu mối này đã được xóa theo yêu cầu; "
    "hãy bỏ đầu mối này khỏi danh mục hoặc đặt mã khác cho người mới rồi nạp lại."
)
_RETIRED = (
    "Danh mục đơn vị ghi lại cho đầu mối '{}' một địa chỉ thư đã được xóa theo yêu cầu; "
    "hãy sửa danh mục theo người đang giữ mã này rồi nạp lại."
)
_SHOWN = 10


class Subject(NamedTuple):
    """Whose data are redacted; with ``former`` only those of whoever had that address before."""

    contact: RegisteredContact
    former: str | None
    traces: Traces
    letters: ColumnElement[bool]
    mails: ColumnElement[bool]


def refuse_needed(connection: Connection, subject: Subject, commune: str) -> None:
    """Let a redaction go on only when nothing needs the person's data any more.

    Raises:
        UsageError: nothing of the post has the earlier address.
        RefusedError: letters, mails or files are unsettled, the unit could not be reached without
            the contact, a register not ended names it, or its account is open.
    """
    _refuse_under_way(connection, subject)
    _refuse_unread(connection, subject)
    contacts = read_contacts(connection, commune=commune)
    if subject.former is None:
        _refuse_held(connection, subject, commune)
        _refuse_only(connection, subject.contact, contacts, commune)
        _refuse_account(connection, subject.contact, commune)
    elif subject.former == subject.contact.email.lower():
        raise RefusedError(_PRESENT.format(subject.contact.id))
    elif not _is_known(connection, subject, subject.former, commune):
        raise UsageError(_UNKNOWN.format(subject.contact.id))
    _refuse_listed(connection, subject, commune)


def refuse_redacted(connection: Connection, dossier: PlanDossier) -> None:
    """Let no register bring back somebody whose data were redacted.

    Raises:
        RefusedError: it names a redacted contact, or gives a post the address of whom it had.
    """
    commune, c, r = dossier.plan.commune, tables.contacts.c, tables.retired_addresses
    redacted = select(c.id).where(c.commune == commune, c.email == REDACTED_ADDRESS)
    gone = set(connection.execute(redacted).scalars())
    former = connection.execute(select(r.c.contact_id, r.c.digest).where(r.c.commune == commune))
    retired = {(row.contact_id, row.digest) for row in former}
    posts = {post for post, _ in retired}
    for unit in dossier.units.units:
        for contact in unit.contacts:
            if contact.id in gone:
                raise RefusedError(_GONE.format(contact.id))
            if contact.id not in posts:
                continue
            if (contact.id, retired_digest(commune, contact.id, contact.email)) in retired:
                raise RefusedError(_RETIRED.format(contact.id))


def _refuse_under_way(connection: Connection, subject: Subject) -> None:
    o = tables.outbox.c
    chosen = select(o.id).where(subject.letters, o.state.in_(UNDER_WAY)).order_by(o.id)
    found = connection.execute(chosen).scalars().all()
    if found:
        shown = ", ".join(map(str, found[:_SHOWN])) + (", …" if len(found) > _SHOWN else "")
        raise RefusedError(_LETTERS.format(subject.contact.id, len(found), shown))


def _refuse_unread(connection: Connection, subject: Subject) -> None:
    waiting = select(func.count()).where(subject.mails, UNTOUCHED_MAIL, ~SETTLED_MAIL)
    count = connection.execute(waiting).scalar_one()
    if count:
        raise RefusedError(_MAILS.format(count, subject.contact.id))


def _is_known(connection: Connection, subject: Subject, former: str, commune: str) -> bool:
    """Whether anything of the post had that address, or was redacted for it before."""
    c, r = tables.contact_changes.c, tables.retired_addresses.c
    changes = (c.commune == commune) & (c.contact_id == subject.contact.id)
    named = changes & ((func.lower(c.old_email) == former) | (func.lower(c.email) == former))
    digest = retired_digest(commune, subject.contact.id, former)
    retired = (r.commune == commune) & (r.contact_id == subject.contact.id) & (r.digest == digest)
    found = (
        select(literal(1)).where(which).limit(1)
        for which in (subject.letters, subject.mails, named, retired)
    )
    return any(connection.execute(statement).first() for statement in found)


def _refuse_held(connection: Connection, subject: Subject, commune: str) -> None:
    c = tables.held_uploads.c
    mine = (c.commune == commune, c.contact_id == subject.contact.id, c.settled_at.is_(None))
    count = connection.execute(select(func.count()).where(*mine)).scalar_one()
    if count:
        raise RefusedError(_FILES.format(count, subject.contact.id))


def _refuse_only(
    connection: Connection,
    contact: RegisteredContact,
    contacts: tuple[RegisteredContact, ...],
    commune: str,
) -> None:
    others = tuple(one for one in contacts if one.id != contact.id)
    role, unit_id = ContactRole.CONTACT, contact.unit_id
    was = first_reachable(contacts, unit_id, role)
    if was is None or first_reachable(others, unit_id, role) is not None:
        return
    active = {plan.id for plan in read_plans(connection, commune=commune, state=PlanState.ACTIVE)}
    owed = read_obligations(
        connection, commune=commune, unit_id=unit_id, states=sorted(OPEN_STATES)
    )
    count = sum(obligation.plan_id in active for obligation in owed)
    if count:
        raise RefusedError(_ONLY.format(contact.id, unit_id, count))


def _refuse_account(connection: Connection, contact: RegisteredContact, commune: str) -> None:
    a = tables.accounts.c
    mine = (a.commune == commune, a.contact_id == contact.id, a.disabled_at.is_(None))
    name = connection.execute(select(a.id).where(*mine).order_by(a.id).limit(1)).scalar()
    if name is not None:
        raise RefusedError(_ACCOUNT.format(name))


def _refuse_listed(connection: Connection, subject: Subject, commune: str) -> None:
    """Registers of drafts too: they come into force as they stand."""
    contact, former = subject.contact, subject.former
    if contact.email == REDACTED_ADDRESS:
        return
    for plan in read_plans(connection, commune=commune):
        listed = {c.id: c.email for unit in plan.dossier.units.units for c in unit.contacts}
        if plan.state is PlanState.CLOSED or contact.id not in listed:
            continue
        if former is None:
            raise RefusedError(_LISTED.format(plan.id, f"đầu mối '{contact.id}'"))
        if listed[contact.id].lower() == former:
            raise RefusedError(_LISTED.format(plan.id, f"địa chỉ cũ của đầu mối '{contact.id}'"))
