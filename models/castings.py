"""Castings: a scenario applied to a plan's own units, by its seed where it names nobody."""

import hashlib
import random
from collections.abc import Iterable

from models.errors import UsageError
from models.obligations import Obligation
from models.plans import PlanDossier
from models.scenarios import Behaviour, Cast, Joint, Reply, Scenario
from models.units import ContactRole, UnitKind
from models.values import Value


class Casting(Value):
    """Every unit of the plan with its behaviour."""

    scenario: Scenario
    units: dict[str, Behaviour]
    joint: Joint | None
    refused: frozenset[str]  # addresses of mailboxes that do not exist

    def reply_to(self, obligation: Obligation) -> Reply:
        """What the obligation's unit does about it: the nearest that is said wins."""
        return self.reply(obligation.unit_id, obligation.requirement_id, obligation.period)

    def reply(self, unit_id: str, requirement_id: str, period: str) -> Reply:
        """What the unit does about one product."""
        keys = (f"{requirement_id}/{period}", requirement_id)
        for behaviour in (self.units[unit_id], self.scenario.default):
            named = (behaviour.products.get(key) for key in keys)
            found = next((r for r in named if r is not None), None) or behaviour.reply
            if found is not None:
                return found
        return Reply()

    def choice(self, *words: str) -> random.Random:
        """A source of choices of its own for each matter, the same in every run."""
        return seeded(self.scenario.seed, *words)


def seeded(seed: int, *words: str) -> random.Random:
    """Return a source of choices that depends on the seed and the words only."""
    digest = hashlib.sha256("\n".join((str(seed), *words)).encode()).digest()
    return random.Random(int.from_bytes(digest[:8]))  # noqa: S311 - a rehearsal, not a secret


def cast_units(scenario: Scenario, dossier: PlanDossier) -> Casting:
    """Give every unit of the plan its behaviour.

    Raises:
        UsageError: the scenario names units or products that the plan does not have.
    """
    cast = scenario.casts.get(dossier.plan.id)
    if cast is not None:
        _refuse_strangers(scenario, cast, dossier)
    units = {
        unit.id: _behaviour(scenario, cast, unit.id)
        for unit in dossier.units.units
        if unit.kind is not UnitKind.SUPERIOR
    }
    return Casting(
        scenario=scenario,
        units=units,
        joint=cast.joint if cast else None,
        refused=_refused(dossier, (id_ for id_, b in units.items() if b.bounces)),
    )


def _behaviour(scenario: Scenario, cast: Cast | None, unit_id: str) -> Behaviour:
    if cast is not None:
        return cast.units.get(unit_id, Behaviour())
    if not scenario.mix:
        return Behaviour()
    weights = [entry.weight for entry in scenario.mix]
    chosen = seeded(scenario.seed, "mix", unit_id).choices(scenario.mix, weights)[0]
    return chosen.behaviour


def _refuse_strangers(scenario: Scenario, cast: Cast, dossier: PlanDossier) -> None:
    known = {unit.id for unit in dossier.units.units}
    joint = (cast.joint.lead, *cast.joint.support) if cast.joint else ()
    strangers = sorted({*cast.units, *joint} - known)
    products = {r.id for r in dossier.plan.requirements}
    products |= {f"{r.id}/{p.id}" for r in dossier.plan.requirements for p in r.periods}
    unknown = sorted({key for b in cast.units.values() for key in b.products} - products)
    if strangers:
        raise UsageError(
            f"Kịch bản “{scenario.id}” nêu đơn vị không có trong kế hoạch “{dossier.plan.id}”: "
            f"{', '.join(strangers)}; hãy sửa mục casts.{dossier.plan.id}."
        )
    if unknown:
        raise UsageError(
            f"Kịch bản “{scenario.id}” nêu sản phẩm không có trong kế hoạch "
            f"“{dossier.plan.id}”: {', '.join(unknown)}; hãy dùng mã yêu cầu như KHCT hoặc BCDK/1."
        )


def _refused(dossier: PlanDossier, unit_ids: Iterable[str]) -> frozenset[str]:
    found = (dossier.units.unit(id_).contacts_for(ContactRole.CONTACT) for id_ in unit_ids)
    return frozenset(contacts[0].email for contacts in found if contacts)
