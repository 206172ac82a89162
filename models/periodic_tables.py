"""The tables of a periodic report: figures of the turn, products asked for, duties of the plan."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from models.documents import ColumnAlign, Table, TableRow
from models.indicators import Aggregation, Indicator
from models.obligations import Obligation, Standing
from models.plans import Duty, Plan, PlanDossier, Requirement
from models.report_annexes import result_of
from models.report_layout import column, table
from models.report_outline import measure_of
from models.report_prose import Material
from models.total_values import Totals
from models.values import Value
from models.vietnamese import format_day

DONE = frozenset({Standing.DONE_ON_TIME, Standing.DONE_LATE, Standing.WAIVED})
_CENTER = ColumnAlign.CENTER


class Progress(Value):
    """How one requirement stands over all its units; ``overdue_units`` in official order."""

    requirement_id: str
    total: int
    done: int
    waiting: int
    due_soon: int
    overdue_units: tuple[str, ...]


def progress_of(
    dossier: PlanDossier,
    obligations: Iterable[Obligation],
    standings: Mapping[str, Standing],
) -> tuple[Progress, ...]:
    """Return the progress of each requirement that has obligations, in the plan's order.

    ``standings`` are by obligation id, as of the report's cut-off; what has none then was not owed.
    """
    mine: dict[str, list[Obligation]] = {}
    for obligation in obligations:
        if obligation.id in standings:
            mine.setdefault(obligation.requirement_id, []).append(obligation)
    return tuple(
        _progress(dossier, one, mine[one.id], standings)
        for one in dossier.plan.requirements
        if one.id in mine
    )


def _progress(
    dossier: PlanDossier,
    requirement: Requirement,
    obligations: Sequence[Obligation],
    standings: Mapping[str, Standing],
) -> Progress:
    found = [standings[obligation.id] for obligation in obligations]
    late = {o.unit_id for o in obligations if standings[o.id] is Standing.OVERDUE}
    return Progress(
        requirement_id=requirement.id,
        total=len(found),
        done=sum(standing in DONE for standing in found),
        waiting=found.count(Standing.WAITING_REVIEW),
        due_soon=found.count(Standing.DUE_SOON),
        overdue_units=tuple(u.name for u in dossier.units.units if u.id in late),
    )


def counted_indicators(dossier: PlanDossier, material: Material) -> list[Indicator]:
    """Return the indicators that are counted; opinions and lists of words are not."""
    return [
        one
        for one in dossier.catalogue.indicators
        if one.unit_of_measure and not isinstance(material.totals.total(one.id).value, tuple)
    ]


def known_indicators(dossier: PlanDossier, material: Material) -> list[Indicator]:
    """Return those of them that somebody has told a figure of."""
    totals = material.totals
    return [
        o for o in counted_indicators(dossier, material) if totals.total(o.id).value is not None
    ]


def results_table(dossier: PlanDossier, material: Material, previous: Totals | None) -> Table:
    """Return the figures there are, of this turn and up to now."""
    rows = []
    for one in known_indicators(dossier, material):
        total = material.totals.total(one.id)
        before = material.model_copy(update={"totals": previous}) if previous else None
        rows.append(
            TableRow(
                cells=(
                    one.name,
                    measure_of(one),
                    _growth(one.id, material, before),
                    result_of(total, material),
                    str(len(total.reporting_units)),
                    "Số ước tính" if total.estimated else "",
                ),
            ),
        )
    columns = (
        column("Chỉ tiêu", 3.4),
        column("Đơn vị tính", 1.0, _CENTER),
        column("Kỳ này", 1.0, _CENTER),
        column("Lũy kế", 1.2, _CENTER),
        column("Số đơn vị có số liệu", 1.0, _CENTER),
        column("Ghi chú", 1.2),
    )
    return table(columns, rows)


def _growth(indicator_id: str, now: Material, before: Material | None) -> str:
    """Return what the turn added; a percentage or a maximum does not grow by subtraction."""
    total = now.totals.total(indicator_id)
    earlier = before.totals.total(indicator_id) if before else None
    if total.aggregation in {Aggregation.MAX, Aggregation.COMPUTED}:
        return result_of(total, now) if total.value is None else "-"
    if isinstance(total.value, int) and earlier is not None and isinstance(earlier.value, int):
        return result_of(total.model_copy(update={"value": total.value - earlier.value}), now)
    return result_of(total, now)


def products_table(dossier: PlanDossier, progress: Sequence[Progress]) -> Table:
    """Return how far each product is that the plan asks for."""
    rows = [_product_row(dossier, place, one) for place, one in enumerate(progress, start=1)]
    columns = (
        column("STT", 0.5, _CENTER),
        column("Sản phẩm phải gửi", 2.6),
        column("Thời hạn", 2.0),
        column("Đã xong", 0.9, _CENTER),
        column("Chờ rà soát; sắp đến hạn", 1.2, _CENTER),
        column("Quá hạn", 2.2),
    )
    return table(columns, rows)


def _product_row(dossier: PlanDossier, place: int, one: Progress) -> TableRow:
    requirement = dossier.plan.requirement(one.requirement_id)
    wordings = dict.fromkeys(period.deadline.wording for period in requirement.periods)
    late = f"{len(one.overdue_units)}: {'; '.join(one.overdue_units)}" if one.overdue_units else "0"
    return TableRow(
        cells=(
            str(place),
            requirement.name,
            "; ".join(wordings),
            f"{one.done}/{one.total}",
            f"{one.waiting}; {one.due_soon}",
            late,
        ),
    )


def duties_table(dossier: PlanDossier, day: date) -> Table:
    """Return every duty of the plan with its time; how well it was done is for people to say."""
    rows: list[TableRow] = []
    for holder in dossier.plan.duty_holders:
        rows.append(TableRow(cells=(f"{holder.number}. {holder.name}", "", "", ""), heading=True))
        rows += [_duty_row(dossier.plan, duty, day) for duty in holder.duties]
    columns = (
        column("Nhiệm vụ", 4.0),
        column("Sản phẩm", 2.2),
        column("Thời gian", 1.4, _CENTER),
        column("Tình hình", 1.4),
    )
    return table(columns, rows)


def _duty_row(plan: Plan, duty: Duty, day: date) -> TableRow:
    phases = [phase for phase in plan.phases if phase.id in duty.phases] or list(plan.phases)
    ends = max(phase.ends_on for phase in phases)
    starts = [phase.starts_on for phase in phases]
    first = min((start for start in starts if start), default=None) if all(starts) else None
    standing = "Đang trong thời gian thực hiện"
    if day > ends:
        standing = "Đã hết thời gian thực hiện"
    elif first is not None and day < first:
        standing = "Chưa đến thời gian thực hiện"
    return TableRow(cells=(duty.text, duty.deliverable, f"Đến {format_day(ends)}", standing))
