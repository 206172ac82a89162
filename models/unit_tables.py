"""The annexes of a unit's own report: its figures by indicator, its activities, its other lists."""

from collections.abc import Iterator, Mapping, Sequence

from models.answer_values import EVENT_KEY, SUPPORT, is_support
from models.documents import Block, ColumnAlign, Table, TableRow
from models.indicators import Indicator, IndicatorCatalogue, IndicatorType
from models.printed_letters import drawable
from models.report_events import held_on
from models.report_layout import column, table
from models.submissions import Answer, FieldValue, Row
from models.validation_shapes import label_of
from models.vietnamese import clean_text, format_day, format_number, sentence_case

NO_FIGURE = "Chưa có số liệu"
LEADS = "Chủ trì"
_ROOM = 2  # rows left free below each kind of activity in a blank form
_CENTER = ColumnAlign.CENTER
_EVENT_COLUMNS = 9
Titled = tuple[str, tuple[Block, ...]]


def printed(text: object) -> str:
    """Return a unit's text as our fonts draw it, with its line breaks."""
    return drawable(clean_text(str(text)))


def figure_of(value: FieldValue, *, labels: Mapping[str, str]) -> str:
    """Return a value of an answer as a table shows it."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int):
        return format_number(value)
    if isinstance(value, dict):
        return "; ".join(f"{labels.get(k, k)}: {format_number(n)}" for k, n in value.items())
    if isinstance(value, tuple):
        return format_number(len(value))
    return "; ".join(labels.get(one, one) for one in map(printed, value.split(";")) if one)


def unit_annexes(
    catalogue: IndicatorCatalogue,
    asked: Sequence[Indicator],
    answer: Answer | None,
    *,
    labels: Mapping[str, str],
) -> tuple[Titled, ...]:
    """Return figures, activities and lists, each titled; without an answer, with room to write."""
    lists = [one for one in asked if one.type is IndicatorType.LIST]
    events = [one for one in lists if one.key == (EVENT_KEY,)]
    others = [one for one in lists if one not in events]
    return (
        ("Biểu số liệu", (figures_table(catalogue, asked, answer, labels=labels),)),
        ("Danh sách hoạt động", (_events(events, answer),)),
        ("Danh sách kèm theo số liệu", (_lists(others, answer),)),
    )


def figures_table(
    catalogue: IndicatorCatalogue,
    asked: Sequence[Indicator],
    answer: Answer | None,
    *,
    labels: Mapping[str, str],
    is_sheet: bool = False,
) -> Table:
    """Return the table of all figures asked of the unit, by section; a sheet shows no sections."""
    shown = [one for one in asked if one.type is not IndicatorType.TEXT]
    rows: list[TableRow] = []
    place = 0
    for letter, title in catalogue.sections.items():
        mine = [one for one in shown if one.section == letter]
        if mine and not is_sheet:
            rows.append(TableRow(cells=(f"{letter}. {title}",), heading=True))
        for one in mine:
            place += 1
            rows.append(TableRow(cells=(str(place), *_figure_cells(one, answer, labels))))
    columns = (
        column("STT", 0.5, _CENTER),
        column("Chỉ tiêu", 4.2),
        column("Đơn vị tính", 1.0, _CENTER),
        column("Kết quả", 1.3, _CENTER),
        column("Ghi chú", 1.4),
    )
    return table(columns, rows)


def _figure_cells(
    one: Indicator, answer: Answer | None, labels: Mapping[str, str]
) -> tuple[str, ...]:
    measure = one.unit_of_measure or "-"
    if answer is None:
        return (one.name, measure, "", "")
    value = answer.values.get(one.id)
    shown = NO_FIGURE if value is None else figure_of(value, labels=labels)
    remarks = ["Số ước tính"] if one.estimated and value is not None else []
    remarks += filter(None, [printed(answer.notes.get(one.id, ""))])
    return (one.name, measure, shown, ". ".join(remarks))


def _events(lists: Sequence[Indicator], answer: Answer | None) -> Table:
    rows: list[TableRow] = []
    for one in lists:
        found = _rows_of(one, answer)
        if found or answer is None:
            rows.append(TableRow(cells=(one.name,), heading=True))
        rows += [TableRow(cells=(str(n), *_event_cells(row))) for n, row in enumerate(found, 1)]
        if answer is None:
            rows += [TableRow(cells=("",) * _EVENT_COLUMNS)] * _ROOM
    columns = (
        column("STT", 0.5, _CENTER),
        column("Mã HĐ", 1.0, _CENTER),
        column("Tên hoạt động", 3.0),
        column("Ngày", 1.0, _CENTER),
        column("Địa điểm", 1.6),
        column("Chủ trì/ Phối hợp", 1.0, _CENTER),
        column("Số người", 0.8, _CENTER),
        column("Kinh phí", 1.0, _CENTER),
        column("Minh chứng", 1.4),
    )
    return table(columns, rows)


def _rows_of(one: Indicator, answer: Answer | None) -> tuple[Row, ...]:
    value = answer.values.get(one.id) if answer else None
    return value if isinstance(value, tuple) else ()


def _event_cells(row: Row) -> tuple[str, ...]:
    day = held_on(row)
    people = row.get("participants", "")
    return (
        printed(row.get(EVENT_KEY, "")),
        printed(row.get("title", "")),
        format_day(day) if day else printed(row.get("date", "")),
        printed(row.get("place", "")),
        sentence_case(SUPPORT) if is_support(row) else LEADS,
        format_number(people) if isinstance(people, int) else printed(people),
        printed(row.get("cost", "")),
        printed(row.get("evidence", "")),
    )


def _lists(lists: Sequence[Indicator], answer: Answer | None) -> Table:
    rows: list[TableRow] = []
    for one in lists:
        found = _rows_of(one, answer)
        if found or answer is None:
            rows.append(TableRow(cells=(one.name,), heading=True))
        rows += [TableRow(cells=(str(n), _told(row))) for n, row in enumerate(found, 1)]
        if answer is None:
            rows += [TableRow(cells=("", ""))] * _ROOM
    return table((column("STT", 0.5, _CENTER), column("Nội dung", 8.0)), rows)


def _told(row: Row) -> str:
    return "; ".join(_cells(row))


def _cells(row: Row) -> Iterator[str]:
    for field, cell in row.items():
        if text := printed(cell):
            yield f"{sentence_case(label_of(field))}: {text}"
