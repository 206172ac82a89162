"""The plan shelf: plans in force in one composer's hands, each dossier parsed once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection, bindparam, select

from adapters import tables
from adapters.ledger import PlanRecord, read_plan
from models.letter_frames import LetterFrame
from models.obligations import Obligation
from models.plans import PlanDossier
from models.products import product_name, short_product_name
from models.units import Unit
from services.letterheads import Letterhead, plan_frame

SHELVED = 64  # a parsed dossier takes about a megabyte
# Everything but the dossier, which is large and which its hash stands for.
_WITHOUT_DOSSIER = select(*[c for c in tables.plans.c if c.name != "dossier"]).where(
    tables.plans.c.id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class ShelvedPlan:
    """A plan at hand for writing letters: its frame, its units by id, the names of its products."""

    record: PlanRecord
    frame: LetterFrame  # without the links of a reader
    _products: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @property
    def dossier(self) -> PlanDossier:
        """The plan's dossier."""
        return self.record.dossier

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units by id."""
        return {unit.id: unit for unit in self.dossier.units.units}

    def products(self, obligation: Obligation) -> tuple[str, str]:
        """What the obligation asks for, as within a sentence and as in a subject."""
        key = (obligation.requirement_id, obligation.period)
        names = self._products.get(key)
        if names is None:
            names = self._products[key] = (
                product_name(self.dossier, obligation),
                short_product_name(self.dossier, obligation),
            )
        return names


class PlanShelf:
    """Reads plans and keeps them; a plan whose row has changed is read anew."""

    def __init__(self, letterhead: Letterhead) -> None:
        """Keep who writes; nothing is read."""
        self._letterhead = letterhead
        self._shelved: dict[tuple[object, ...], ShelvedPlan] = {}

    def find(
        self, connection: Connection, plan_ids: Collection[str]
    ) -> dict[str, tuple[object, ...]]:
        """The rows of those plans that exist by their ids, without their dossiers."""
        rows = connection.execute(_WITHOUT_DOSSIER, {"ids": sorted(plan_ids)})
        return {row.id: tuple(row) for row in rows}

    def take(
        self, connection: Connection | None, rows: Mapping[str, tuple[object, ...]]
    ) -> dict[str, ShelvedPlan]:
        """The plans of the rows by id; without a connection only those that are shelved.

        Raises:
            LookupError: a plan is not shelved, and there is no connection to read it over.
        """
        return {plan_id: self._plan(connection, plan_id, row) for plan_id, row in rows.items()}

    def _plan(
        self, connection: Connection | None, plan_id: str, row: tuple[object, ...]
    ) -> ShelvedPlan:
        found = self._shelved.get(row)
        if found is None:
            if connection is None:
                raise LookupError(plan_id)
            record = read_plan(connection, plan_id)
            found = ShelvedPlan(record=record, frame=plan_frame(self._letterhead, record))
            if len(self._shelved) >= SHELVED:
                del self._shelved[next(iter(self._shelved))]
            self._shelved[row] = found
        return found
