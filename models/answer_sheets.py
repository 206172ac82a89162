"""The form of an answer laid out as a workbook: what stands in which row, and what is open."""

from collections.abc import Iterator, Sequence

from models.answer_fields import (
    NO,
    YES,
    AnswerForm,
    AskedCell,
    CellKind,
    figure_cells,
    given_rows,
    given_text,
    nil_cells,
    note_text,
    text_cells,
)
from models.answer_forms import row_fields
from models.answer_sheet_words import (
    ANSWER_TITLE,
    CODE_TITLE,
    EVENTS,
    FIGURE_TITLE,
    FIGURES,
    GUIDE,
    HINT_TITLE,
    LIST_CODE_TITLE,
    LISTS,
    NAME_TITLE,
    NOTE_TITLE,
    REMARK_TITLE,
    TEXTS,
    UNIT_TITLE,
    column_title,
    guide_lines,
    hint,
    prompt,
    range_of,
    sheet_of,
)
from models.answer_values import LEAD, SUPPORT
from models.indicators import Indicator
from models.submissions import Row
from models.vietnamese import format_number, sentence_case
from models.workbooks import LONGEST_CELL, Check, Line, Sheet, Style, Workbook
from models.written_days import written_day

TOO_LONG = "(Nội dung đã gửi dài hơn một ô chứa được; giữ nguyên như bản đã gửi.)"
BLANK_ROWS = 3  # for each list, under what was given
SPARE_ROWS = 10  # whose list is still to be chosen
_LINE_POINTS = 16.5
_TEXT_POINTS = 66.0
_HIGHEST = 400.0
_FIGURE_WIDTHS = (18.0, 44.0, 12.0, 18.0, 30.0, 34.0)
_TEXT_WIDTHS = (16.0, 36.0, 70.0, 24.0, 24.0)
_ROW_WIDTHS = {"title": 28.0, "place": 20.0, "topic": 20.0, "ref": 44.0, "name": 30.0}
_CODE_WIDTH, _NAME_WIDTH, _ROW_WIDTH, _GUIDE_WIDTH = 9.0, 26.0, 12.0, 96.0


def lay_out(form: AnswerForm) -> Workbook:
    """Return the workbook of a form, filled in with what the unit gave before."""
    by_sheet = {
        title: [one for one in form.lists if sheet_of(one) == title] for title in (EVENTS, LISTS)
    }
    sheets = [
        *([_figures(form)] if form.asked else []),
        *(_rows_sheet(form, title, lists) for title, lists in by_sheet.items() if lists),
        *([_texts(form)] if text_cells(form) else []),
        _guide(form),
    ]
    return Workbook(title=_heading(form), sheets=tuple(sheets), identity=form.identity)


def _heading(form: AnswerForm) -> str:
    return f"{form.unit_name} - {sentence_case(form.product)}"


def _wide(text: str, style: Style, widths: Sequence[float]) -> Line:
    """One text over all columns, as high as its lines: merged cells never grow by themselves."""
    room = sum(widths) * (0.8 if style is Style.TITLE else 1)
    blank = len(widths) - 1
    return Line(
        texts=(text, *[""] * blank),
        styles=(style,) * (blank + 1),
        height=_lines_of(text, room) * _LINE_POINTS + 2,
        is_wide=True,
    )


def _line(cells: Sequence[tuple[str, Style]], widths: Sequence[float], least: float = 0) -> Line:
    """One row of a table, high enough for its texts: not every program finds that itself."""
    texts, styles = zip(*cells, strict=True)
    most = max(_lines_of(text, width) for text, width in zip(texts, widths, strict=True))
    return Line(texts, styles, max(least, min(most * _LINE_POINTS + 1, _HIGHEST)))


def _lines_of(text: str, width: float) -> int:
    room = max(int(width), 1)
    return sum(-(-len(part) // room) or 1 for part in text.split("\n")) if text else 1


def _head(form: AnswerForm, title: str, widths: Sequence[float], *told: str) -> list[Line]:
    lines = [
        _wide(f"{title} - {form.product.upper()}", Style.TITLE, widths),
        _wide(f"{form.unit_name}. {form.plan_name}. Thời hạn: {form.due_text}.",
              Style.INFO, widths),
    ]  # fmt: skip
    return [*lines, *(_wide(text, Style.INFO, widths) for text in told if text)]


def _figures(form: AnswerForm) -> Sheet:
    last = REMARK_TITLE if form.is_return else HINT_TITLE
    titles = (CODE_TITLE, NAME_TITLE, UNIT_TITLE, FIGURE_TITLE, NOTE_TITLE, last)
    told = (
        "Chỉ sửa các ô nền vàng; nội dung khác giữ nguyên như bản đã gửi."
        if form.is_return
        else "Ghi vào các ô nền vàng. Không có thì ghi 0; chưa có số liệu thì để trống."
    )
    lines = _head(form, "BIỂU SỐ LIỆU", _FIGURE_WIDTHS, told)
    lines.append(_titles(titles, _FIGURE_WIDTHS))
    header = len(lines)
    checks: list[Check] = []
    section = ""
    for cell in (*figure_cells(form), *nil_cells(form)):
        named = _section(form, cell)
        if named != section:
            section = named
            lines.append(_wide(section, Style.SECTION, _FIGURE_WIDTHS))
        lines.append(_figure_line(form, cell))
        checks += _checks(form, cell, (len(lines), 4))
    return Sheet(
        title=FIGURES, widths=_FIGURE_WIDTHS, lines=tuple(lines), header_row=header,
        checks=tuple(checks),
    )  # fmt: skip


def _titles(titles: Sequence[str], widths: Sequence[float]) -> Line:
    return _line([(title, Style.HEADER) for title in titles], widths)


def _section(form: AnswerForm, cell: AskedCell) -> str:
    if cell.indicator is None:
        return "Không phát sinh"
    letter = cell.indicator.section
    return f"{letter}. {form.sections[letter]}" if letter in form.sections else letter


def _figure_line(form: AnswerForm, cell: AskedCell) -> Line:
    is_open = form.is_open(cell.field)
    label = Style.SUBLABEL if cell.key else Style.LABEL
    is_text = cell.kind is CellKind.TEXT
    text = _fitting(note_text(cell, form.previous))
    figure = _style(is_open=is_open and cell.kind is not CellKind.HEADING, is_figure=not is_text)
    note = _style(is_open=is_open and cell.is_note_place, is_figure=False)
    cells = (
        (cell.code, Style.CODE), (cell.label, label), (cell.unit, Style.LABEL),
        (_shown(form, cell), figure), (text, note), _told(form, cell),
    )  # fmt: skip
    return _line(cells, _FIGURE_WIDTHS)


def _style(*, is_open: bool, is_figure: bool) -> Style:
    if is_figure:
        return Style.OPEN_FIGURE if is_open else Style.CLOSED_FIGURE
    return Style.OPEN_TEXT if is_open else Style.CLOSED_TEXT


def _shown(form: AnswerForm, cell: AskedCell) -> str:
    return _fitting(given_text(cell, form.previous))


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else TOO_LONG


def _told(form: AnswerForm, cell: AskedCell) -> tuple[str, Style]:
    if not form.is_return:
        return hint(cell), Style.HINT
    # The words stand once: beside the first cell of the field.
    return ("" if cell.key else form.remarks.get(cell.field, "")), Style.REMARK


def _checks(form: AnswerForm, cell: AskedCell, place: tuple[int, int]) -> Iterator[Check]:
    if not form.is_open(cell.field) or cell.kind is CellKind.HEADING:
        return
    rule = range_of(cell)
    is_number = cell.kind is CellKind.NUMBER
    yield Check(
        cells=(place,),
        title=cell.code,
        prompt=prompt(cell),
        choices=(YES, NO) if cell.kind is CellKind.TRUTH else (),
        is_number=is_number,
        low=(rule.low if rule and rule.low is not None else 0) if is_number else None,
        high=rule.high if rule else None,
    )


def _texts(form: AnswerForm) -> Sheet:
    last = REMARK_TITLE if form.is_return else HINT_TITLE
    lines = _head(form, "THUYẾT MINH", _TEXT_WIDTHS)
    titles = (CODE_TITLE, "Nội dung", ANSWER_TITLE, NOTE_TITLE, last)
    lines.append(_titles(titles, _TEXT_WIDTHS))
    header = len(lines)
    checks: list[Check] = []
    for cell in text_cells(form):
        lines.append(_text_line(form, cell))
        checks += _checks(form, cell, (len(lines), 3))
    return Sheet(
        title=TEXTS, widths=_TEXT_WIDTHS, lines=tuple(lines), header_row=header,
        checks=tuple(checks),
    )  # fmt: skip


def _text_line(form: AnswerForm, cell: AskedCell) -> Line:
    is_open = form.is_open(cell.field)
    note = _style(is_open=is_open and cell.is_note_place, is_figure=False)
    is_short = cell.field not in form.narratives and cell.indicator is None
    cells = (
        (cell.code, Style.CODE), (cell.label, Style.LABEL),
        (_shown(form, cell), _style(is_open=is_open, is_figure=False)),
        (_fitting(note_text(cell, form.previous)), note), _told(form, cell),
    )  # fmt: skip
    return _line(cells, _TEXT_WIDTHS, least=0 if is_short else _TEXT_POINTS)


def _rows_sheet(form: AnswerForm, title: str, lists: Sequence[Indicator]) -> Sheet:
    fields = tuple(dict.fromkeys(field for one in lists for field in row_fields(one)))
    widths = (_CODE_WIDTH, _NAME_WIDTH, *(_ROW_WIDTHS.get(field, _ROW_WIDTH) for field in fields))
    remarks = [f"{one.id} - {one.name}: {form.remarks[one.id]}"
               for one in lists if form.is_return and one.id in form.remarks]  # fmt: skip
    lines = _head(form, title.upper(), widths, *remarks)
    lines.append(_titles((LIST_CODE_TITLE, NAME_TITLE, *map(column_title, fields)), widths))
    header, first = len(lines), len(lines) + 1
    opened = [one for one in lists if one.id in form.writable]
    owners: list[Indicator | None] = []
    for one in lists:
        written = _list_lines(form, one, fields, widths)
        lines += written
        owners += [one if one in opened else None] * len(written)
    if opened:
        spare = [_row_line(None, None, {}, fields=fields, widths=widths)] * SPARE_ROWS
        lines += spare
    checks = _row_checks(form, opened, fields, first=first, owners=owners, last=len(lines))
    return Sheet(
        title=title, widths=widths, lines=tuple(lines), header_row=header,
        checks=tuple(checks), takes_rows=True,
    )  # fmt: skip


def _list_lines(
    form: AnswerForm, one: Indicator, fields: Sequence[str], widths: Sequence[float]
) -> list[Line]:
    blank = BLANK_ROWS if one.id in form.writable else 0
    rows = [*given_rows(one, form.previous), *[{}] * blank]
    return [_row_line(form, one, row, fields=fields, widths=widths) for row in rows]


def _row_line(
    form: AnswerForm | None,
    one: Indicator | None,
    row: Row,
    *,
    fields: Sequence[str],
    widths: Sequence[float],
) -> Line:
    is_open = form is None or one is None or one.id in form.writable
    asked = fields if one is None else row_fields(one)
    cells = [
        (
            _fitting(_cell_text(form, one, field, row.get(field, ""))),
            _style(is_open=is_open and field in asked, is_figure=False),
        )
        for field in fields
    ]
    code = (one.id if one else "", _style(is_open=is_open, is_figure=False))
    return _line([code, (one.name if one else "", Style.LABEL), *cells], widths)


def _cell_text(
    form: AnswerForm | None,
    one: Indicator | None,
    field: str,
    value: str | int | bool,  # noqa: FBT001 - a cell
) -> str:
    if field == "date":
        return written_day(str(value))
    if form and one and field == "type" and value in one.keys:
        return form.choice_label(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return format_number(value)
    return str(value)


def _row_checks(
    form: AnswerForm,
    opened: Sequence[Indicator],
    fields: Sequence[str],
    *,
    first: int,
    owners: Sequence[Indicator | None],
    last: int,
) -> Iterator[Check]:
    if not opened:
        return
    places = [*owners, *[opened[0]] * (last - first + 1 - len(owners))]
    rows = [first + n for n, owner in enumerate(places) if owner is not None]
    told: dict[str, tuple[str, tuple[str, ...]]] = {
        "date": ("Ngày/tháng/năm, ví dụ 05/6/2026.", ()),
        "participants": ("Số người dự, số nguyên, ví dụ 45.", ()),
        "role": ("Chọn chủ trì hoặc phối hợp.", (LEAD, SUPPORT)),
        "event_id": ("Mã do đơn vị chủ trì đặt, ví dụ TD-01; đơn vị phối hợp ghi đúng mã đó.", ()),
    }
    codes = "; ".join(f"{one.id}: {one.name}" for one in opened)
    yield Check(tuple((row, 1) for row in rows), LIST_CODE_TITLE, codes,
                tuple(one.id for one in opened))  # fmt: skip
    for column, field in enumerate(fields, start=3):
        words, choices = told.get(field, ("", ()))
        if field == "type":
            words, choices = "Chọn trong danh mục.", _type_choices(form, opened)
        if words:
            cells = tuple((row, column) for row in rows)
            yield Check(cells, column_title(field), words, choices)


def _type_choices(form: AnswerForm, opened: Sequence[Indicator]) -> tuple[str, ...]:
    keys = dict.fromkeys(key for one in opened for key in one.keys if "type" in row_fields(one))
    return tuple(form.choice_label(key) for key in keys)


def _guide(form: AnswerForm) -> Sheet:
    widths = (_GUIDE_WIDTH,)
    lines = [*_head(form, "HƯỚNG DẪN", widths)]
    lines += [_wide(text, Style.INFO, widths)._replace(is_wide=False) for text in guide_lines(form)]
    return Sheet(title=GUIDE, widths=widths, lines=tuple(lines))
