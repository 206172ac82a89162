"""Dossiers of plans: parsed once for each content, then at hand for every act and every page."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from models.plans import PlanDossier

DOSSIERS_KEPT = 32  # parsed, of about 2 MB each


class Edition(NamedTuple):
    """A plan's content, by the hash of its text, under its number and day of issue."""

    plan_id: str
    sha256: str
    number: int | None
    issued_on: date | None


def find_dossier(edition: Edition) -> PlanDossier | None:
    """Return the dossier of that edition; None when its text must be read first."""
    return next(iter(_place(edition)), None)


def parse_dossier(edition: Edition, text: str) -> PlanDossier:
    """Return the dossier of that edition's text, and keep it at hand."""
    dossier = PlanDossier.model_validate_json(text)
    issued = {"number": edition.number, "issued_on": edition.issued_on}
    plan = dossier.plan.model_copy(update=issued)
    found = dossier.model_copy(update={"plan": plan})
    _place(edition)[:] = [found]
    return found


@lru_cache(maxsize=DOSSIERS_KEPT)
def _place(_: Edition) -> list[PlanDossier]:
    """Where one dossier is kept: the same edition has the same place."""
    return []
