"""Totals of all accepted reports, with provenance, and their recomputation from the sources."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from models.errors import UsageError
from models.event_roles import governing_lists, only_supports
from models.formulas import evaluate, ids_in
from models.indicators import Aggregation, Indicator, IndicatorCatalogue
from models.total_sources import sources_of
from models.total_values import AcceptedReport, Source, Total, Totals, TotalValue

__all__ = [
    "AcceptedReport",
    "Source",
    "Total",
    "TotalValue",
    "Totals",
    "compute_totals",
    "number_of",
    "recheck",
    "rounded_figure",
    "trace",
]

_ONE_PLACE = Decimal("0.1")


def compute_totals(
    catalogue: IndicatorCatalogue,
    reports: Sequence[AcceptedReport],
    *,
    constants: Mapping[str, int] | None = None,
) -> Totals:
    """Return every figure of the catalogue from the accepted reports, in whatever order they come.

    Raises:
        UsageError: two reports answer one obligation, or a formula is unreadable or circular.
    """
    ordered = sorted(reports, key=lambda r: (r.unit_id, r.obligation_id, r.submission_id))
    _refuse_two_answers(ordered)
    read = _read(catalogue, ordered)
    known = dict(constants or {})
    return Totals(
        catalogue_id=catalogue.id,
        totals=tuple(_finished(read, id_, known, ()) for id_ in read),
        nil_units=tuple(sorted({r.unit_id for r in ordered if r.answer.nil_reason is not None})),
        constants=known,
    )


def trace(totals: Totals, indicator_id: str) -> tuple[Source, ...]:
    """Return the sources of a figure, counted ones first; of a computed one those of its inputs.

    Raises:
        KeyError: no figure has that id.
    """
    total = totals.total(indicator_id)
    found = total.sources
    if total.formula:
        known = {one.indicator_id for one in totals.totals}
        inputs = (id_ for id_ in ids_in(total.formula) if id_ in known)
        found += tuple(source for id_ in inputs for source in trace(totals, id_))
    return tuple(sorted(found, key=lambda source: not source.counted))


def recheck(totals: Totals) -> tuple[str, ...]:
    """Return a message for each figure that its own sources do not yield; empty when all hold."""
    faults = []
    read = {total.indicator_id: total for total in totals.totals}
    for id_, total in read.items():
        again = _finished(read, id_, totals.constants, ()).value
        if again != total.value:
            faults.append(
                f"Chỉ tiêu {id_}: số đã lưu là {total.value}, tính lại từ nguồn là {again}; "
                "đề nghị tổng hợp lại trước khi phát hành.",
            )
    return tuple(faults)


def number_of(total: Total) -> int | Decimal | None:
    """Return a total as one number; a map adds up, texts have none."""
    if isinstance(total.value, dict):
        return sum(total.value.values())
    return None if isinstance(total.value, tuple) else total.value


def _refuse_two_answers(reports: Sequence[AcceptedReport]) -> None:
    seen: dict[str, str] = {}
    for report in reports:
        other = seen.get(report.obligation_id)
        if other is not None:
            raise UsageError(
                f"Nghĩa vụ {report.obligation_id} có hai bản được tính ({other}, "
                f"{report.submission_id}); chỉ chọn một bản đã duyệt.",
            )
        seen[report.obligation_id] = report.submission_id


def _read(
    catalogue: IndicatorCatalogue,
    reports: Sequence[AcceptedReport],
) -> dict[str, Total]:
    """Return each indicator's sources; lists first, for numbers of events depend on them."""
    governing = governing_lists(catalogue)
    read: dict[str, Total] = {}
    for one in catalogue.indicators:
        if one.id not in governing:
            read[one.id] = _gathered(one, sources_of(one, reports, frozenset()))
    for one in catalogue.indicators:
        if one.id in governing:
            supporting = _supporting(reports, governing[one.id], read)
            read[one.id] = _gathered(one, sources_of(one, reports, supporting))
    return {one.id: read[one.id] for one in catalogue.indicators}


def _supporting(
    reports: Sequence[AcceptedReport],
    events: tuple[str, ...],
    read: Mapping[str, Total],
) -> frozenset[str]:
    """Return the submissions that only supported those events, and of which no event counts."""
    counted = {source.submission_id for id_ in events for source in read[id_].counted}
    found = (r.submission_id for r in reports if only_supports(r.answer, events))
    return frozenset(found) - counted


def _gathered(indicator: Indicator, sources: tuple[Source, ...]) -> Total:
    return Total(
        indicator_id=indicator.id,
        value=None,
        aggregation=indicator.aggregation,
        sources=sources,
        reporting_units=tuple(sorted({source.unit_id for source in sources})),
        estimated=indicator.estimated,
        formula=indicator.formula if indicator.aggregation is Aggregation.COMPUTED else None,
    )


def _finished(
    read: Mapping[str, Total],
    id_: str,
    constants: Mapping[str, int],
    path: tuple[str, ...],
) -> Total:
    """Return a total with its value from its sources, or from the totals its formula names."""
    total = read[id_]
    if total.aggregation is not Aggregation.COMPUTED:
        counted = total.counted
        value = _VALUES[total.aggregation](counted) if counted else None
        return total.model_copy(update={"value": value})
    if id_ in path:
        raise UsageError(f"Công thức của chỉ tiêu {id_} quay vòng; đề nghị sửa danh mục chỉ tiêu.")
    formula = total.formula or ""
    inputs = {
        name: _finished(read, name, constants, (*path, id_))
        for name in ids_in(formula)
        if name in read
    }
    numbers = {name: number_of(found) for name, found in inputs.items()}
    known = {name: None if n is None else Fraction(n) for name, n in numbers.items()}
    result = evaluate(formula, {**constants, **known}) if formula else None
    units = {unit for found in inputs.values() for unit in found.reporting_units}
    missing = tuple(n for n in ids_in(formula) if n not in constants and known.get(n) is None)
    return total.model_copy(
        update={
            "value": None if result is None else rounded_figure(result),
            "reporting_units": tuple(sorted(units)),
            "estimated": total.estimated or any(found.estimated for found in inputs.values()),
            "missing_inputs": missing,
        },
    )


def rounded_figure(result: Fraction) -> int | Decimal:
    """Return a computed figure to one place after the comma, half up; whole ones as int."""
    if result.denominator == 1:
        return result.numerator
    exact = Decimal(result.numerator) / Decimal(result.denominator)
    rounded = exact.quantize(_ONE_PLACE, rounding=ROUND_HALF_UP)
    # Whole ones are int: stored as 100.0, a figure would come back as 100 and change the hash.
    return int(rounded) if rounded == rounded.to_integral_value() else rounded


def _count(source: Source) -> int:
    return source.value if isinstance(source.value, int) else 0


def _sum(counted: Sequence[Source]) -> int:
    return sum(map(_count, counted))


def _sum_by_key(counted: Sequence[Source]) -> dict[str, int]:
    keys = sorted({source.key for source in counted})
    return {key: _sum([s for s in counted if s.key == key]) for key in keys}


def _distinct(counted: Sequence[Source]) -> int:
    return len({source.key for source in counted if source.key})


def _largest(counted: Sequence[Source]) -> int:
    return max(map(_count, counted))


def _count_true(counted: Sequence[Source]) -> int:
    return sum(source.value is True for source in counted)


def _listed(counted: Sequence[Source]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(source.value) for source in counted))


_VALUES: dict[Aggregation, Callable[[Sequence[Source]], TotalValue]] = {
    Aggregation.SUM: _sum,
    Aggregation.SUM_BY_KEY: _sum_by_key,
    Aggregation.DISTINCT: _distinct,
    Aggregation.MAX: _largest,
    Aggregation.COUNT_TRUE: _count_true,
    Aggregation.LIST: _listed,
}
