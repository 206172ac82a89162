"""The rows of a filled form's lists: which list each belongs to, and what its cells say."""

from collections import defaultdict
from collections.abc import Iterable

from models.answer_cells import day_doubt, day_in, is_blank, number_in, text_in
from models.answer_forms import row_fields
from models.answer_reader import Reader
from models.answer_sheet_words import LIST_CODE_TITLE, column_title
from models.answer_tables import Entry, Table, entries
from models.answer_values import COUNTED_CELL, DAY_CELL, KIND_CELL
from models.indicators import Indicator
from models.submissions import Row
from models.validation import ANSWER_FIELD
from models.vietnamese import clean_text, fold_key, sentence_case
from models.workbooks import ReadCell


def read_rows(reader: Reader, tables: Iterable[Table]) -> dict[str, tuple[Row, ...]]:
    """Return the rows of each list that has any, in the order of the sheets."""
    by_code = {one.id.casefold(): one for one in reader.form.lists}
    by_name = {fold_key(one.name): one for one in reader.form.lists}
    fields = dict.fromkeys(field for one in reader.form.lists for field in row_fields(one))
    found: dict[str, list[Row]] = defaultdict(list)
    for entry in (entry for table in tables for entry in entries(table)):
        given = [f for f in fields if not is_blank(entry.cell(fold_key(column_title(f)))[0])]
        if not given:
            continue
        one = by_code.get(entry.code.casefold()) or (
            None if entry.code else by_name.get(fold_key(entry.label))
        )
        if one is None:
            _refuse_stray(reader, entry)
            continue
        found[one.id].append(_row(reader, entry, one, given))
        reader.rows[one.id].append(entry.at_row)
    return {id_: tuple(rows) for id_, rows in found.items()}


def _refuse_stray(reader: Reader, entry: Entry) -> None:
    words = (
        f"mã chỉ tiêu “{entry.code[:20]}” không có trong biểu mẫu; đề nghị chọn lại mã."
        if entry.code
        else "chưa chọn mã chỉ tiêu; đề nghị chọn mã hoặc xóa dòng."
    )
    _, place = entry.cell(fold_key(LIST_CODE_TITLE))
    reader.remark(ANSWER_FIELD, place, sentence_case(words))


def _row(reader: Reader, entry: Entry, one: Indicator, given: Iterable[str]) -> Row:
    row: Row = {}
    asked = row_fields(one)
    for field in given:
        cell, place = entry.cell(fold_key(column_title(field)))
        if field not in asked:
            told = f"Chỉ tiêu {one.id} không hỏi mục này; không ghi nhận nội dung trong ô."
            reader.remark(one.id, place, told, is_error=False)
            continue
        value = reader.read(one.id, (cell, place), lambda c, f=field: _cell(reader, one, f, c))  # type: ignore[misc]  # mypy does not infer defaults of lambdas
        if value is not None:
            row[field] = value
        if cell and field == DAY_CELL and field in row and (doubt := _day_doubt(reader, cell)):
            reader.remark(one.id, place, sentence_case(doubt), is_error=False)
    return row


def _day_doubt(reader: Reader, cell: ReadCell) -> str:
    return day_doubt(cell, day_in(cell, year=reader.year))


def _cell(reader: Reader, one: Indicator, field: str, cell: ReadCell) -> str | int:
    if field == COUNTED_CELL:
        return number_in(cell)
    if field == DAY_CELL:
        return day_in(cell, year=reader.year).isoformat()
    text = clean_text(text_in(cell))
    return _kind(reader, one, text) if field == KIND_CELL and one.keys else text


def _kind(reader: Reader, one: Indicator, text: str) -> str:
    """Return the key of a choice written by its key or by its word; another text as it is."""
    if text in one.keys:
        return text
    words = {fold_key(reader.form.choice_label(key)): key for key in one.keys}
    return words.get(fold_key(text), text)
