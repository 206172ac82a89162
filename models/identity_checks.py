"""Ids of a plan: each used once, and each fit to stand in an obligation's id and a subject."""

import re
from collections.abc import Iterable, Iterator

from models.addresses import check_address
from models.errors import PermanentError
from models.faults import Fault, Faults, Path
from models.plans import Plan, PlanDossier
from models.units import UnitRegister

Named = tuple[Path, str]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def find_identity_faults(dossier: PlanDossier) -> Faults:
    """Yield ids used twice, ids that cannot be one, and addresses that are none."""
    for series in _series(dossier):
        yield from _repeated(series)
    yield from _malformed(dossier)
    yield from _shadowed(dossier)
    yield from _wrong_addresses(dossier.units)


def _series(dossier: PlanDossier) -> Iterator[list[Named]]:
    plan = dossier.plan
    yield [(("plan", "phases", i), p.id) for i, p in enumerate(plan.phases)]
    yield [
        (("plan", "phases", i, "items", j), item.id)
        for i, phase in enumerate(plan.phases)
        for j, item in enumerate(phase.items)
    ]
    yield from _content_series(plan)
    yield from _duty_series(plan)
    for i, requirement in enumerate(plan.requirements):
        yield [
            (("plan", "requirements", i, "periods", j), period.id)
            for j, period in enumerate(requirement.periods)
        ]
    yield from _register_series(dossier)


def _content_series(plan: Plan) -> Iterator[list[Named]]:
    groups = list(enumerate(plan.content_groups))
    root: Path = ("plan", "content_groups")
    yield [((*root, i), g.id) for i, g in groups]
    yield [
        ((*root, i, "activities", j), a.id) for i, g in groups for j, a in enumerate(g.activities)
    ]
    yield [((*root, i, "channels", j), c.id) for i, g in groups for j, c in enumerate(g.channels)]


def _duty_series(plan: Plan) -> Iterator[list[Named]]:
    holders = list(enumerate(plan.duty_holders))
    yield [(("plan", "duty_holders", i), h.id) for i, h in holders]
    yield [
        (("plan", "duty_holders", i, "duties", j), duty.id)
        for i, holder in holders
        for j, duty in enumerate(holder.duties)
    ]
    yield [(("plan", "recipients", i), r.id) for i, r in enumerate(plan.recipients)]
    yield [(("plan", "reporting_lines", i), r.id) for i, r in enumerate(plan.reporting_lines)]
    yield [(("plan", "requirements", i), r.id) for i, r in enumerate(plan.requirements)]


def _register_series(dossier: PlanDossier) -> Iterator[list[Named]]:
    units = list(enumerate(dossier.units.units))
    yield [(("units", "units", i), u.id) for i, u in units]
    yield [
        (("units", "units", i, "contacts", j), contact.id)
        for i, unit in units
        for j, contact in enumerate(unit.contacts)
    ]
    indicators = enumerate(dossier.catalogue.indicators)
    yield [(("catalogue", "indicators", i), x.id) for i, x in indicators]


def _repeated(series: Iterable[Named]) -> Faults:
    seen: set[str] = set()
    for path, name in series:
        if name in seen:
            message = f"mã “{name}” đã dùng ở trên; mỗi mã chỉ dùng một lần, đề nghị đổi mã khác"
            yield Fault(path=(*path, "id"), message=message)
        seen.add(name)


def _malformed(dossier: PlanDossier) -> Faults:
    plan = dossier.plan
    named: list[Named] = [
        (("plan", "id"), plan.id),
        (("plan", "code"), plan.code),
        (("plan", "commune"), plan.commune),
        (("plan", "commune_tag"), plan.commune_tag),
        *((("units", "units", i, "id"), u.id) for i, u in enumerate(dossier.units.units)),
    ]
    for i, requirement in enumerate(plan.requirements):
        named.append((("plan", "requirements", i, "id"), requirement.id))
        named += [
            (("plan", "requirements", i, "periods", j, "id"), period.id)
            for j, period in enumerate(requirement.periods)
        ]
    for path, name in named:
        if not _ID.fullmatch(name):
            message = f"mã “{name}” chỉ được gồm chữ không dấu, số, dấu chấm, gạch nối, gạch dưới"
            yield Fault(path=path, message=message)


def _shadowed(dossier: PlanDossier) -> Faults:
    units = {unit.id for unit in dossier.units.units}
    for i, holder in enumerate(dossier.plan.duty_holders):
        if holder.unit != holder.id and holder.id in units:
            message = f"mã “{holder.id}” đã là mã của một đơn vị khác; đề nghị đổi mã"
            yield Fault(path=("plan", "duty_holders", i, "id"), message=message)


def _wrong_addresses(register: UnitRegister) -> Faults:
    for i, unit in enumerate(register.units):
        for j, contact in enumerate(unit.contacts):
            try:
                check_address(contact.email)
            except PermanentError as error:
                path = ("units", "units", i, "contacts", j, "email")
                yield Fault(path=path, message=str(error))
