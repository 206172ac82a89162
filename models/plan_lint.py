"""Lint of a plan: blanks, gaps and slips, each derived from the plan's own data."""

from datetime import date

from models.lint_assignments import ASSIGNMENT_RULES
from models.lint_findings import LintFinding
from models.lint_forms import FORM_RULES
from models.lint_recipients import RECIPIENT_RULES, UNCONFIRMED_CODE
from models.lint_timetables import TIMETABLE_RULES
from models.lint_wordings import WORDING_RULES
from models.plans import PlanDossier

__all__ = ["LintFinding", "lint_plan"]

RULES = (*FORM_RULES, *TIMETABLE_RULES, *ASSIGNMENT_RULES, *RECIPIENT_RULES, *WORDING_RULES)

LOUD_CODES = frozenset({UNCONFIRMED_CODE})


def lint_plan(dossier: PlanDossier, *, day: date) -> tuple[LintFinding, ...]:
    """Return every finding as of a day: blocking, then loud ones, then by code in plan order."""
    found = [finding for rule in RULES for finding in rule(dossier, day)]
    return tuple(sorted(found, key=_rank))


def _rank(finding: LintFinding) -> tuple[bool, bool, str]:
    return not finding.blocking, finding.code not in LOUD_CODES, finding.code
