"""The sources of one indicator in all reports, each marked as counted or not, and why."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from models.answer_values import choices_of, identity, is_support
from models.indicators import Aggregation, Indicator, IndicatorType
from models.submissions import FieldValue, Row
from models.total_values import AcceptedReport, Source
from models.vietnamese import clean_text

ONLY_SUPPORTS = "đơn vị chỉ phối hợp; số liệu do đơn vị chủ trì báo cáo"
LEAD_COUNTS = "đơn vị phối hợp; đã tính theo báo cáo của đơn vị chủ trì"
NO_LEAD = "đơn vị phối hợp; chưa có đơn vị chủ trì báo cáo nên tạm tính theo đơn vị này"
SUPPORTED_TWICE = "đơn vị phối hợp; đã tính theo một đơn vị phối hợp khác"
REPEATED = "trùng với dòng đã tính"
NO_KEY = "thiếu mã nhận biết nên không tính được"
NOT_A_NUMBER = "giá trị không phải số nguyên không âm"
NOT_FITTING = "giá trị không đúng kiểu của chỉ tiêu"
BY_FORMULA = "chỉ tiêu được tính theo công thức"

Given = tuple[AcceptedReport, FieldValue]


def sources_of(
    indicator: Indicator,
    reports: Sequence[AcceptedReport],
    supporting: AbstractSet[str],
) -> tuple[Source, ...]:
    """Return the sources of an indicator; numbers of the ``supporting`` submissions do not count.

    ``reports`` come in a fixed order: of two equal things the first counts.
    """
    given = [(r, r.answer.values[indicator.id]) for r in reports if indicator.id in r.answer.values]
    if indicator.aggregation is Aggregation.DISTINCT:
        return tuple(_distinct(indicator, given))
    read = _READERS[indicator.aggregation]
    found = (source for report, value in given for source in read(indicator, report, value))
    return tuple(
        _left_out(s, ONLY_SUPPORTS) if s.counted and s.submission_id in supporting else s
        for s in found
    )


def _left_out(source: Source, why: str) -> Source:
    return source.model_copy(update={"counted": False, "why": why})


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _numbers(indicator: Indicator, report: AcceptedReport, value: FieldValue) -> Iterator[Source]:
    source = _source(report, indicator.id, value)
    yield source if _is_count(value) else _left_out(source, NOT_A_NUMBER)


def _by_key(indicator: Indicator, report: AcceptedReport, value: FieldValue) -> Iterator[Source]:
    if not isinstance(value, dict):
        yield _left_out(_source(report, indicator.id, value), NOT_FITTING)
        return
    for key, number in sorted(value.items()):
        source = _source(report, f"{indicator.id}.{key}", number, key)
        yield source if _is_count(number) else _left_out(source, NOT_A_NUMBER)


def _truths(indicator: Indicator, report: AcceptedReport, value: FieldValue) -> Iterator[Source]:
    source = _source(report, indicator.id, value)
    yield source if isinstance(value, bool) else _left_out(source, NOT_FITTING)


def _texts(indicator: Indicator, report: AcceptedReport, value: FieldValue) -> Iterator[Source]:
    if indicator.type is IndicatorType.ENUM_LIST:
        found = choices_of(value)
    elif isinstance(value, str):
        found = tuple(filter(None, (clean_text(value),)))
    else:
        yield _left_out(_source(report, indicator.id, value), NOT_FITTING)
        return
    for text in found:
        yield _source(report, indicator.id, text)


def _computed(indicator: Indicator, report: AcceptedReport, value: FieldValue) -> Iterator[Source]:
    yield _left_out(_source(report, indicator.id, value), BY_FORMULA)


def _source(report: AcceptedReport, field: str, value: FieldValue, key: str = "") -> Source:
    plain = value if isinstance(value, (int, str)) else str(value)
    return Source(
        submission_id=report.submission_id,
        unit_id=report.unit_id,
        field=field,
        value=plain,
        key=key,
    )


def _distinct(indicator: Indicator, given: Sequence[Given]) -> Iterator[Source]:
    """Count each thing once: by its lead, else by the first unit that supported it."""
    rows = [source for report, value in given for source in _rows(indicator, report, value)]
    led = {s.key for s in rows if s.counted and s.key and not _supports(s)}
    taken: set[tuple[str, bool]] = set()
    for source in rows:
        if not source.counted or not source.key:
            yield source
            continue
        supports = _supports(source)
        is_first = (source.key, supports) not in taken
        taken.add((source.key, supports))
        yield _judged(source, is_led=source.key in led, is_first=is_first)


def _judged(source: Source, *, is_led: bool, is_first: bool) -> Source:
    if not _supports(source):
        return source if is_first else _left_out(source, REPEATED)
    if is_led:
        return _left_out(source, LEAD_COUNTS)
    if not is_first:
        return _left_out(source, SUPPORTED_TWICE)
    return source.model_copy(update={"why": NO_LEAD})


def _supports(source: Source) -> bool:
    return isinstance(source.value, dict) and is_support(source.value)


def _rows(indicator: Indicator, report: AcceptedReport, value: FieldValue) -> Iterator[Source]:
    if not isinstance(value, tuple):
        yield _left_out(_source(report, indicator.id, value), NOT_FITTING)
        return
    if not value:  # an empty list says zero, which is not silence
        yield _source(report, indicator.id, 0)
    for place, row in enumerate(value, start=1):
        yield _row(indicator, report, row, f"{indicator.id}[{place}]")


def _row(indicator: Indicator, report: AcceptedReport, row: Row, field: str) -> Source:
    key = identity(row, indicator.key)
    return Source(
        submission_id=report.submission_id,
        unit_id=report.unit_id,
        field=field,
        value=row,
        counted=key is not None,
        why="" if key else NO_KEY,
        key=key or "",
    )


_READERS: dict[
    Aggregation,
    Callable[[Indicator, AcceptedReport, FieldValue], Iterator[Source]],
] = {
    Aggregation.SUM: _numbers,
    Aggregation.MAX: _numbers,
    Aggregation.SUM_BY_KEY: _by_key,
    Aggregation.COUNT_TRUE: _truths,
    Aggregation.LIST: _texts,
    Aggregation.COMPUTED: _computed,
}
