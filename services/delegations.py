"""Powers: who may decide on a draft, on a day, and in whose stead."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, RegisteredContact, first_reachable, read_contacts
from models.agencies import Signer
from models.delegations import Delegation, authority_lines, flaw_of
from models.errors import RefusedError, UsageError
from models.units import ContactRole
from models.values import Value
from models.vietnamese import format_day, nfc
from services.journal import note, record


class Power(Value):
    """Who decides: the person, and for whom and on what paper when it is a substitute.

    ``signer`` is set where not the plan's own signer signs.
    """

    contact_id: str | None
    name: str
    in_stead_of: str | None = None
    basis: str | None = None
    signer: Signer | None = None


def delegate(
    engine: Engine, delegation: Delegation, *, commune: str, by: str, now: datetime
) -> None:
    """Enter a delegation; it holds on its days, both included.

    Raises:
        UsageError: a contact is unknown.
        RefusedError: the delegation gives no power (F-60).
    """
    with transaction(engine) as connection:
        known = {c.id: c for c in read_contacts(connection, commune=commune)}
        for contact_id in (delegation.delegator, delegation.delegate):
            if contact_id not in known:
                raise UsageError(f"Không có đầu mối '{contact_id}' trong danh bạ của xã.")
        flaw = flaw_of(delegation, delegate_title=known[delegation.delegate].title)
        if flaw is not None:
            raise RefusedError(f"Không ghi được ủy quyền: {flaw} (Điều 13 NĐ 30/2020/NĐ-CP).")
        row = delegation.model_dump() | {"commune": commune, "by": by, "at": now}
        connection.execute(insert(tables.delegations).values(row))
        told = note(
            "delegation.entered", delegation.delegator, delegate=delegation.delegate,
            form=delegation.form, basis=delegation.basis,
            from_on=delegation.from_on.isoformat(), until_on=delegation.until_on.isoformat(),
        )  # fmt: skip
        record(connection, [told], commune=commune, actor=by, at=now)


def read_delegations(connection: Connection, plan: PlanRecord) -> tuple[Delegation, ...]:
    """The delegations of the register, then those entered later, oldest first."""
    d = tables.delegations.c
    columns = [d[name] for name in Delegation.model_fields]
    rows = connection.execute(
        select(*columns).where(d.commune == plan.commune).order_by(d.id)
    ).mappings()
    entered = (Delegation.model_validate(dict(row)) for row in rows)
    return (*plan.dossier.units.delegations, *entered)


def find_power(
    connection: Connection, plan: PlanRecord, by: str, *, day: date, passed_on_by: str | None
) -> Power:
    """The power of the person of that contact id, name or title to decide on that day.

    ``passed_on_by`` is the leader who put the version before the Chairman, who decides alone then.

    Raises:
        RefusedError: the person has no power to decide.
    """
    people = _named(read_contacts(connection, commune=plan.commune), by)
    if passed_on_by is not None and _is_of(passed_on_by, by, people):
        raise RefusedError(
            f"Đồng chí {passed_on_by} đã chuyển dự thảo này xin ý kiến Chủ tịch; "
            "chỉ Chủ tịch hoặc người được Chủ tịch ủy quyền quyết định."
        )
    powers = powers_on(connection, plan, day=day, is_passed_on=passed_on_by is not None)
    ids = {person.id for person in people}
    for power in powers:
        if power.contact_id in ids or _key(power.name) == _key(_bare(by)):
            return power
    raise RefusedError(_refusal(by, powers, day))


def powers_on(
    connection: Connection, plan: PlanRecord, *, day: date, is_passed_on: bool
) -> tuple[Power, ...]:
    """Who may decide on that day: first who is to be asked, a substitute before the absent."""
    contacts = {c.id: c for c in read_contacts(connection, commune=plan.commune)}
    of_authority = [c for c in contacts.values() if c.unit_id == plan.dossier.plan.authority]
    chairs = [c for c in of_authority if c.role is ContactRole.CHAIR]
    heads = [c for c in of_authority if c.role is ContactRole.HEAD]
    holders = chairs if is_passed_on else [*heads, *chairs]
    given = read_delegations(connection, plan)
    stands_in = [
        _substitute(plan, contacts[one.delegate], holder, one)
        for holder in holders
        for one in given
        if _gives_power(one, holder.id, contacts, day)
    ]
    own = [_own(plan, holder) for holder in holders]
    if not is_passed_on and all(power.name != plan.dossier.plan.signer.full_name for power in own):
        own = [Power(contact_id=None, name=plan.dossier.plan.signer.full_name), *own]
    return (*stands_in, *own)


def deciding_contact(
    connection: Connection, plan: PlanRecord, *, day: date, is_passed_on: bool
) -> RegisteredContact:
    """Who is written to about a decision: the substitute of an absent leader, else the leader.

    Raises:
        RefusedError: nobody who decides has an address that works.
    """
    contacts = read_contacts(connection, commune=plan.commune)
    by_id = {c.id: c for c in contacts if c.flagged_at is None}
    for power in powers_on(connection, plan, day=day, is_passed_on=is_passed_on):
        if power.in_stead_of is not None and power.contact_id in by_id:
            return by_id[power.contact_id]
    role = ContactRole.CHAIR if is_passed_on else ContactRole.HEAD
    found = first_reachable(contacts, plan.dossier.plan.authority, role)
    if found is None:
        unit_id = plan.dossier.plan.authority
        raise RefusedError(f"Đơn vị '{unit_id}' không có địa chỉ thư của người quyết định.")
    return found


def _gives_power(
    one: Delegation, holder_id: str, contacts: dict[str, RegisteredContact], day: date
) -> bool:
    mate = contacts.get(one.delegate)
    is_meant = one.delegator == holder_id and one.is_in_force(day) and mate is not None
    return is_meant and mate is not None and flaw_of(one, delegate_title=mate.title) is None


def _own(plan: PlanRecord, holder: RegisteredContact) -> Power:
    name, source = _name_of(holder), plan.dossier.plan.signer
    if holder.role is not ContactRole.CHAIR or name == source.full_name:
        return Power(contact_id=holder.id, name=name)
    lines = authority_lines(
        None, own=source.authority_lines, head_title=holder.title, title=holder.title
    )
    return Power(contact_id=holder.id, name=name, signer=_signer(holder, lines))


def _substitute(
    plan: PlanRecord, mate: RegisteredContact, holder: RegisteredContact, one: Delegation
) -> Power:
    # A deputy who stands in for another deputy signs for the head, as the other would have.
    head = holder.title.removeprefix("Phó ").capitalize()
    lines = authority_lines(
        one, own=plan.dossier.plan.signer.authority_lines, head_title=head, title=mate.title
    )
    return Power(
        contact_id=mate.id, name=_name_of(mate), in_stead_of=f"{holder.title} {_name_of(holder)}",
        basis=one.basis or f"phân công ký thay ({one.form}.)", signer=_signer(mate, lines),
    )  # fmt: skip


def _signer(person: RegisteredContact, lines: tuple[str, ...]) -> Signer:
    return Signer(
        full_name=person.full_name or "", title=person.title, authority_lines=lines,
        source_wording=" / ".join(lines),
    )  # fmt: skip


def _name_of(person: RegisteredContact) -> str:
    return person.full_name or person.title


def _named(contacts: Sequence[RegisteredContact], by: str) -> list[RegisteredContact]:
    return [c for c in contacts if c.id == by or _key(_name_of(c)) == _key(_bare(by))]


def _key(name: str) -> str:
    # Accents tell people apart: no folding here.
    return " ".join(nfc(name).casefold().split())


def _bare(by: str) -> str:
    return by.partition(",")[0].strip()  # "Lê Văn Công, Phó Chủ tịch"


def _is_of(name: str, by: str, people: Iterable[RegisteredContact]) -> bool:
    names = {_key(_bare(by)), *(_key(_name_of(person)) for person in people)}
    return _key(name) in names


def _refusal(by: str, powers: Sequence[Power], day: date) -> str:
    who = "; ".join(dict.fromkeys(power.name for power in powers)) or "chưa có trong danh bạ"
    return (
        f"“{by}” không có thẩm quyền quyết định dự thảo này ngày {format_day(day)}; người quyết "
        f"định: {who}. Người quyết định thay phải được ghi phân công, ủy quyền còn hiệu lực bằng "
        "`dondoc report delegate` (Điều 13 NĐ 30/2020/NĐ-CP)."
    )
