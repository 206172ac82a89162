"""The annexes of a report: totals by indicator, events, and which units reported."""

from collections.abc import Iterator, Sequence

from models.coverage import Coverage, CoveredUnit
from models.documents import Annex, Block, ColumnAlign, Table, TableRow
from models.figure_books import PEOPLE, UNITS, FigureValue
from models.indicators import Indicator, IndicatorCatalogue, IndicatorType
from models.plans import PlanDossier
from models.report_events import ReportEvent
from models.report_figures import Figure, row_text, written
from models.report_layout import column, note, roman, table
from models.report_outline import measure_of
from models.report_prose import Material
from models.total_values import Total
from models.totals import number_of
from models.units import UnitKind
from models.values import Value
from models.vietnamese import format_day, format_number, mid_sentence

ANNEX_PLACE = "annex"
NO_FIGURE = "Chưa có số liệu"
NOTHING = "Không phát sinh"
_CENTER = ColumnAlign.CENTER
_UPRIGHT = 6  # more columns than this do not fit A4 upright


class FiguredTable(Value):
    """A table of an annex and the figures it shows, row by row."""

    block: Table
    figures: tuple[Figure, ...]


def totals_table(catalogue: IndicatorCatalogue, material: Material) -> FiguredTable:
    """Return the table of all totals by section of the catalogue; opinions stand in the prose."""
    rows: list[TableRow] = []
    figures: list[Figure] = []
    place = 0
    for letter, title in catalogue.sections.items():
        shown = [one for one in catalogue.indicators if one.section == letter and _is_shown(one)]
        if shown:
            rows.append(TableRow(cells=(f"{letter}. {title}", *[""] * 5), heading=True))
        for one in shown:
            place += 1
            total = material.totals.total(one.id)
            rows.append(TableRow(cells=_total_cells(place, one, total, material)))
            figures += _figures(total, rows[-1], material)
    columns = (
        column("STT", 0.5, _CENTER),
        column("Chỉ tiêu", 3.6),
        column("Đơn vị tính", 1.0, _CENTER),
        column("Kết quả", 1.2, _CENTER),
        column("Số đơn vị có số liệu", 1.0, _CENTER),
        column("Ghi chú", 1.8),
    )
    return FiguredTable(block=table(columns, rows), figures=tuple(figures))


def _is_shown(indicator: Indicator) -> bool:
    return indicator.type is not IndicatorType.TEXT


def _total_cells(
    place: int,
    indicator: Indicator,
    total: Total,
    material: Material,
) -> tuple[str, ...]:
    units = len(total.reporting_units)
    return (
        str(place),
        indicator.name,
        measure_of(indicator) or "-",
        result_of(total, material),
        str(units),
        _remark(total, material),
    )


def result_of(total: Total, material: Material) -> str:
    """Return a total as a table shows it: a number, words, or why there is none."""
    value = _value(total)
    if isinstance(value, tuple):
        return written(value, material.outline.labels)
    if value is not None:
        return format_number(value)
    reported = {unit.unit_id for unit in material.coverage.reported}
    all_nil = bool(reported) and reported <= set(material.totals.nil_units)
    return NOTHING if all_nil else NO_FIGURE


def _value(total: Total) -> FigureValue | None:
    return total.value if isinstance(total.value, tuple) else number_of(total)


def _figures(total: Total, row: TableRow, material: Material) -> Iterator[Figure]:
    value = _value(total)
    id_ = total.indicator_id
    if value is not None:
        yield _in_cell(row, 3, id_, value)
    yield _in_cell(row, 4, f"{UNITS}{id_}", len(total.reporting_units))
    if isinstance(total.value, dict):
        start = row.cells[5].index(_parts(total.value, material))
        for key, number in total.value.items():
            start = row.cells[5].index(": ", start) + len(": ")
            yield _in_cell(row, 5, f"{id_}.{key}", number).model_copy(
                update={"start": start, "shown": format_number(number)}
            )


def _in_cell(row: TableRow, place: int, reference: str, value: FigureValue) -> Figure:
    return Figure(
        place=ANNEX_PLACE, indicator_id=reference, value=value, text=row_text(row.cells),
        shown=row.cells[place], column=place,
    )  # fmt: skip


def _parts(numbers: dict[str, int], material: Material) -> str:
    labels = material.outline.labels
    return "; ".join(f"{labels.get(k, k)}: {format_number(n)}" for k, n in numbers.items())


def _remark(total: Total, material: Material) -> str:
    remarks = []
    if total.estimated:
        remarks.append("Số ước tính")
    if isinstance(total.value, dict):
        remarks.append(_parts(total.value, material))
    if total.value is not None and total.missing_inputs:
        names = (material.indicator_names.get(id_, id_) for id_ in total.missing_inputs)
        remarks.append(f"Chưa gồm: {'; '.join(map(mid_sentence, names))}")
    return ". ".join(remarks)


def events_table(
    catalogue: IndicatorCatalogue,
    events: Sequence[ReportEvent],
    unit_names: dict[str, str],
) -> FiguredTable:
    """Return the table of events, grouped by indicator, by day within each."""
    rows: list[TableRow] = []
    figures: list[Figure] = []
    for one in catalogue.indicators:
        mine = [event for event in events if event.indicator_id == one.id]
        if mine:
            head = f"{one.name} ({len(mine)})"
            rows.append(TableRow(cells=(head, *[""] * 6), heading=True))
            figures.append(
                _in_cell(rows[-1], 0, one.id, len(mine)).model_copy(
                    update={"shown": str(len(mine)), "start": len(one.name) + len(" (")}
                )
            )
        for place, event in enumerate(mine, start=1):
            rows.append(TableRow(cells=(str(place), *_event_cells(event, unit_names))))
            if event.participants is not None:
                reference = f"{PEOPLE}{one.id}.{event.key}"
                figures.append(_in_cell(rows[-1], 6, reference, event.participants))
    columns = (
        column("STT", 0.5, _CENTER),
        column("Tên hoạt động", 3.0),
        column("Ngày", 1.0, _CENTER),
        column("Địa điểm", 1.6),
        column("Chủ trì", 1.6),
        column("Phối hợp", 1.6),
        column("Số người", 0.8, _CENTER),
    )
    return FiguredTable(block=table(columns, rows), figures=tuple(figures))


def _event_cells(event: ReportEvent, unit_names: dict[str, str]) -> tuple[str, ...]:
    return (
        event.title or event.event_id,
        format_day(event.held_on) if event.held_on else "",
        event.place,
        unit_names[event.lead] if event.lead else "Chưa xác định",
        "; ".join(unit_names[unit] for unit in event.support),
        "" if event.participants is None else format_number(event.participants),
    )


def coverage_table(dossier: PlanDossier, coverage: Coverage) -> Table:
    """Return who reported, in official order; no ranking, and only sent or not for some kinds.

    Villages and mass organisations are never shown as late (domain.md 7.3).
    """
    groups = {
        "Đã gửi đúng hạn": coverage.on_time,
        "Đã gửi, quá hạn": coverage.late,
        "Đã gửi, đang rà soát": coverage.waiting,
        "Chưa gửi": coverage.missing,
        "Được miễn báo cáo": coverage.waived,
    }
    units = {unit.unit_id: (unit, said) for said, group in groups.items() for unit in group}
    ordered = sorted(units.values(), key=lambda pair: dossier.units.unit(pair[0].unit_id).order)
    nil = {unit.unit_id for unit in coverage.nil}
    rows = (
        TableRow(
            cells=(
                str(place),
                unit.name,
                _standing(dossier, unit, said),
                NOTHING if unit.unit_id in nil else "",
            ),
        )
        for place, (unit, said) in enumerate(ordered, start=1)
    )
    columns = (
        column("STT", 0.5, _CENTER),
        column("Đơn vị", 3.0),
        column("Tình hình gửi báo cáo", 2.0),
        column("Ghi chú", 1.5),
    )
    return table(columns, rows)


def _standing(dossier: PlanDossier, unit: CoveredUnit, said: str) -> str:
    of_unit = dossier.units.unit(unit.unit_id)
    is_judged = of_unit.may_be_ordered and of_unit.kind is not UnitKind.VILLAGE
    return said if is_judged or not said.startswith("Đã gửi") else "Đã gửi"


def numbered_annexes(
    titled: Sequence[tuple[str, tuple[Block, ...]]],
    *,
    reference: str,
) -> tuple[Annex, ...]:
    """Return annexes numbered I, II, ...; a single one has no number. Empty tables are left out."""
    kept = [(title, blocks) for title, blocks in titled if any(map(_has_rows, blocks))]
    return tuple(
        Annex(
            number=roman(place) if len(kept) > 1 else None,
            title=title.upper(),
            reference=reference,
            blocks=blocks,
            landscape=any(isinstance(b, Table) and len(b.columns) > _UPRIGHT for b in blocks),
        )
        for place, (title, blocks) in enumerate(kept, start=1)
    )


def _has_rows(block: Block) -> bool:
    return isinstance(block, Table) and bool(block.rows)


def annex_note(annexes: Sequence[Annex]) -> tuple[Block, ...]:
    """Return the sentence of the body that refers to the annexes (F-68); nothing without any."""
    if not annexes:
        return ()
    names = [f"Phụ lục {annex.number}" if annex.number else "Phụ lục" for annex in annexes]
    return (note(f"(Số liệu chi tiết tại {', '.join(names)} kèm theo)"),)
