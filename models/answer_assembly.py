"""The cells of a filled form put together: one value for each indicator, one answer of all."""

from collections.abc import Mapping
from datetime import date

from models.answer_fields import (
    DOCUMENT_DAY,
    DOCUMENT_NUMBER,
    NIL,
    NIL_REASON,
    AskedCell,
    given_rows,
    nil_cells,
)
from models.answer_reader import Reader
from models.indicators import Indicator, IndicatorType
from models.submissions import Answer, FieldValue, Row
from models.vietnamese import clean_text, format_number

Scalar = int | bool | str | date


def assemble(
    reader: Reader,
    scalars: Mapping[AskedCell, Scalar],
    notes: Mapping[str, str],
    rows: Mapping[str, tuple[Row, ...]],
) -> Answer:
    """Return the answer that those cells, notes and rows make; what contradicts is remarked on."""
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
