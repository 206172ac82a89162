"""The reader of one filled form: reads cells, remembers where, and remarks on what is doubtful."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from models.answer_cells import CellDoubtError, formula_doubt, is_blank
from models.answer_fields import AnswerForm
from models.answer_tables import Place
from models.errors import AmbiguousNumberError
from models.submissions import Finding
from models.vietnamese import sentence_case
from models.workbooks import ReadCell

T = TypeVar("T")


@dataclass
class Reader:
    """What was found so far: remarks, the first cell of each field, the rows of each list."""

    form: AnswerForm
    year: int  # of days written without one
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    rows: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))

    def remark(self, field_id: str, place: Place, message: str, *, is_error: bool = True) -> None:
        """Add a remark that names the place."""
        told = f"{sentence_case(str(place))}: {message}"
        self.findings.append(Finding(field=field_id, message=told, is_error=is_error))

    def read(
        self, field_id: str, found: tuple[ReadCell | None, Place], how: Callable[[ReadCell], T]
    ) -> T | None:
        """Read a cell; None when it is blank, or doubtful and remarked on."""
        cell, place = found
        if cell is None or is_blank(cell):
            return None
        try:
            value = how(cell)
        except (CellDoubtError, AmbiguousNumberError) as error:
            self.remark(field_id, place, sentence_case(str(error)))
            return None
        if told := formula_doubt(cell):
            self.remark(field_id, place, sentence_case(told), is_error=False)
        return value
