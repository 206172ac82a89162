"""Báo cáo định kỳ: the coordinator's report to the People's Committee of the commune."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from models.coverage import Coverage
from models.documents import Block, ColumnAlign, OfficialDocument, Table, TableRow
from models.indicators import Aggregation
from models.obligations import Obligation, Standing
from models.plans import Duty, Plan, PlanDossier, Requirement
from models.report_annexes import result_of
from models.report_layout import body, column, note, point, section, table
from models.report_outline import ReportOutline, measure_of
from models.report_prose import Material, coverage_passage, gather
from models.report_wording import abbreviation_of, numbered, shortened, written_day
from models.total_values import Totals
from models.units import ContactRole, Unit
from models.values import Value
from models.vietnamese import clean_text, format_day, format_short_instant, local

DONE = frozenset({Standing.DONE_ON_TIME, Standing.DONE_LATE, Standing.WAIVED})
_CENTER = ColumnAlign.CENTER
_OFFICE_SECTIONS = {
    "kho_khan": "Khó khăn, vướng mắc; nội dung xin ý kiến",
    "ky_toi": "Nhiệm vụ trọng tâm kỳ tới",
}


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


def build_periodic_report(
    dossier: PlanDossier,
    *,
    period: str,  # the turn, e.g. "kỳ 2"
    totals: Totals,
    previous: Totals | None = None,
    coverage: Coverage,
    progress: Sequence[Progress],
    cutoff: datetime,
    number: int | None = None,
    issued_on: date | None = None,
    edits: Mapping[str, str] | None = None,  # by kho_khan and ky_toi
    outline: ReportOutline | None = None,
) -> OfficialDocument:
    """Return the report of domain.md 3.3; ``totals`` are cumulative, ``previous`` those before."""
    plan = dossier.plan
    material = gather(dossier, totals, coverage, edits=edits or {}, outline=outline)
    unit = dossier.units.unit(plan.coordinator)
    title, name = _signer(unit)
    abbreviation = abbreviation_of(unit)
    return OfficialDocument(
        parent_line=shortened(plan.agency.name).upper(),
        agency_lines=(unit.name.upper(),),
        number=number,
        symbol=f"BC-{abbreviation}",
        place=plan.place,
        issued_on=issued_on,
        month_hint=(local(cutoff).month, local(cutoff).year),
        type_name="BÁO CÁO",
        subject=f"Tiến độ tổ chức các {plan.campaign}, {clean_text(period)}",
        addressees=(plan.agency.name,),
        body=(
            *_opening(plan, cutoff),
            *_sections(dossier, material, previous=previous, progress=progress, cutoff=cutoff),
        ),
        recipients=("Như trên", f"Lưu: VT, {abbreviation}"),
        authority_lines=(title.upper(),),
        signer_name=name,
        draft_mark="DỰ THẢO" if number is None else None,
    )


def _signer(unit: Unit) -> tuple[str, str]:
    heads = unit.contacts_for(ContactRole.HEAD)
    return (heads[0].title, heads[0].full_name or "") if heads else ("Trưởng phòng", "")


def _opening(plan: Plan, cutoff: datetime) -> tuple[Block, ...]:
    hint = plan.issue_window[0] if plan.issue_window else plan.phases[0].ends_on
    issued = written_day(plan.issued_on, (hint.month, hint.year))
    return (
        body(
            f"Thực hiện {plan.type_name} số {numbered(plan.number, plan.symbol)} {issued} của "
            f"{plan.agency.name} về tổ chức các {plan.campaign}, tình hình và kết quả như sau:",
        ),
        note(f"(Số liệu tính đến {format_short_instant(cutoff)})"),
    )


def _sections(
    dossier: PlanDossier,
    material: Material,
    *,
    previous: Totals | None,
    progress: Sequence[Progress],
    cutoff: datetime,
) -> Iterator[Block]:
    yield section(1, "Tình hình triển khai trong kỳ")
    yield from coverage_passage(material.coverage, place="coverage").paragraphs
    yield section(2, "Kết quả trong kỳ và lũy kế")
    yield _results(dossier, material, previous)
    yield section(3, "Tiến độ nhiệm vụ")
    yield _products(dossier, progress)
    yield _duties(dossier, local(cutoff).date())
    number = 3
    for key, title in _OFFICE_SECTIONS.items():
        told = tuple(_edited(material, key))
        if told:
            number += 1
            yield section(number, title)
            yield from told
    yield body(
        f"Trên đây là báo cáo tiến độ tổ chức các {dossier.plan.campaign}, "
        f"kính báo cáo {dossier.plan.agency.name} xem xét, chỉ đạo./.",
    )


def _edited(material: Material, key: str) -> Iterator[Block]:
    """Set the office's lines; without any the section is left out, for silence is no fact."""
    lines = (clean_text(line) for line in material.edits.get(key, "").splitlines())
    for line in filter(None, lines):
        yield point(line.removeprefix("- "))


def _results(dossier: PlanDossier, material: Material, previous: Totals | None) -> Table:
    """Return figures of this turn and up to now; opinions and lists of words are left out."""
    rows = []
    for one in dossier.catalogue.indicators:
        total = material.totals.total(one.id)
        if isinstance(total.value, tuple) or not one.unit_of_measure:
            continue
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


def _products(dossier: PlanDossier, progress: Sequence[Progress]) -> Table:
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


def _duties(dossier: PlanDossier, day: date) -> Table:
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
