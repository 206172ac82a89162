"""What makes a plan impossible to carry out: contradictions that no default can settle."""

from models.coverage_checks import find_coverage_faults
from models.faults import Fault
from models.identity_checks import find_identity_faults
from models.plans import PlanDossier
from models.reference_checks import find_reference_faults
from models.timetable_checks import find_timetable_faults


def find_faults(dossier: PlanDossier) -> tuple[Fault, ...]:
    """Return every contradiction of the plan, its register and its catalogue; empty when sound."""
    return (
        *_commune_faults(dossier),
        *find_identity_faults(dossier),
        *find_reference_faults(dossier),
        *find_coverage_faults(dossier),
        *find_timetable_faults(dossier),
    )


def _commune_faults(dossier: PlanDossier) -> tuple[Fault, ...]:
    plan, register = dossier.plan, dossier.units
    if plan.commune == register.commune:
        return ()
    message = f"danh bạ là của “{register.commune}”, kế hoạch là của “{plan.commune}”"
    return (Fault(path=("units", "commune"), message=message),)
