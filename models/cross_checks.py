"""What looks wrong across reports (domain.md 3.1, V1-V8); each asks, none is merged or mended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from difflib import SequenceMatcher
from itertools import combinations

from models.answer_values import amount, is_support
from models.event_roles import direct_lists, event_lists, event_rows
from models.indicators import IndicatorCatalogue, IndicatorType
from models.plans import PlanDossier
from models.report_events import ReportEvent, held_on
from models.submissions import FieldValue
from models.total_values import AcceptedReport, Totals
from models.totals import number_of
from models.validation_shapes import MONEY_STEP
from models.values import Value
from models.vietnamese import clean_text, fold_key, format_day, format_number

_SAME_TITLE = 0.85
_SAME_DAYS = timedelta(days=1)


class CrossFinding(Value):
    """One doubt; ``code`` is V1..V8 of domain.md 3.1, ``field`` an indicator id or ``answer``."""

    code: str
    field: str
    units: tuple[str, ...]
    message: str


def cross_check(
    dossier: PlanDossier,
    reports: Sequence[AcceptedReport],
    totals: Totals,
    *,
    events: Sequence[ReportEvent],
    ceilings: Mapping[str, int] | None = None,
) -> tuple[CrossFinding, ...]:
    """Return the doubts that need no history; ``ceilings`` are most values from the register.

    V4 needs the period before and V6 is asked about where the number is read.
    """
    ordered = sorted(reports, key=lambda report: report.submission_id)
    return (
        *_outside_window(dossier, ordered),
        *_twice_led(events),
        *_unlike_rows(dossier.catalogue, ordered),
        *_idle_with_story(ordered),
        *_broken_money(dossier.catalogue, ordered),
        *_over_ceiling(totals, ceilings or {}),
    )


def _outside_window(
    dossier: PlanDossier,
    reports: Sequence[AcceptedReport],
) -> Iterator[CrossFinding]:
    plan = dossier.plan
    first = plan.issued_on or (plan.issue_window[0] if plan.issue_window else date.min)
    last = max(phase.ends_on for phase in plan.phases)
    for report in reports:
        for id_, row in event_rows(report.answer, event_lists(dossier.catalogue)):
            day = held_on(row)
            if day is not None and not first <= day <= last:
                yield CrossFinding(
                    code="V1",
                    field=id_,
                    units=(report.unit_id,),
                    message=(
                        f"Hoạt động “{row.get('title', '')}” ghi ngày {format_day(day)}, ngoài "
                        f"thời gian thực hiện kế hoạch (đến {format_day(last)}); đề nghị kiểm tra."
                    ),
                )


def _twice_led(events: Sequence[ReportEvent]) -> Iterator[CrossFinding]:
    for one, other in combinations(events, 2):
        if one.lead and other.lead and one.event_id != other.event_id and _look_same(one, other):
            yield CrossFinding(
                code="V2",
                field=one.indicator_id,
                units=(one.lead, other.lead),
                message=(
                    f"“{one.title}” và “{other.title}” có thể là một hoạt động được hai đơn vị "
                    "cùng báo chủ trì; đề nghị xác định đơn vị chủ trì."
                ),
            )


def _look_same(one: ReportEvent, other: ReportEvent) -> bool:
    if one.held_on is None or other.held_on is None or one.lead == other.lead:
        return False
    if abs(one.held_on - other.held_on) > _SAME_DAYS:
        return False
    if fold_key(one.place) != fold_key(other.place):
        return False
    titles = SequenceMatcher(None, fold_key(one.title), fold_key(other.title))
    return titles.ratio() >= _SAME_TITLE


def _unlike_rows(
    catalogue: IndicatorCatalogue,
    reports: Sequence[AcceptedReport],
) -> Iterator[CrossFinding]:
    direct = direct_lists(catalogue)
    for report in reports:
        for id_, lists in direct.items():
            said, in_rows = amount(report.answer.values.get(id_)), _people(report, lists)
            if said is not None and in_rows is not None and said != in_rows:
                yield CrossFinding(
                    code="V3",
                    field=id_,
                    units=(report.unit_id,),
                    message=(
                        f"{id_} ghi {format_number(said)} nhưng cộng số người từng hoạt động "
                        f"({', '.join(lists)}) là {format_number(in_rows)}; đề nghị kiểm tra."
                    ),
                )


def _people(report: AcceptedReport, lists: tuple[str, ...]) -> int | None:
    rows = event_rows(report.answer, lists)
    led = [row for _, row in rows if not is_support(row)] or [row for _, row in rows]
    counts = [row.get("participants") for row in led]
    known = [count for count in counts if isinstance(count, int)]
    return sum(known) if known and len(known) == len(counts) else None


def _idle_with_story(reports: Sequence[AcceptedReport]) -> Iterator[CrossFinding]:
    for report in reports:
        amounts = [a for a in map(amount, report.answer.values.values()) if a is not None]
        if amounts and not any(amounts) and any(map(clean_text, _stories(report))):
            yield CrossFinding(
                code="V5",
                field="answer",
                units=(report.unit_id,),
                message="Mọi số liệu bằng 0 nhưng có thuyết minh hoạt động; đề nghị trả lại.",
            )


def _stories(report: AcceptedReport) -> Iterator[str]:
    yield from report.answer.narrative.values()
    yield from (value for value in report.answer.values.values() if isinstance(value, str))


def _broken_money(
    catalogue: IndicatorCatalogue,
    reports: Sequence[AcceptedReport],
) -> Iterator[CrossFinding]:
    money = [one.id for one in catalogue.indicators if one.type is IndicatorType.MONEY]
    for report in reports:
        for id_ in money:
            value: FieldValue = report.answer.values.get(id_, 0)
            if isinstance(value, int) and value % MONEY_STEP:
                yield CrossFinding(
                    code="V7",
                    field=id_,
                    units=(report.unit_id,),
                    message=(
                        f"{id_} ghi {format_number(value)} đồng, không tròn nghìn đồng; "
                        "đề nghị kiểm tra đơn vị tính."
                    ),
                )


def _over_ceiling(totals: Totals, ceilings: Mapping[str, int]) -> Iterator[CrossFinding]:
    for total in totals.totals:
        most, number = ceilings.get(total.indicator_id), number_of(total)
        if most is not None and number is not None and number > most:
            yield CrossFinding(
                code="V8",
                field=total.indicator_id,
                units=total.reporting_units,
                message=(
                    f"{total.indicator_id} cộng được {format_number(number)}, vượt số của xã là "
                    f"{format_number(most)}; đề nghị kiểm tra trùng lặp."
                ),
            )
