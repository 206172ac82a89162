"""Changes of contacts: in force only after the old address or the office agreed."""

from datetime import datetime

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Engine, insert, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, RegisteredContact, read_contacts, read_plan
from models.addresses import check_address
from models.contact_changes import ChangeState, ContactChange, Reach
from models.errors import PermanentError, RefusedError, UsageError
from models.letters import LetterKind
from models.vietnamese import clean_text
from services.journal import note, record
from services.outbox import NewLetter, enqueue
from services.personal_links import enqueue_link

OLD_ADDRESS = "old-address"  # who decides by the letter to the registered address
LONGEST = 200


def propose_change(
    engine: Engine,
    contact: RegisteredContact,
    wanted: Reach,
    *,
    plan_id: str,
    reason: str,
    by: str,
    now: datetime,
) -> ContactChange:
    """Note what the unit proposes and ask the registered address by letter (E21).

    Nothing changes yet. The same proposal again is the one that waits.

    Raises:
        RefusedError: the address is none, nothing differs, no reason is given, or another waits.
    """
    wanted = _checked(wanted, reason)
    if wanted == Reach.of(contact):
        raise RefusedError("Thông tin đề nghị giống thông tin đang đăng ký; hãy sửa mục cần đổi.")
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        waiting = _waiting(connection, plan.commune, contact.id)
        if waiting is not None:
            if waiting.wanted == wanted:
                return waiting
            raise RefusedError("Đã có một đề nghị đổi đầu mối đang chờ; hãy đợi kết quả.")
        change = _store(connection, plan, contact, wanted, reason=reason, by=by, now=now)
        _ask_old_address(connection, plan, contact, change)
        # Why stands in the proposal alone: it names people, and the journal is never redacted.
        told = note("contact.change_asked", contact.id, unit=contact.unit_id, change=change.id)
        record(connection, [told], commune=plan.commune, actor=by, at=now)
        return change


def _checked(wanted: Reach, reason: str) -> Reach:
    if not clean_text(reason):
        raise RefusedError("Hãy ghi lý do đổi đầu mối.")
    try:
        email = check_address(clean_text(wanted.email))
    except PermanentError as error:
        raise RefusedError(str(error)) from error
    name, phone = (clean_text(text or "")[:LONGEST] or None for text in (wanted[0], wanted[2]))
    return Reach(name, email, phone)


def _store(
    connection: Connection,
    plan: PlanRecord,
    contact: RegisteredContact,
    wanted: Reach,
    *,
    reason: str,
    by: str,
    now: datetime,
) -> ContactChange:
    values: dict[str, object] = {
        "commune": plan.commune, "unit_id": contact.unit_id, "contact_id": contact.id,
        "old_name": contact.full_name, "old_email": contact.email, "old_phone": contact.phone,
        **wanted._asdict(), "reason": clean_text(reason)[:2_000], "asked_at": now, "asked_by": by,
        "state": ChangeState.ASKED,
    }  # fmt: skip
    table = tables.contact_changes
    number = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return _read(connection, number)


def _ask_old_address(
    connection: Connection, plan: PlanRecord, contact: RegisteredContact, change: ContactChange
) -> None:
    row = {
        "full_name": change.full_name or "", "email": change.email, "phone": change.phone or "",
        "reason": change.reason,
    }  # fmt: skip
    facts = {"asked_at": change.asked_at, "change": row, "change_number": change.id,
             "decide_by": change.decide_by}  # fmt: skip
    letter = NewLetter(
        dedupe_key=f"contact-change/{change.id}", kind=LetterKind.LINK, plan_id=plan.id,
        unit_id=contact.unit_id, contact=contact, not_before=change.asked_at,
        not_after=change.decide_by, facts=to_jsonable_python(facts),
    )  # fmt: skip
    enqueue(connection, [letter], commune=plan.commune, now=change.asked_at)


def decide_change(
    engine: Engine, number: int, *, commune: str, agreed: bool, by: str, now: datetime,
    refusal: str = "",
) -> ContactChange:  # fmt: skip
    """Put a waiting change in force, or refuse it; the same decision again changes nothing.

    In force, every earlier link and session of the contact ends at once.

    Raises:
        UsageError: there is no such change.
        RefusedError: it was decided otherwise, or its contact was changed since by the register.
    """
    state = ChangeState.APPLIED if agreed else ChangeState.REFUSED
    with transaction(engine) as connection:
        change = _read(connection, number)
        if change.commune != commune:
            raise UsageError(f"Không có đề nghị đổi đầu mối số {number}.")
        if change.state is state:
            return change
        if change.state is not ChangeState.ASKED:
            raise RefusedError("Đề nghị này đã được quyết định trước đó.")
        if agreed:
            _apply(connection, change)
            contacts = read_contacts(connection, commune=commune)
            new = next(one for one in contacts if one.id == change.contact_id)
            enqueue_link(connection, new, commune=commune, key=f"change/{number}", now=now)
        _close(connection, change, state, by=by, now=now, refusal=refusal)
        return _read(connection, number)


def _apply(connection: Connection, change: ContactChange) -> None:
    c = tables.contacts.c
    moved = connection.execute(
        update(tables.contacts)
        .where(
            c.commune == change.commune, c.id == change.contact_id, c.email == change.old_email
        )
        .values(
            full_name=change.full_name, email=change.email, phone=change.phone, flagged_at=None,
            flag_reason=None, link_serial=c.link_serial + 1,
        )
    ).rowcount  # fmt: skip
    if not moved:
        raise RefusedError(
            "Đầu mối đã được cập nhật theo danh mục sau khi có đề nghị này; hãy đề nghị lại."
        )


def _close(
    connection: Connection, change: ContactChange, state: ChangeState, *, by: str, now: datetime,
    refusal: str,
) -> None:  # fmt: skip
    table = tables.contact_changes
    connection.execute(
        update(table)
        .where(table.c.id == change.id)
        .values(state=state, decided_at=now, decided_by=by, refusal=clean_text(refusal) or None)
    )
    action = f"contact.change_{state}"
    told = note(action, change.contact_id, unit=change.unit_id, change=change.id)
    record(connection, [told], commune=change.commune, actor=by, at=now)


def find_changes(
    engine: Engine, *, commune: str, state: ChangeState | None = None
) -> tuple[ContactChange, ...]:
    """The changes proposed in the commune, oldest first, of one state when given."""
    table = tables.contact_changes
    statement = select(table).where(table.c.commune == commune).order_by(table.c.id)
    if state is not None:
        statement = statement.where(table.c.state == state)
    with transaction(engine) as connection:
        rows = connection.execute(statement).mappings().all()
    return tuple(ContactChange.model_validate(dict(row)) for row in rows)


def find_waiting_change(engine: Engine, *, commune: str, contact_id: str) -> ContactChange | None:
    """The change of the contact that waits for a decision; None when none does."""
    with transaction(engine) as connection:
        return _waiting(connection, commune, contact_id)


def read_change(engine: Engine, number: int) -> ContactChange:
    """The change of that number.

    Raises:
        UsageError: there is no such change.
    """
    with transaction(engine) as connection:
        return _read(connection, number)


def read_changed(connection: Connection, commune: str) -> dict[str, frozenset[Reach]]:
    """What the register said of each contact before its changes in force, by contact id."""
    c = tables.contact_changes.c
    rows = connection.execute(
        select(c.contact_id, c.old_name, c.old_email, c.old_phone).where(
            c.commune == commune, c.state == ChangeState.APPLIED
        )
    )
    found: dict[str, frozenset[Reach]] = {}
    for row in rows:
        before = Reach(row.old_name, row.old_email, row.old_phone)
        found[row.contact_id] = found.get(row.contact_id, frozenset()) | {before}
    return found


def _waiting(connection: Connection, commune: str, contact_id: str) -> ContactChange | None:
    c = tables.contact_changes.c
    row = connection.execute(
        select(tables.contact_changes).where(
            c.commune == commune, c.contact_id == contact_id, c.state == ChangeState.ASKED
        )
    ).mappings().first()  # fmt: skip
    return ContactChange.model_validate(dict(row)) if row else None


def _read(connection: Connection, number: int) -> ContactChange:
    table = tables.contact_changes
    row = connection.execute(select(table).where(table.c.id == number)).mappings().first()
    if row is None:
        raise UsageError(f"Không có đề nghị đổi đầu mối số {number}.")
    return ContactChange.model_validate(dict(row))
