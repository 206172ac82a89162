"""A rule set for the form of documents, and what a document was found to break of it."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from pydantic import Field

from models.values import Value

EVERY_KIND = "A"


class Severity(StrEnum):
    """How much a breach matters: an error must be mended before the document is issued."""

    ERROR = "E"
    WARNING = "W"
    REMARK = "I"


class Medium(StrEnum):
    """Where a point can be seen."""

    DOCX = "docx"
    PDF = "pdf"
    REGISTER = "register"


class LookRule(Value):
    """How a line must look; None leaves a property free."""

    least_pt: float | None = None
    most_pt: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    capitals: bool | None = None
    align: str | None = None


class RulePoint(Value):
    """One checkable point; every number and pattern of its check is here."""

    id: str
    scope: tuple[str, ...] = (EVERY_KIND,)
    spared: tuple[str, ...] = ()  # kinds that the point is not about, though its scope is all
    severity: Severity
    clause: str
    title: str
    mend: str
    seen_in: tuple[Medium, ...] = (Medium.DOCX, Medium.PDF)
    look: LookRule = LookRule()
    title_look: LookRule = LookRule()
    reference_look: LookRule = LookRule()
    limits: dict[str, float] = Field(default_factory=dict)
    texts: dict[str, str] = Field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    def binds(self, kind: str) -> bool:
        """Tell whether the point is about documents of this kind."""
        return kind not in self.spared and (EVERY_KIND in self.scope or kind in self.scope)


class RuleSet(Value):
    """A version of the rules; ``kinds`` are the abbreviations of type names in capitals."""

    id: str
    title: str
    effective_from: date
    tolerance_mm: float
    tolerance_pt: float
    most_findings: int
    kinds: dict[str, str]
    points: tuple[RulePoint, ...]

    def point(self, point_id: str) -> RulePoint:
        """Return the point of an id.

        Raises:
            KeyError: there is none.
        """
        for point in self.points:
            if point.id == point_id:
                return point
        raise KeyError(point_id)


class Breach(Value):
    """One breach: where it is, the words concerned, what is wrong and how to mend it."""

    point: str
    severity: Severity
    place: str
    quote: str = ""
    wrong: str
    mend: str
    clause: str = ""


class Unseen(Value):
    """A point that this reading could not judge, and why."""

    point: str
    title: str
    reason: str


class FormVerdict(Value):
    """What was found in one document, in the order of the points."""

    rule_set: str
    kind: str
    medium: Medium
    breaches: tuple[Breach, ...]
    unseen: tuple[Unseen, ...] = ()

    def count(self, severity: Severity) -> int:
        """Count the breaches of a severity."""
        return sum(breach.severity is severity for breach in self.breaches)

    def is_refused(self, *, strict: bool = False) -> bool:
        """Tell whether errors (when ``strict``, warnings too) were found."""
        return bool(self.count(Severity.ERROR) or (strict and self.count(Severity.WARNING)))


Breaches = Iterator[Breach]
