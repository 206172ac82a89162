"""What an obligation asks for, in the plan's own words."""

from models.obligations import Obligation
from models.plans import PlanDossier, RequirementKind


def product_name(dossier: PlanDossier, obligation: Obligation) -> str:
    """The product as within a sentence: requirement, period, and for a review whose plan it is."""
    requirement = dossier.plan.requirement(obligation.requirement_id)
    return f"{requirement.name}{_which(dossier, obligation)}"


def short_product_name(dossier: PlanDossier, obligation: Obligation) -> str:
    """The product as in a subject."""
    requirement = dossier.plan.requirement(obligation.requirement_id)
    return f"{requirement.short_name}{_which(dossier, obligation)}"


def _which(dossier: PlanDossier, obligation: Obligation) -> str:
    requirement = dossier.plan.requirement(obligation.requirement_id)
    if requirement.kind is RequirementKind.COMPLIANCE_REVIEW:
        unit_id, _, version = obligation.period.partition(":")
        again = f" (lần {version})" if version not in {"", "1"} else ""
        return f" của {dossier.units.unit(unit_id).name}{again}"
    name = {p.id: p.name for p in requirement.periods}.get(obligation.period, "")
    return f" {name}" if name else ""
