"""The form of an answer laid out as a workbook: what stands in which row, and what is open."""

from collections.abc import Iterator

from models.answer_fields import (
    NO,
    YES,
    AnswerForm,
    AskedCell,
    CellKind,
    figure_cells,
    given_text,
    nil_cells,
    note_text,
    text_cells,
)
from models.answer_row_sheets import rows_sheet
from models.answer_sheet_lines import (
    fitting,
    head_lines,
    open_style,
    table_line,
    title_line,
    wide_line,
)
from models.answer_sheet_words import (
    ANSWER_TITLE,
    CODE_TITLE,
    EVENTS,
    FIGURE_TITLE,
    FIGURES,
    GUIDE,
    HINT_TITLE,
    LISTS,
    NAME_TITLE,
    NOTE_TITLE,
    REMARK_TITLE,
    TEXTS,
    UNIT_TITLE,
    guide_lines,
    hint,
    prompt,
    range_of,
    sheet_of,
)
from models.vietnamese import sentence_case
from models.workbooks import Check, Line, Sheet, Style, Workbook

_TEXT_POINTS = 66.0
_FIGURE_WIDTHS = (18.0, 44.0, 12.0, 18.0, 30.0, 34.0)
_TEXT_WIDTHS = (16.0, 36.0, 70.0, 24.0, 24.0)
_GUIDE_WIDTH = 96.0


def lay_out(form: AnswerForm) -> Workbook:
    """Return the workbook of a form, filled in with what the unit gave before."""
    by_sheet = {
        title: [one for one in form.lists if sheet_of(one) == title] for title in (EVENTS, LISTS)
    }
    sheets = [
        *([_figures(form)] if form.asked else []),
        *(rows_sheet(form, title, lists) for title, lists in by_sheet.items() if lists),
        *([_texts(form)] if text_cells(form) else []),
        _guide(form),
    ]
    return Workbook(title=_heading(form), sheets=tuple(sheets), identity=form.identity)


def _heading(form: AnswerForm) -> str:
    return f"{form.unit_name} - {sentence_case(form.product)}"


def _figures(form: AnswerForm) -> Sheet:
    last = REMARK_TITLE if form.is_return else HINT_TITLE
    titles = (CODE_TITLE, NAME_TITLE, UNIT_TITLE, FIGURE_TITLE, NOTE_TITLE, last)
    told = (
        "Chỉ sửa các ô nền vàng; nội dung khác giữ nguyên như bản đã gửi."
        if form.is_return
        else "Ghi vào các ô nền vàng. Không có thì ghi 0; chưa có số liệu thì để trống."
    )
    lines = head_lines(form, "BIỂU SỐ LIỆU", _FIGURE_WIDTHS, told)
    lines.append(title_line(titles, _FIGURE_WIDTHS))
    header = len(lines)
    checks: list[Check] = []
    section = ""
    for cell in (*figure_cells(form), *nil_cells(form)):
        named = _section(form, cell)
        if named != section:
            section = named
            lines.append(wide_line(section, Style.SECTION, _FIGURE_WIDTHS))
        lines.append(_figure_line(form, cell))
        checks += _checks(form, cell, (len(lines), 4))
    return Sheet(
        title=FIGURES, widths=_FIGURE_WIDTHS, lines=tuple(lines), header_row=header,
        checks=tuple(checks),
    )  # fmt: skip


def _section(form: AnswerForm, cell: AskedCell) -> str:
    if cell.indicator is None:
        return "Không phát sinh"
    letter = cell.indicator.section
    return f"{letter}. {form.sections[letter]}" if letter in form.sections else letter


def _figure_line(form: AnswerForm, cell: AskedCell) -> Line:
    is_open = form.is_open(cell.field)
    label = Style.SUBLABEL if cell.key else Style.LABEL
    is_text = cell.kind is CellKind.TEXT
    text = fitting(note_text(cell, form.previous))
    figure = open_style(
        is_open=is_open and cell.kind is not CellKind.HEADING, is_figure=not is_text
    )
    note = open_style(is_open=is_open and cell.is_note_place, is_figure=False)
    cells = (
        (cell.code, Style.CODE), (cell.label, label), (cell.unit, Style.LABEL),
        (_shown(form, cell), figure), (text, note), _told(form, cell),
    )  # fmt: skip
    return table_line(cells, _FIGURE_WIDTHS)


def _shown(form: AnswerForm, cell: AskedCell) -> str:
    return fitting(given_text(cell, form.previous))


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
    lines = head_lines(form, "THUYẾT MINH", _TEXT_WIDTHS)
    titles = (CODE_TITLE, "Nội dung", ANSWER_TITLE, NOTE_TITLE, last)
    lines.append(title_line(titles, _TEXT_WIDTHS))
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
    note = open_style(is_open=is_open and cell.is_note_place, is_figure=False)
    is_short = cell.field not in form.narratives and cell.indicator is None
    cells = (
        (cell.code, Style.CODE), (cell.label, Style.LABEL),
        (_shown(form, cell), open_style(is_open=is_open, is_figure=False)),
        (fitting(note_text(cell, form.previous)), note), _told(form, cell),
    )  # fmt: skip
    return table_line(cells, _TEXT_WIDTHS, least=0 if is_short else _TEXT_POINTS)


def _guide(form: AnswerForm) -> Sheet:
    widths = (_GUIDE_WIDTH,)
    lines = [*head_lines(form, "HƯỚNG DẪN", widths)]
    lines += [
        wide_line(text, Style.INFO, widths)._replace(is_wide=False) for text in guide_lines(form)
    ]
    return Sheet(title=GUIDE, widths=widths, lines=tuple(lines))
