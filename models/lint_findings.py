"""Findings: what a careful officer would ask about a plan before putting it in force."""

from collections.abc import Callable, Iterator
from datetime import date

from models.plans import PlanDossier
from models.values import Value


class LintFinding(Value):
    """One finding; the numbers up to ``L44`` are the rows of domain.md 1.4.

    ``where`` is the field or the id it is about, ``default`` what the engine does until somebody
    decides otherwise; a ``blocking`` finding must be settled before the plan is put in force.
    """

    code: str
    title: str
    where: str
    message: str
    blocking: bool = False
    default: str = ""


Findings = Iterator[LintFinding]
LintRule = Callable[[PlanDossier, date], Findings]
