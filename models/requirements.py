"""Requirements: the products a plan asks for, by whom and when."""

from datetime import date, datetime
from enum import StrEnum

from models.deadlines import Deadline, Origin
from models.values import Value


class RequirementKind(StrEnum):
    """The kinds of product a unit can owe."""

    ACKNOWLEDGEMENT = "acknowledgement"
    DETAILED_PLAN = "detailed_plan"
    PERIODIC_REPORT = "periodic_report"
    UNIT_REPORT = "unit_report"
    VILLAGE_SHEET = "village_sheet"
    COMPLIANCE_REVIEW = "compliance_review"
    SYNTHESIS = "synthesis"
    FINAL_REPORT = "final_report"


class Period(Value):
    """One turn of a requirement; ``cutoff`` is the instant its figures are taken at."""

    id: str
    name: str = ""
    cutoff: datetime | None = None
    deadline: Deadline


class Requirement(Value):
    """A product owed: by which holders, when, checked by whom, chased by which ladder.

    ``opens_on_receipt_of`` names another requirement: an obligation of this one is opened for
    each product received there (a compliance review for each detailed plan), with that
    product's unit as its period.
    """

    id: str
    kind: RequirementKind
    name: str  # as in "chưa nhận được {name}"
    short_name: str  # as in a subject line
    phase: str
    holders: tuple[str, ...]
    line: str | None = None
    basis: str | None = None
    periods: tuple[Period, ...]
    indicators: tuple[str, ...] = ()  # empty and ``asks_indicators``: all that name the holder
    asks_indicators: bool = False
    ladder: str = "default"  # a ladder of the reminder policy; "none" is never chased
    chase_until: date | None = None  # first day on which nobody is chased any more
    reviewed_by: str | None = None  # unit that accepts it; None: accepted on receipt
    opens_on_receipt_of: str | None = None
    supplement_until: datetime | None = None
    origin: Origin = Origin.SOURCE


class Buffers(Value):
    """Working days kept between the internal deadline and the province's (domain.md 1.5)."""

    synthesis_days: int
    form_check_days: int
    signing_days: int
    issue_reserve_days: int
    supplement_days: int = 0
    draft_days_before: int = 2  # an automatic draft this many working days before the deadline
