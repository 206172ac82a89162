"""A filled form read as an answer, cell by cell; what cannot be read is named by its cell."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from models.answer_cells import (
    CellDoubtError,
    day_in,
    is_blank,
    is_marked,
    number_in,
    text_in,
    truth_in,
)
from models.answer_fields import (
    DOCUMENT_DAY,
    DOCUMENT_NUMBER,
    NIL,
    NIL_REASON,
    AnswerForm,
    AskedCell,
    CellKind,
    figure_cells,
    given_rows,
    given_text,
    nil_cells,
    text_cells,
)
from models.answer_forms import carry_over
from models.answer_reader import Reader
from models.answer_rows import read_rows
from models.answer_tables import Entry, Place, Table, entries, find_tables
from models.errors import AmbiguousNumberError, WorkbookUnreadableError
from models.indicators import Indicator, IndicatorType
from models.submissions import Answer, FieldValue, Finding, Row
from models.validation import ANSWER_FIELD
from models.vietnamese import clean_text, fold_key, format_number, paragraphs, sentence_case
from models.workbooks import LONGEST_CELL, ReadCell, ReadSheet

Scalar = int | bool | str | date

NO_TABLE = (
    "Không thấy bảng số liệu của biểu mẫu (dòng tiêu đề có cột “Mã”); đề nghị tải lại biểu mẫu từ "
    "trang của đơn vị rồi điền vào đó."
)
CUT = "Trang “{title}” có nội dung ngoài 5.000 dòng, 200 cột được đọc; phần đó không được ghi nhận."
_ROW_NUMBER = re.compile(r"^(.*?: )dòng (\d+)(?=[: ])", re.DOTALL)


class FormReading(NamedTuple):
    """The answer of a filled form, what was remarked on while reading, and where fields stand."""

    answer: Answer
    reader: Reader

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The remarks, in the order of the cells."""
        return tuple(self.reader.findings)


def read_form(form: AnswerForm, sheets: Sequence[ReadSheet], *, year: int) -> FormReading:
    """Return what the sheets of a form say; closed fields stay as they were sent.

    Rows and columns are found by their titles and codes, so that sorting, moving and inserting
    do no harm. ``year`` is that of days written without one.

    Raises:
        WorkbookUnreadableError: no sheet has the form's table.
    """
    tables = find_tables(sheets)
    if not tables:
        raise WorkbookUnreadableError(NO_TABLE)
    reader = Reader(form, year)
    for sheet in sheets:
        if sheet.is_cut:
            told = CUT.format(title=sheet.title)
            reader.findings.append(Finding(field=ANSWER_FIELD, message=told, is_error=False))
    placed = _place(reader, [table for table in tables if not table.is_of_rows])
    scalars, notes = _read_fields(reader, placed)
    rows = read_rows(reader, [table for table in tables if table.is_of_rows])
    given = _answer(reader, scalars, notes, rows)
    is_whole = form.writable >= form.fields
    kept = given if is_whole else carry_over(given, form.previous, opened=form.writable)
    return FormReading(kept.model_copy(update={"attachments": form.previous.attachments}), reader)


def locate(reading: FormReading, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return remarks of the rules with the cell or row of the form that each is about."""
    return tuple(_located(reading.reader, finding) for finding in findings)


def _located(reader: Reader, finding: Finding) -> Finding:
    rows, message = reader.rows.get(finding.field, []), finding.message
    found = _ROW_NUMBER.match(message)
    if found and 0 < int(found[2]) <= len(rows):
        place: Place | None = rows[int(found[2]) - 1]
        message = f"{found[1]}{message[found.end() :].removeprefix(': ').lstrip()}"
    else:
        place = reader.places.get(finding.field)
    if place is None:
        return finding
    return finding.model_copy(update={"message": f"{sentence_case(str(place))}: {message}"})


def _place(reader: Reader, tables: Iterable[Table]) -> dict[AskedCell, Entry]:
    """Find the row of each cell asked for: by its code, or by its words where the code is gone."""
    cells = (*figure_cells(reader.form), *nil_cells(reader.form), *text_cells(reader.form))
    by_code = {cell.code.casefold(): cell for cell in cells}
    labels = [fold_key(cell.label) for cell in cells]
    by_label = {fold_key(c.label): c for c in cells if labels.count(fold_key(c.label)) == 1}
    placed: dict[AskedCell, Entry] = {}
    for entry in (entry for table in tables for entry in entries(table)):
        cell = (
            by_code.get(entry.code.casefold())
            if entry.code
            else by_label.get(fold_key(entry.label))
        )
        if cell is None:
            _refuse_stray(reader, entry)
        elif cell not in placed or is_blank(placed[cell].value[0]):
            placed[cell] = entry
            reader.places.setdefault(cell.field, entry.value[1])
        else:
            _refuse_twice(reader, cell, placed[cell], entry)
    _miss(reader, cells, placed)
    return placed


def _refuse_stray(reader: Reader, entry: Entry) -> None:
    cell, place = entry.value
    if is_blank(cell):
        return
    if entry.code:
        told = f"Mã “{entry.code[:20]}” không có trong biểu mẫu; đề nghị bỏ dòng hoặc ghi đúng mã."
        reader.remark(ANSWER_FIELD, place, told)
    else:
        told = "Dòng không có mã nên không được ghi nhận."
        reader.remark(ANSWER_FIELD, place, told, is_error=False)


def _refuse_twice(reader: Reader, cell: AskedCell, first: Entry, second: Entry) -> None:
    one, other = first.value, second.value
    if is_blank(other[0]) or _shown(one[0]) == _shown(other[0]):
        return
    told = f"Mã {cell.code} đã ghi khác ở {one[1]}; đề nghị bỏ một trong hai."
    reader.remark(cell.field, other[1], told)


def _shown(cell: ReadCell | None) -> str:
    return paragraphs(str(cell.value)) if cell else ""


def _miss(reader: Reader, cells: Iterable[AskedCell], placed: Mapping[AskedCell, Entry]) -> None:
    optional = {CellKind.HEADING, CellKind.MARK}
    for cell in cells:
        is_asked = reader.form.is_open(cell.field) and cell.kind not in optional
        if cell not in placed and is_asked:
            told = f"Không thấy dòng mã {cell.code} ({cell.label}) trong tệp; hiểu là chưa báo cáo."
            reader.findings.append(Finding(field=cell.field, message=told, is_error=False))


def _read_fields(
    reader: Reader, placed: Mapping[AskedCell, Entry]
) -> tuple[dict[AskedCell, Scalar], dict[str, str]]:
    """Read what stands in each open cell and beside it; closed cells are only compared."""
    scalars: dict[AskedCell, Scalar] = {}
    notes: dict[str, str] = {}
    for cell, entry in placed.items():
        if not reader.form.is_open(cell.field):
            _compare(reader, cell, entry)
            continue
        value = reader.read(cell.field, entry.value, _how(reader, cell))
        if value is not None:
            scalars[cell] = value
        note = reader.read(cell.field, entry.note, text_in) if cell.is_note_place else None
        if note:
            notes[cell.field] = note
    return scalars, notes


def _how(reader: Reader, cell: AskedCell) -> Callable[[ReadCell], Scalar]:
    if cell.kind in {CellKind.NUMBER, CellKind.COUNT}:
        return number_in
    if cell.kind is CellKind.HEADING:
        of_map = cell.indicator is not None and cell.indicator.type is IndicatorType.MAP_INT
        return number_in if of_map else text_in
    if cell.kind is CellKind.DAY:
        return lambda found: day_in(found, year=reader.year)
    return {CellKind.TRUTH: truth_in, CellKind.MARK: is_marked}.get(cell.kind, text_in)


def _compare(reader: Reader, cell: AskedCell, entry: Entry) -> None:
    """Tell of a closed cell that was written to all the same."""
    found, place = entry.value
    given = given_text(cell, reader.form.previous)
    if cell.kind is CellKind.HEADING or len(given) > LONGEST_CELL:
        return
    how = _how(reader, cell)
    if _said(found, how) != _said(ReadCell(given), how):
        told = "Ô này không mở để sửa; nội dung mới không được ghi nhận."
        reader.remark(cell.field, place, told, is_error=False)


def _said(cell: ReadCell | None, how: Callable[[ReadCell], Scalar]) -> Scalar | None:
    if cell is None or is_blank(cell):
        return None
    try:
        return how(cell) or None
    except (CellDoubtError, AmbiguousNumberError):
        return str(cell.value)


def _answer(
    reader: Reader,
    scalars: Mapping[AskedCell, Scalar],
    notes: Mapping[str, str],
    rows: Mapping[str, tuple[Row, ...]],
) -> Answer:
    values: dict[str, FieldValue] = {}
    for one in reader.form.asked:
        mine = {cell: found for cell, found in scalars.items() if cell.indicator is one}
        value = _value(reader, one, mine, rows.get(one.id, ()))
        if value is not None:
            values[one.id] = value
    by_code = {cell.code: found for cell, found in scalars.items()}
    day = by_code.get(DOCUMENT_DAY)
    texts = {c.field: str(v) for c, v in scalars.items() if c.field in reader.form.narratives}
    return Answer(
        values=values,
        notes=dict(notes),
        narrative=texts,
        document_number=clean_text(str(by_code.get(DOCUMENT_NUMBER, ""))) or None,
        document_date=day if isinstance(day, date) else None,
        nil_reason=_nil(reader, by_code),
    )


def _nil(reader: Reader, by_code: Mapping[str, Scalar]) -> str | None:
    reason = clean_text(str(by_code.get(NIL_REASON, "")))
    if by_code.get(NIL) is True:
        return reason
    if reason:
        field = next(cell.field for cell in nil_cells(reader.form))
        told = "Có lý do không phát sinh nhưng chưa chọn “Có”; đề nghị chọn “Có” hoặc bỏ lý do."
        reader.remark(field, reader.places[field], told)
    return None


def _value(
    reader: Reader, one: Indicator, mine: Mapping[AskedCell, Scalar], rows: tuple[Row, ...]
) -> FieldValue | None:
    if one.type is IndicatorType.LIST:
        return _list(reader, one, mine, rows)
    if one.type is IndicatorType.MAP_INT:
        return _map(reader, one, mine)
    if one.type is IndicatorType.ENUM_LIST:
        return _choices(reader, one, mine)
    value = next(iter(mine.values()), None)
    return None if isinstance(value, date) else value


def _list(
    reader: Reader, one: Indicator, mine: Mapping[AskedCell, Scalar], rows: tuple[Row, ...]
) -> FieldValue | None:
    count = next(iter(mine.values()), None)
    if not reader.form.is_open(one.id):
        if rows != given_rows(one, reader.form.previous):
            told = "Danh sách này không mở để sửa; nội dung mới không được ghi nhận."
            place = reader.rows[one.id][0] if rows else reader.places.get(one.id)
            if place is not None:
                reader.remark(one.id, place, told, is_error=False)
        return None
    if count is not None and count != len(rows):
        told = (
            f"Ghi {format_number(int(str(count)))} nhưng danh sách có {len(rows)} dòng; đề nghị "
            "ghi đủ từng dòng, ô này để trống (hoặc ghi 0 nếu không có)."
        )
        reader.remark(one.id, reader.places[one.id], told)
    return rows if rows or count == 0 else None


def _map(reader: Reader, one: Indicator, mine: Mapping[AskedCell, Scalar]) -> dict[str, int] | None:
    by_key = {cell.key: found for cell, found in mine.items()}
    numbers = {k: n for k in one.keys if isinstance(n := by_key.get(k), int)}
    whole = by_key.get("")
    if whole is not None and whole != sum(numbers.values()):
        told = "Số chung khác tổng các dòng dưới; đề nghị ghi số ở từng dòng, ô này để trống."
        reader.remark(one.id, reader.places[one.id], told)
    return numbers or None


def _choices(reader: Reader, one: Indicator, mine: Mapping[AskedCell, Scalar]) -> str | None:
    chosen = {cell.key for cell, found in mine.items() if cell.key and found}
    if any(not cell.key for cell in mine):
        told = "Đề nghị ghi x ở từng dòng dưới, ô này để trống."
        reader.remark(one.id, reader.places[one.id], told)
    return "; ".join(key for key in one.keys if key in chosen) or None
