"""Whether a value has the shape of its indicator: number, money, map, rows, choices, text."""

from collections.abc import Callable, Iterator
from datetime import date

from models.answer_values import LEAD, SUPPORT, choices_of, identity
from models.indicators import Indicator, IndicatorType
from models.submissions import FieldValue, Finding, Row
from models.vietnamese import clean_text

MAX_TEXT_BYTES = 50 * 1024
MAX_NUMBER = 10**15  # larger is a slip, and does not fit spreadsheets
MONEY_STEP = 1_000  # domain.md 3.1 V7
FULL_PERCENT = 100

ROW_LABELS = {
    "event_id": "mã hoạt động",
    "title": "tên hoạt động",
    "date": "ngày",
    "place": "địa điểm",
    "participants": "số người",
    "role": "vai trò",
    "topic": "chủ đề",
    "type": "loại",
    "name": "tên",
    "household": "chủ hộ",
    "village": "thôn",
    "owner": "chủ thể",
    "ref": "số hiệu hoặc đường dẫn minh chứng",
}


def error(indicator: Indicator, text: str) -> Finding:
    """Return a remark that stops the submission."""
    return Finding(field=indicator.id, message=_message(indicator, text), is_error=True)


def warning(indicator: Indicator, text: str) -> Finding:
    """Return a remark that only asks."""
    return Finding(field=indicator.id, message=_message(indicator, text), is_error=False)


def _message(indicator: Indicator, text: str) -> str:
    return f"{indicator.id} - {indicator.name}: {text}."


def label_of(field: str) -> str:
    """Return a row field as a user reads it."""
    return ROW_LABELS.get(field, field)


def is_too_long(text: str) -> bool:
    """Whether a text is over the 50 KB that one field may hold."""
    return len(text.encode()) > MAX_TEXT_BYTES


def check_shape(indicator: Indicator, value: FieldValue) -> tuple[Finding, ...]:
    """Return what is wrong with the shape of one value; empty when it fits its type."""
    return tuple(_CHECKS[indicator.type](indicator, value))


def _number_fault(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return "phải là số nguyên; đề nghị ghi bằng chữ số"
    if value < 0:
        return "không được là số âm; đề nghị ghi 0 nếu không có"
    if value > MAX_NUMBER:
        return "số quá lớn; đề nghị kiểm tra lại đơn vị tính"
    return None


def _check_int(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    fault = _number_fault(value)
    if fault:
        yield error(indicator, fault)


def _check_money(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    fault = _number_fault(value)
    if fault:
        yield error(indicator, fault)
    elif isinstance(value, int) and value % MONEY_STEP:
        yield warning(
            indicator,
            "số tiền không tròn nghìn đồng; đề nghị kiểm tra đơn vị tính là đồng, "
            "không phải nghìn đồng hay triệu đồng",
        )


def _check_pct(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    fault = _number_fault(value)
    if fault is None and isinstance(value, int) and value > FULL_PERCENT:
        fault = "tỷ lệ phải từ 0 đến 100; đề nghị kiểm tra lại"
    if fault:
        yield error(indicator, fault)


def _check_bool(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    if not isinstance(value, bool):
        yield error(indicator, "chỉ nhận Có hoặc Không; đề nghị chọn lại")


def _check_map(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield error(indicator, "phải ghi một số cho từng mục; đề nghị điền theo biểu mẫu")
        return
    for key, number in value.items():
        if indicator.keys and key not in indicator.keys:
            allowed = ", ".join(indicator.keys)
            yield error(indicator, f"mục “{key}” không có; đề nghị chọn trong: {allowed}")
        fault = _number_fault(number)
        if fault:
            yield error(indicator, f"mục “{key}” {fault}")


def _check_choices(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    if isinstance(value, int):
        yield error(indicator, "phải chọn trong danh mục; đề nghị chọn lại")
        return
    for choice in choices_of(value):
        if indicator.keys and choice not in indicator.keys:
            allowed = ", ".join(indicator.keys)
            yield error(indicator, f"“{choice}” ngoài danh mục; đề nghị chọn trong: {allowed}")


def _check_text(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield error(indicator, "phải là đoạn văn bản; đề nghị ghi bằng lời")
    elif is_too_long(value):
        yield error(indicator, "văn bản dài quá 50 KB; đề nghị rút gọn hoặc gửi tệp kèm theo")


def _check_rows(indicator: Indicator, value: FieldValue) -> Iterator[Finding]:
    if not isinstance(value, tuple):
        yield error(indicator, "phải là danh sách từng dòng; đề nghị điền theo biểu mẫu")
        return
    seen: set[str] = set()
    for place, row in enumerate(value, start=1):
        for fault in _row_faults(indicator, row):
            yield error(indicator, f"dòng {place}: {fault}")
        found = identity(row, indicator.key)
        if found is not None and found in seen:
            yield warning(indicator, f"dòng {place} trùng một dòng trên; chỉ được tính một lần")
        seen |= {found} if found else set()


def _row_faults(indicator: Indicator, row: Row) -> Iterator[str]:
    for field in indicator.key:
        if not clean_text(str(row.get(field, ""))):
            yield f"thiếu {label_of(field)}; đề nghị điền"
    for field, cell in row.items():
        fault = _cell_fault(field, cell)
        if fault:
            yield f"{label_of(field)} {fault}"
    kind = row.get("type")
    if indicator.keys and kind is not None and kind not in indicator.keys:
        yield f"loại “{kind}” ngoài danh mục; đề nghị chọn trong: {', '.join(indicator.keys)}"


def _cell_fault(field: str, cell: str | int | bool) -> str | None:  # noqa: FBT001 - a cell
    if field == "participants" or (isinstance(cell, int) and not isinstance(cell, bool)):
        return _number_fault(cell)
    if field == "role" and clean_text(str(cell)).casefold() not in {LEAD, SUPPORT}:
        return f"phải là “{LEAD}” hoặc “{SUPPORT}”; đề nghị chọn lại"
    if field == "date" and not _is_iso_day(str(cell)):
        return "phải là một ngày có thật (năm-tháng-ngày); đề nghị chọn lại"
    if is_too_long(str(cell)):
        return "dài quá 50 KB; đề nghị rút gọn"
    return None


def _is_iso_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_CHECKS: dict[IndicatorType, Callable[[Indicator, FieldValue], Iterator[Finding]]] = {
    IndicatorType.INT: _check_int,
    IndicatorType.MONEY: _check_money,
    IndicatorType.PCT: _check_pct,
    IndicatorType.BOOL: _check_bool,
    IndicatorType.MAP_INT: _check_map,
    IndicatorType.LIST: _check_rows,
    IndicatorType.ENUM_LIST: _check_choices,
    IndicatorType.TEXT: _check_text,
}
