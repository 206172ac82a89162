"""The words of an answer's workbook: how each cell is to be written, and the page that explains."""

from models.answer_fields import AnswerForm, AskedCell, CellKind
from models.answer_forms import wants_note
from models.answer_values import EVENT_KEY
from models.indicators import Indicator, IndicatorType, Rule, RuleKind
from models.validation_shapes import label_of
from models.vietnamese import format_number, sentence_case

FIGURES, EVENTS, LISTS, TEXTS, GUIDE = (
    "Số liệu", "Hoạt động", "Danh sách", "Thuyết minh", "Hướng dẫn",
)  # fmt: skip
CODE_TITLE, FIGURE_TITLE, ANSWER_TITLE, NOTE_TITLE = "Mã", "Số liệu", "Trả lời", "Ghi chú"
NAME_TITLE, UNIT_TITLE, HINT_TITLE = "Chỉ tiêu", "Đơn vị tính", "Cách ghi"
REMARK_TITLE = "Đề nghị bổ sung"
LIST_CODE_TITLE = "Mã chỉ tiêu"


def sheet_of(one: Indicator) -> str:
    """Return the sheet on which the rows of a list are written."""
    return EVENTS if EVENT_KEY in one.key else LISTS


def column_title(field: str) -> str:
    """Return the title of a column of rows."""
    return sentence_case(label_of(field))


def range_of(cell: AskedCell) -> Rule | None:
    """Return the range that the number must lie in; None where there is none."""
    rules = cell.indicator.rules if cell.indicator and cell.kind is CellKind.NUMBER else ()
    return next((rule for rule in rules if rule.kind is RuleKind.RANGE), None)


def hint(cell: AskedCell) -> str:
    """Return how the cell is to be written."""
    if cell.kind is CellKind.NUMBER:
        return f"{_range_words(range_of(cell), cell)}{_note_words(cell)}"
    if cell.kind is CellKind.COUNT and cell.indicator is not None:
        sheet = sheet_of(cell.indicator)
        return f"Ghi từng dòng ở trang “{sheet}”; không có thì ghi 0"
    return _HINTS[cell.kind]


_HINTS = {
    CellKind.TRUTH: "Chọn Có hoặc Không",
    CellKind.MARK: "Ghi x nếu có",
    CellKind.HEADING: "Ghi ở từng dòng dưới đây",
    CellKind.TEXT: "",
    CellKind.DAY: "Ngày/tháng/năm, ví dụ 05/6/2026",
}


def _range_words(rule: Rule | None, cell: AskedCell) -> str:
    is_percent = cell.indicator is not None and cell.indicator.type is IndicatorType.PCT
    low = rule.low if rule and rule.low is not None else 0
    high = 100 if is_percent else rule.high if rule else None
    words = "Số nguyên"
    if high is not None:
        words += f" từ {format_number(low)} đến {format_number(high)}"
    elif low:
        words += f" từ {format_number(low)} trở lên"
    if cell.indicator is not None and cell.indicator.type is IndicatorType.MONEY:
        words += ", tính bằng đồng"
    return words


def _note_words(cell: AskedCell) -> str:
    asks = cell.indicator is not None and wants_note(cell.indicator)
    return "; có phát sinh thì mô tả ở cột Ghi chú" if asks else ""


def prompt(cell: AskedCell) -> str:
    """Return what is told when the cell is chosen."""
    if cell.kind is CellKind.NUMBER:
        unit = f" ({cell.unit})" if cell.unit else ""
        return (
            f"{hint(cell)}{unit}. Ghi bằng chữ số, ví dụ 1500 hoặc 1.500. Không có thì ghi 0; "
            "chưa có số liệu thì để trống."
        )
    return f"{hint(cell)}." if hint(cell) else "Ghi bằng lời; xuống dòng bằng Alt + Enter."


def guide_lines(form: AnswerForm) -> tuple[str, ...]:
    """Return the page that explains how to fill in and send back the workbook."""
    lines = [_WHERE, _NUMBERS, _ZERO]
    if form.lists:
        lines.append(_ROWS)
    if form.may_be_nil:
        lines.append(_NIL)
    lines = [f"{n}. {text}" for n, text in enumerate([*lines, _SAVING, _SENDING], start=1)]
    return (_RETURNED, *lines) if form.is_return else tuple(lines)


_WHERE = "Chỉ ghi vào các ô nền vàng. Các ô khác đã khóa để tránh sửa nhầm."
_NUMBERS = (
    "Số liệu ghi bằng chữ số, là số nguyên: 1500 hoặc 1.500 (dấu chấm phân cách hàng nghìn). Được "
    "ghi kèm đơn vị tính, ví dụ “02 buổi”, “1,5 triệu đồng”. Không ghi khoảng (50-60), không ghi "
    "“khoảng 50”, không ghi nhiều số trong một ô."
)
_ZERO = (
    "Không có thì ghi 0. Chưa có số liệu thì để trống: ô để trống được hiểu là chưa báo cáo, "
    "không phải là 0."
)
_ROWS = (
    "Mỗi hoạt động (cuộc, buổi, lớp …) ghi một dòng ở trang “Hoạt động”; danh sách khác ghi ở "
    "trang “Danh sách”. Mã hoạt động do đơn vị chủ trì đặt, ví dụ TD-01; đơn vị phối hợp ghi đúng "
    "mã đó để mỗi hoạt động chỉ tính một lần. Ngày ghi ngày/tháng/năm."
)
_NIL = (
    "Đơn vị không có nội dung nào để báo cáo: để trống mọi số liệu, chọn “Có” ở dòng “Đơn vị không "
    "phát sinh nội dung để báo cáo” cuối trang “Số liệu” và ghi lý do."
)
_SAVING = (
    "Gõ tiếng Việt bằng bảng mã Unicode (không dùng TCVN3/ABC, VNI). Không đổi tên, không xóa "
    "trang và dòng tiêu đề. Có thể sắp xếp, chèn dòng, điền bằng Excel, LibreOffice, WPS hoặc "
    "Google Trang tính; khi lưu giữ định dạng .xlsx."
)
_SENDING = (
    "Gửi lại: trả lời thư kèm tệp này, hoặc mở trang của đơn vị, chọn “Tải biểu mẫu đã điền lên”. "
    "Tệp này chỉ dùng cho đơn vị và nội dung ghi ở đầu trang."
)
_RETURNED = (
    "Bản gửi trước được trả lại để bổ sung: chỉ sửa các ô nền vàng; nội dung khác giữ nguyên như "
    "đã gửi, không phải nhập lại."
)
