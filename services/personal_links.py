"""Personal links: ended at once by counting on, and sent anew only to the registered address."""

from datetime import datetime, timedelta

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Engine, func, select, update

from adapters import tables
from adapters.database import snapshot, transaction
from adapters.ledger import PlanRecord, PlanState, RegisteredContact, read_contacts, read_plans
from adapters.links import LinkScope
from models.errors import RefusedError, UsageError
from models.letters import LetterKind
from models.redactions import REDACTED_ADDRESS
from models.units import Unit, UnitKind
from models.values import Value
from services.journal import note, record
from services.outbox import NewLetter, enqueue

SENT_EVERY = timedelta(minutes=15)  # a letter on its way is not asked for again
MOST_A_DAY = 5


class Resident(Value):
    """Whom a personal link belongs to."""

    unit: Unit
    contact: RegisteredContact
    plan_id: str  # of the link; for links that name none, the newest in force


def find_resident(engine: Engine, scope: LinkScope) -> Resident | None:
    """The unit and contact of a link as they are registered now; None when the link has ended.

    It ends when its plan is closed, when the contact or the unit is gone, and when the contact's
    links were revoked or made anew.
    """
    with snapshot(engine) as connection:
        plans = read_plans(connection, commune=scope.commune, state=PlanState.ACTIVE)
        contacts = read_contacts(connection, commune=scope.commune, unit_id=scope.unit_id)
    if scope.plan_id and scope.plan_id not in {plan.id for plan in plans}:
        return None
    found = [
        (unit, scope.plan_id or plan.id)
        for plan in reversed(plans)
        for unit in plan.dossier.units.units
        if unit.id == scope.unit_id
    ]
    asked = (scope.contact_id, scope.unit_id, scope.serial)
    contact = next((c for c in contacts if (c.id, c.unit_id, c.link_serial) == asked), None)
    if not found or contact is None:
        return None
    unit, plan_id = found[0]
    return Resident(unit=unit, contact=contact, plan_id=plan_id)


def revoke_links(
    engine: Engine, *, commune: str, contact_id: str, reason: str, by: str, now: datetime
) -> int:
    """End every link and session of the contact at once; returns the number of its next links.

    Raises:
        UsageError: the commune has no such contact.
    """
    with transaction(engine) as connection:
        contact = _contact(connection, commune, contact_id)
        count_on(connection, commune=commune, contact_id=contact_id)
        notes = [note("link.revoked", contact_id, unit=contact.unit_id, reason=reason)]
        record(connection, notes, commune=commune, actor=by, at=now)
        return contact.link_serial + 1


def count_on(connection: Connection, *, commune: str, contact_id: str) -> None:
    """End every link and session of the contact in this transaction."""
    c = tables.contacts.c
    connection.execute(
        update(tables.contacts)
        .where(c.commune == commune, c.id == contact_id)
        .values(link_serial=c.link_serial + 1)
    )


def send_link(engine: Engine, *, commune: str, contact_id: str, by: str, now: datetime) -> bool:
    """Mail the contact a new link (E21), whose address is the registered one; True when it goes.

    Nothing goes when one is on its way, after the fifth of a day, or without a plan in force.

    Raises:
        UsageError: the commune has no such contact.
        RefusedError: the contact's data were redacted.
    """
    with transaction(engine) as connection:
        contact = _contact(connection, commune, contact_id)
        if contact.email == REDACTED_ADDRESS:
            raise RefusedError(f"Dữ liệu cá nhân của đầu mối '{contact_id}' đã được xóa.")
        return _send(connection, contact, commune=commune, by=by, now=now)


def send_links_to(engine: Engine, *, commune: str, address: str, now: datetime) -> int:
    """Mail a new link to every contact registered with the address; returns how many go.

    Whoever asks cannot learn from the answer whether the address is known: show the same words.
    """
    wanted = address.strip().casefold()
    with transaction(engine) as connection:
        found = [
            contact
            for contact in read_contacts(connection, commune=commune)
            if contact.email.casefold() == wanted
        ]
        return sum(
            _send(connection, contact, commune=commune, by=contact.id, now=now) for contact in found
        )


def _contact(connection: Connection, commune: str, contact_id: str) -> RegisteredContact:
    found = read_contacts(connection, commune=commune)
    contact = next((one for one in found if one.id == contact_id), None)
    if contact is None:
        raise UsageError(f"Không có đầu mối '{contact_id}'; xem mã trong tệp danh mục đơn vị.")
    return contact


def _send(
    connection: Connection, contact: RegisteredContact, *, commune: str, by: str, now: datetime
) -> bool:
    if _sent_since(connection, contact.id, now - timedelta(days=1)) >= MOST_A_DAY:
        return False
    # The key is the limit: whoever asks, and wherever, one letter goes in each period.
    period = int(now.timestamp() // SENT_EVERY.total_seconds())
    if not enqueue_link(connection, contact, commune=commune, key=str(period), now=now):
        return False
    told = note("link.sent", contact.id, unit=contact.unit_id)
    record(connection, [told], commune=commune, actor=by, at=now)
    return True


def enqueue_link(
    connection: Connection, contact: RegisteredContact, *, commune: str, key: str, now: datetime
) -> bool:
    """Put the letter with the contact's link in the outbox, once for each key; True if it is new.

    Without a plan in force that the contact's unit is in there is no page, and no letter.
    """
    plan = _newest_plan(connection, commune, contact)
    if plan is None:
        return False
    letter = NewLetter(
        dedupe_key=f"link/{commune}/{contact.id}/{key}", kind=LetterKind.LINK, plan_id=plan.id,
        unit_id=contact.unit_id, contact=contact, not_before=now,
        facts={"asked_at": to_jsonable_python(now)},
    )  # fmt: skip
    return enqueue(connection, [letter], commune=commune, now=now) > 0


def _newest_plan(
    connection: Connection, commune: str, contact: RegisteredContact
) -> PlanRecord | None:
    """The newest plan in force whose unit the contact is of, where it has a page there."""
    for plan in reversed(read_plans(connection, commune=commune, state=PlanState.ACTIVE)):
        for unit in plan.dossier.units.units:
            if unit.id == contact.unit_id and unit.kind is not UnitKind.SUPERIOR:
                return plan
    return None


def _sent_since(connection: Connection, contact_id: str, since: datetime) -> int:
    c = tables.outbox.c
    statement = select(func.count()).where(
        c.contact_id == contact_id, c.kind == LetterKind.LINK, c.created_at > since
    )
    return int(connection.execute(statement).scalar_one())
