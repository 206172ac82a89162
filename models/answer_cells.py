"""One cell of a filled form as what it says: a number, yes or no, a mark, a text, a day."""

from datetime import date, datetime

from models.errors import AmbiguousNumberError, DondocError
from models.number_formats import is_ambiguous_day, shows_another_number
from models.numbers import parse_number
from models.vietnamese import clean_text, fold_key, format_day, format_number, paragraphs
from models.workbooks import ReadCell
from models.written_days import read_day

_YES = frozenset({"co", "x", "v", "✓", "✔", "☑", "dung", "true"})
_NO = frozenset({"khong", "false", "sai"})
_NOT_MARKED = _NO | {"", "0", "☐"}


class CellDoubtError(DondocError):
    """A cell that says nothing clear; its text tells what is doubtful and what to do."""


def is_blank(cell: ReadCell | None) -> bool:
    """Whether nothing was written."""
    return cell is None or (isinstance(cell.value, str) and not clean_text(cell.value)
                            and not cell.is_broken)  # fmt: skip


def number_in(cell: ReadCell) -> int:
    """Return the whole number of a cell.

    Raises:
        CellDoubtError: it shows another number than it holds, or no number.
        AmbiguousNumberError: its text may be read in several ways, or in none.
    """
    value = _computed(cell).value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        shown = "Có hoặc Không" if isinstance(value, bool) else "ngày, giờ"
        raise CellDoubtError(f"ô đang là {shown}, không phải là số; đề nghị ghi lại bằng chữ số.")
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, float):
        raise AmbiguousNumberError(format_number(value), "là số lẻ trong khi cần số nguyên")
    if shows_another_number(cell.number_format):
        raise CellDoubtError(
            f"ô lưu số {format_number(value)} nhưng định dạng của ô hiển thị số khác; đề nghị ghi "
            "lại một số nguyên bằng chữ số, không dùng định dạng phần trăm, nghìn, triệu."
        )
    return value


def truth_in(cell: ReadCell) -> bool:
    """Return yes or no.

    Raises:
        CellDoubtError: it is neither.
    """
    value = _computed(cell).value
    word = fold_key(str(value))
    if word in _YES or word in _NO:
        return word in _YES
    raise CellDoubtError(f"“{_short(value)}” không phải là Có hoặc Không; đề nghị chọn lại.")


def is_marked(cell: ReadCell | None) -> bool:
    """Whether a choice was marked.

    Raises:
        CellDoubtError: neither a mark nor nothing.
    """
    if cell is None:
        return False
    word = fold_key(str(_computed(cell).value))
    if word in _YES or word in _NOT_MARKED:
        return word in _YES
    raise CellDoubtError(
        f"“{_short(cell.value)}” không rõ là chọn hay không; đề nghị ghi x nếu có."
    )


def text_in(cell: ReadCell) -> str:
    """Return the text of a cell, in clean lines; numbers and days as people write them.

    Raises:
        CellDoubtError: a formula without result, or a text that begins as one.
    """
    value = _computed(cell).value
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_number(value)
    return format_day(value) if isinstance(value, date) else paragraphs(str(value))


def day_in(cell: ReadCell, *, year: int) -> date:
    """Return the day of a cell, a text without a year as of the given one.

    Raises:
        CellDoubtError: there is no such day.
    """
    value = _computed(cell).value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = read_day(str(value), year=year) if isinstance(value, str) else None
    if found is None:
        raise CellDoubtError(
            f"“{_short(value)}” không phải là một ngày có thật; đề nghị ghi ngày/tháng/năm, "
            "ví dụ 05/6/2026."
        )
    return found


def day_doubt(cell: ReadCell, day: date) -> str:
    """Return what to ask about a day that may have its month in front; empty for nothing."""
    is_stored = isinstance(cell.value, date) and is_ambiguous_day(cell.number_format)
    if not is_stored or day.day > _MONTHS or day.day == day.month:
        return ""
    return f"được đọc là ngày {format_day(day)}; đề nghị kiểm tra ngày và tháng không bị đảo."


_MONTHS = 12


def formula_doubt(cell: ReadCell) -> str:
    """Return what to tell of a formula that was taken at its result; empty for none."""
    if not cell.is_formula or cell.is_broken:
        return ""
    shown = format_number(cell.value) if isinstance(cell.value, int | float) else _short(cell.value)
    return f"có công thức; đã lấy kết quả “{shown}”, đề nghị kiểm tra."


def _computed(cell: ReadCell) -> ReadCell:
    if cell.is_broken:
        raise CellDoubtError(
            "công thức chưa có kết quả hoặc bị lỗi; đề nghị ghi trực tiếp kết quả vào ô."
        )
    return cell


def _short(value: object) -> str:
    return clean_text(str(value))[:40]
