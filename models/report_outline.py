"""The outline of a report as data: headings, and sentences with places for figures."""

from pydantic import Field

from models.indicators import Aggregation, Indicator, IndicatorCatalogue, IndicatorType
from models.values import Value


class OutlineClause(Value):
    """A piece of a sentence, e.g. "phát {TT01} lượt"; dropped when a figure in it is missing.

    ``{TT04.zalo}`` is one key of a map, ``{HD05.truong_hoc}`` the rows of one type. ``when_zero``
    stands instead when every figure in the clause is 0.
    """

    text: str
    when_zero: str | None = None


class OutlineSentence(Value):
    """An opening and its clauses, joined by commas; dropped when no clause is left."""

    opening: str = ""
    clauses: tuple[OutlineClause, ...]


class OutlinePart(Value):
    """One numbered part; ``key`` names it for edits, which replace its text.

    ``quotes`` are text indicators, or keys of the units' narratives, quoted with the unit's name.
    A part with nothing to say is left out, unless ``when_empty`` tells what stands then.
    ``free_numbers`` is for plans ahead, whose numbers are in no report.
    """

    key: str
    heading: str | None = None
    sentences: tuple[OutlineSentence, ...] = ()
    quotes: tuple[str, ...] = ()
    coverage: bool = False  # who reported and who did not
    when_empty: str | None = None
    free_numbers: bool = False


class OutlineSection(Value):
    """One section with a Roman number."""

    heading: str
    parts: tuple[OutlinePart, ...]


class ReportOutline(Value):
    """A report's outline; ``labels`` are the words for keys and choices of the catalogue."""

    id: str
    sections: tuple[OutlineSection, ...]
    labels: dict[str, str] = Field(default_factory=dict)


def outline_from_catalogue(catalogue: IndicatorCatalogue) -> ReportOutline:
    """Return a plain outline, one part per section of the catalogue, for a plan without its own."""
    results = tuple(_part(catalogue, letter, title) for letter, title in catalogue.sections.items())
    opinions = tuple(
        OutlinePart(key=one.id, heading=one.name, quotes=(one.id,))
        for one in catalogue.indicators
        if one.type is IndicatorType.TEXT
    )
    coverage = OutlinePart(key="coverage", coverage=True)
    return ReportOutline(
        id=catalogue.id,
        sections=(
            OutlineSection(heading="Tình hình gửi báo cáo", parts=(coverage,)),
            OutlineSection(heading="Kết quả thực hiện", parts=results),
            OutlineSection(heading="Đánh giá, đề xuất", parts=opinions),
        ),
    )


def _part(catalogue: IndicatorCatalogue, letter: str, title: str) -> OutlinePart:
    told = (
        OutlineSentence(clauses=(OutlineClause(text=_told(one)),))
        for one in catalogue.indicators
        if one.section == letter and one.type is not IndicatorType.TEXT
    )
    return OutlinePart(key=f"section_{letter}", heading=title, sentences=tuple(told))


def _told(indicator: Indicator) -> str:
    estimated = " (ước tính)" if indicator.estimated else ""
    return f"{indicator.name}: {{{indicator.id}}} {measure_of(indicator)}".strip() + estimated


def measure_of(indicator: Indicator) -> str:
    """Return what a total of the indicator is counted in; a count of yes is a count of units."""
    is_count = indicator.aggregation is Aggregation.COUNT_TRUE
    return "đơn vị" if is_count else indicator.unit_of_measure
