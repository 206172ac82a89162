"""Answers as spreadsheets: the form that goes out, and what a form that came back says."""

from models.submissions import Answer, Finding
from models.values import Value

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookFile(Value):
    """A spreadsheet ready to travel."""

    name: str
    media_type: str = XLSX
    content: bytes


class WorkbookAnswer(Value):
    """What a filled form says: for which obligation, from which version on, with what remarks.

    ``answer`` holds only what the form leaves open and what could be read. ``findings`` name the
    cell and sheet; with an error among them the answer is not to be stored as it is. Rules that
    the answer breaks are among them, so that ``validate_answer`` need not be asked again.
    ``started_from`` is the version the form was made after: lower than the obligation's, the unit
    has sent something else since.
    """

    obligation_id: str
    started_from: int
    answer: Answer
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended before the answer is stored."""
        return tuple(finding for finding in self.findings if finding.is_error)
