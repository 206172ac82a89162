"""Totals and where each comes from: report, field, and whether and why it was counted."""

from decimal import Decimal

from pydantic import Field

from models.indicators import Aggregation
from models.submissions import Answer, Row
from models.values import Value

TotalValue = int | Decimal | dict[str, int] | tuple[str, ...]


class AcceptedReport(Value):
    """The accepted version of one unit's answer to one obligation."""

    unit_id: str
    submission_id: str
    obligation_id: str
    answer: Answer


class Source(Value):
    """One value of one submission behind a total; ``field`` tells the place, e.g. HD01[2].

    ``key`` is the thing that ``distinct`` counts once, or the key of a map. ``why`` tells in
    Vietnamese why a value was left out, or what is doubtful about one that counts.
    """

    submission_id: str
    unit_id: str
    field: str
    value: int | bool | str | Row
    counted: bool = True
    why: str = ""
    key: str = ""


class Total(Value):
    """One figure; ``value`` None is "chưa có số liệu" and differs from 0.

    ``missing_inputs`` are the ids a computed sum had to leave out. ``reporting_units`` are those
    that gave a value, sorted by id.
    """

    indicator_id: str
    value: TotalValue | None
    aggregation: Aggregation
    sources: tuple[Source, ...] = ()
    reporting_units: tuple[str, ...] = ()
    estimated: bool = False
    formula: str | None = None
    missing_inputs: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[Source, ...]:
        """The sources that make up the value."""
        return tuple(source for source in self.sources if source.counted)


class Totals(Value):
    """All figures of one synthesis, in the catalogue's order.

    ``nil_units`` reported không phát sinh; ``constants`` are figures of the commune's register
    that formulas use, e.g. the number of villages.
    """

    catalogue_id: str
    totals: tuple[Total, ...]
    nil_units: tuple[str, ...] = ()
    constants: dict[str, int] = Field(default_factory=dict)

    def total(self, indicator_id: str) -> Total:
        """The figure of that indicator.

        Raises:
            KeyError: no figure has that id.
        """
        for total in self.totals:
            if total.indicator_id == indicator_id:
                return total
        raise KeyError(indicator_id)
