"""Figures written in the words of a mail: under their code and beyond doubt, or told back."""

from collections.abc import Sequence

from pydantic import Field

from models.errors import AmbiguousNumberError
from models.indicators import Indicator, IndicatorType
from models.letter_rows import RemarkRow
from models.mail_intents import WrittenFigure
from models.numbers import parse_number
from models.submissions import FieldValue
from models.values import Value

COUNTED = frozenset({IndicatorType.INT, IndicatorType.MONEY, IndicatorType.PCT})
_TRUTHS = {"có": True, "không": False}


class ReadFigures(Value):
    """The values that are beyond doubt, by indicator, and what to write again."""

    values: dict[str, FieldValue] = Field(default_factory=dict)
    remarks: tuple[RemarkRow, ...] = ()


def read_figures(figures: Sequence[WrittenFigure], asked: Sequence[Indicator]) -> ReadFigures:
    """Read each figure by the type of its indicator; codes that are not asked are left out."""
    known = {indicator.id: indicator for indicator in asked}
    values: dict[str, FieldValue] = {}
    remarks: list[RemarkRow] = []
    for figure in figures:
        indicator = known.get(figure.code)
        if indicator is None:
            continue
        found = _read(figure, indicator)
        if isinstance(found, RemarkRow):
            remarks.append(found)
        elif values.setdefault(indicator.id, found) != found:
            remarks.append(_remark(indicator, "Thư ghi hai số khác nhau cho chỉ tiêu này."))
    return ReadFigures(values=values, remarks=tuple(remarks))


def _read(figure: WrittenFigure, indicator: Indicator) -> FieldValue | RemarkRow:
    if figure.text is None:
        return _remark(indicator, "Chưa rõ số nào là của chỉ tiêu này.")
    if indicator.type is IndicatorType.BOOL:
        truth = _TRUTHS.get(figure.text.casefold())
        return _remark(indicator, "Chỉ tiêu này trả lời có hoặc không.") if truth is None else truth
    if indicator.type not in COUNTED:
        return _remark(indicator, "Chỉ tiêu này có nhiều mục, không ghi được trong lời thư.")
    try:
        return parse_number(figure.text)
    except AmbiguousNumberError as error:
        return _remark(indicator, str(error))


def _remark(indicator: Indicator, message: str) -> RemarkRow:
    is_counted = indicator.type in COUNTED
    hint = f"Ghi một dòng: “{indicator.id}: 12”." if is_counted else "Điền vào biểu .xlsx."
    return RemarkRow(field=f"{indicator.name} ({indicator.id})", message=message, hint=hint)
