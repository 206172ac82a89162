"""The sheets of a form on which each row is one thing: events, households, products."""

from collections.abc import Iterator, Sequence

from models.answer_fields import AnswerForm, given_rows
from models.answer_forms import row_fields
from models.answer_sheet_lines import fitting, head_lines, open_style, table_line, title_line
from models.answer_sheet_words import LIST_CODE_TITLE, NAME_TITLE, column_title
from models.answer_values import LEAD, SUPPORT
from models.indicators import Indicator
from models.submissions import Row
from models.vietnamese import format_number
from models.workbooks import Check, Line, Sheet, Style
from models.written_days import written_day

BLANK_ROWS = 3  # for each list, under what was given
SPARE_ROWS = 10  # whose list is still to be chosen
_ROW_WIDTHS = {"title": 28.0, "place": 20.0, "topic": 20.0, "ref": 44.0, "name": 30.0}
_CODE_WIDTH, _NAME_WIDTH, _ROW_WIDTH = 9.0, 26.0, 12.0


def rows_sheet(form: AnswerForm, title: str, lists: Sequence[Indicator]) -> Sheet:
    """Return a sheet with the rows given before, and blank ones for each list that is open."""
    fields = tuple(dict.fromkeys(field for one in lists for field in row_fields(one)))
    widths = (_CODE_WIDTH, _NAME_WIDTH, *(_ROW_WIDTHS.get(field, _ROW_WIDTH) for field in fields))
    remarks = [f"{one.id} - {one.name}: {form.remarks[one.id]}"
               for one in lists if form.is_return and one.id in form.remarks]  # fmt: skip
    lines = head_lines(form, title.upper(), widths, *remarks)
    lines.append(title_line((LIST_CODE_TITLE, NAME_TITLE, *map(column_title, fields)), widths))
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
            fitting(_cell_text(form, one, field, row.get(field, ""))),
            open_style(is_open=is_open and field in asked, is_figure=False),
        )
        for field in fields
    ]
    code = (one.id if one else "", open_style(is_open=is_open, is_figure=False))
    return table_line([code, (one.name if one else "", Style.LABEL), *cells], widths)


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
