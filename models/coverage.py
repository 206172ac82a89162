"""Which units have reported, late or not, with nothing to report, or not at all."""

from collections.abc import Iterable, Sequence

from models.obligations import OPEN_STATES, Obligation, ObligationState
from models.units import UnitRegister
from models.values import Value


class CoveredUnit(Value):
    """A unit as a report names it."""

    unit_id: str
    name: str


class Coverage(Value):
    """The units a synthesis rests on, each list in official order and each unit in one list.

    ``waiting`` have sent a report that is not accepted yet, hence not added up; ``missing`` owe
    one. ``nil`` are those on time or late that reported không phát sinh.
    """

    on_time: tuple[CoveredUnit, ...] = ()
    late: tuple[CoveredUnit, ...] = ()
    nil: tuple[CoveredUnit, ...] = ()
    missing: tuple[CoveredUnit, ...] = ()
    waived: tuple[CoveredUnit, ...] = ()
    waiting: tuple[CoveredUnit, ...] = ()

    @property
    def reported(self) -> tuple[CoveredUnit, ...]:
        """Units whose report is accepted and added up."""
        return (*self.on_time, *self.late)

    @property
    def sent(self) -> tuple[CoveredUnit, ...]:
        """Units that have sent a report, accepted or not yet."""
        return (*self.reported, *self.waiting)

    @property
    def owing(self) -> tuple[CoveredUnit, ...]:
        """Units that have to report: all but the waived."""
        return (*self.sent, *self.missing)

    @property
    def expected(self) -> tuple[CoveredUnit, ...]:
        """Every unit the plan asks, the waived too."""
        return (*self.owing, *self.waived)


def coverage_of(
    register: UnitRegister,
    obligations: Iterable[Obligation],
    *,
    nil_units: Iterable[str] = (),
) -> Coverage:
    """Return the coverage of those obligations; a unit with several counts by the least done.

    Raises:
        KeyError: an obligation is of a unit outside the register.
    """
    mine: dict[str, list[Obligation]] = {}
    for obligation in obligations:
        mine.setdefault(obligation.unit_id, []).append(obligation)
    units = sorted((register.unit(id_) for id_ in mine), key=lambda unit: (unit.order, unit.id))
    names = {unit.id: CoveredUnit(unit_id=unit.id, name=unit.name) for unit in units}
    groups: dict[str, list[CoveredUnit]] = {}
    for id_, name in names.items():
        groups.setdefault(_group(mine[id_]), []).append(name)
    reported = {*groups.get("on_time", ()), *groups.get("late", ())}
    nil = set(nil_units)
    return Coverage(
        nil=tuple(n for n in names.values() if n.unit_id in nil and n in reported),
        **{group: tuple(found) for group, found in groups.items()},
    )


def _group(obligations: Sequence[Obligation]) -> str:
    states = {obligation.state for obligation in obligations}
    if states & OPEN_STATES:
        return "missing"
    if states & {ObligationState.SUBMITTED, ObligationState.NIL}:
        return "waiting"
    accepted = [o for o in obligations if o.state is ObligationState.ACCEPTED]
    if not accepted:
        return "waived"
    return "on_time" if all(obligation.is_on_time for obligation in accepted) else "late"
