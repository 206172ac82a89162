"""Where one figure of a report comes from, and whether its sources still yield it."""

from collections.abc import Sequence
from datetime import datetime

from models.coverage import Coverage, CoveredUnit
from models.figure_books import COVERAGE, PEOPLE, RATE, UNITS, FigureBook, FigureValue
from models.formulas import ids_in
from models.report_quotes import QUOTES, Quote, alike
from models.submissions import Channel, Row
from models.total_values import Source
from models.totals import trace
from models.values import Value
from models.vietnamese import format_number


class TracedSource(Value):
    """One value of one submission: what, whose, who sent it and when, and whether it counts."""

    unit_name: str
    submission_id: str
    version: int
    field: str
    value: str
    counted: bool
    why: str = ""
    sent_by: str = ""
    entered_by: str = ""
    received_at: datetime | None = None
    channel: Channel | None = None


class FigureTrace(Value):
    """A figure with all it comes from; ``recomputed`` is made anew from the ledger.

    ``inputs`` are the figures that a formula computes with; ``units`` those that a count of units
    counts; ``statements`` the clauses and rows that show it.
    """

    reference: str
    name: str
    measure: str
    value: FigureValue | None
    recomputed: FigureValue | None
    formula: str = ""
    inputs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    sources: tuple[TracedSource, ...] = ()
    statements: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the sources yield the figure that the report shows."""
        return self.value == self.recomputed


def sources_behind(reference: str, book: FigureBook) -> tuple[Source, ...]:
    """Return the sources of a figure, counted ones first; a count of units has none.

    Raises:
        UsageError: no figure has that reference.
    """
    book.value(reference)
    if reference.startswith(COVERAGE):
        return ()
    if reference.startswith(QUOTES):
        return tuple(_said(quote) for quote in quotes_behind(reference, book.quotes))
    if reference.startswith(PEOPLE):
        id_, _, key = reference.removeprefix(PEOPLE).partition(".")
        return tuple(s for s in trace(book.totals, id_) if s.key == key)
    id_, _, key = reference.removeprefix(UNITS).removeprefix(RATE).partition(".")
    found = trace(book.totals, id_)
    return tuple(s for s in found if _is_of(s, key)) if key else found


def quotes_behind(reference: str, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return who says what the quotation of a reference says."""
    place, _, number = reference.removeprefix(QUOTES).rpartition(".")
    groups = alike([quote for quote in quotes if quote.place == place])
    return groups[int(number) - 1]


def units_behind(reference: str, coverage: Coverage) -> tuple[str, ...]:
    """Return the names of the units that a count of the coverage counts."""
    group = reference.removeprefix(COVERAGE)
    units: tuple[CoveredUnit, ...] = getattr(coverage, group)
    return tuple(unit.name for unit in units)


def formula_of(reference: str, book: FigureBook) -> tuple[str, tuple[str, ...]]:
    """Return the formula of a computed figure and the figures it names; empty for any other."""
    if reference.startswith(RATE):
        id_ = reference.removeprefix(RATE)
        inputs = (id_, f"{UNITS}{id_}")
        return f"100 * {inputs[0]} / {inputs[1]}", inputs
    if "." in reference:
        return "", ()
    formula = book.totals.total(reference).formula or ""
    known = {total.indicator_id for total in book.totals.totals}
    return formula, tuple(id_ for id_ in ids_in(formula) if id_ in known)


def told(value: int | bool | str | Row) -> str:  # noqa: FBT001 - a value of a source
    """Return a source's value as a person reads it."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int):
        return format_number(value)
    return value if isinstance(value, str) else ", ".join(told(cell) for cell in value.values())


def _is_of(source: Source, key: str) -> bool:
    row = source.value
    return row.get("type") == key if isinstance(row, dict) else source.key == key


def _said(quote: Quote) -> Source:
    return Source(
        submission_id=quote.submission_id, unit_id=quote.unit_id, field=quote.place,
        value=quote.text,
    )  # fmt: skip
