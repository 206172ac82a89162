"""The closed set of rules an indicator may carry, each judged on one answer."""

from collections.abc import Callable, Iterator

from models.answer_values import amount, is_support, sum_of
from models.indicators import Indicator, Rule, RuleKind, Severity
from models.submissions import Answer, Finding
from models.validation_shapes import error, label_of, warning
from models.vietnamese import clean_text, format_number

Judge = Callable[[Indicator, Rule, Answer], str | None]


def check_rules(indicator: Indicator, answer: Answer) -> tuple[Finding, ...]:
    """Return a remark for each rule of the indicator that the answer breaks."""
    return tuple(finding for rule in indicator.rules for finding in _judge(indicator, rule, answer))


def _judge(indicator: Indicator, rule: Rule, answer: Answer) -> Iterator[Finding]:
    is_given = indicator.id in answer.values
    if rule.kind is RuleKind.ROW_FIELDS:
        yield from _row_fields(indicator, rule, answer)
        return
    if not is_given and rule.kind is not RuleKind.POSITIVE_IF:
        return
    fault = _JUDGES[rule.kind](indicator, rule, answer)
    if fault:
        # Absent is not wrong, only not reported: it is asked about, never refused.
        is_error = is_given and rule.severity is Severity.ERROR
        yield error(indicator, fault) if is_error else warning(indicator, fault)


def _range(indicator: Indicator, rule: Rule, answer: Answer) -> str | None:
    value = answer.values[indicator.id]
    numbers = list(value.values()) if isinstance(value, dict) else [amount(value)]
    for number in numbers:
        if number is not None and not _within(number, rule, 1):
            return f"số {format_number(number)} ngoài khoảng {_span(rule)}; đề nghị kiểm tra lại"
    return None


def _within(number: int, rule: Rule, unit: int) -> bool:
    is_low_enough = rule.high is None or number <= rule.high * unit
    return is_low_enough and (rule.low is None or number >= rule.low * unit)


def _span(rule: Rule) -> str:
    low = f"từ {format_number(rule.low)} trở lên" if rule.low is not None else ""
    if rule.high is None:
        return low
    high = f"đến {format_number(rule.high)}"
    return f"từ {format_number(rule.low)} {high}" if rule.low is not None else f"tối đa {high[4:]}"


def _positive_if(indicator: Indicator, rule: Rule, answer: Answer) -> str | None:
    value = amount(answer.values.get(indicator.id))
    if (sum_of(rule.others, answer.values) or 0) > 0 and not value:
        return f"phải lớn hơn 0 vì {_names(rule)} lớn hơn 0; đề nghị bổ sung số liệu"
    return None


def _at_most_sum(indicator: Indicator, rule: Rule, answer: Answer) -> str | None:
    value, others = amount(answer.values[indicator.id]), sum_of(rule.others, answer.values)
    if value is None or others is None or value <= rule.factor * others:
        return None
    most = format_number(rule.factor * others)
    return (
        f"số {format_number(value)} lớn hơn mức {most} tính từ {_names(rule)}; đề nghị kiểm tra lại"
    )


def _equals_sum(indicator: Indicator, rule: Rule, answer: Answer) -> str | None:
    value, others = amount(answer.values[indicator.id]), sum_of(rule.others, answer.values)
    if value is None or others is None or value == others:
        return None
    return (
        f"số {format_number(value)} khác tổng {_names(rule)} là {format_number(others)}; "
        "đề nghị kiểm tra, bổ sung cho khớp"
    )


def _ratio(indicator: Indicator, rule: Rule, answer: Answer) -> str | None:
    value, others = amount(answer.values[indicator.id]), sum_of(rule.others, answer.values)
    if value is None or not others or _within(value, rule, others):
        return None
    return (
        f"bình quân trên mỗi đơn vị của {_names(rule)} ngoài khoảng {_span(rule)}; "
        "đề nghị kiểm tra lại"
    )


def _describe_if_positive(indicator: Indicator, _rule: Rule, answer: Answer) -> str | None:
    is_positive = (amount(answer.values[indicator.id]) or 0) > 0
    if is_positive and not clean_text(answer.notes.get(indicator.id, "")):
        return "có phát sinh nên phải kèm ghi chú mô tả; đề nghị ghi rõ nội dung, nguồn, số, ngày"
    return None


def _max_length(indicator: Indicator, rule: Rule, answer: Answer) -> str | None:
    value = answer.values[indicator.id]
    if isinstance(value, str) and rule.high is not None and len(value) > rule.high:
        most = format_number(rule.high)
        return f"dài {format_number(len(value))} ký tự, tối đa {most}; đề nghị rút gọn"
    return None


def _row_fields(indicator: Indicator, rule: Rule, answer: Answer) -> Iterator[Finding]:
    rows = answer.values.get(indicator.id)
    for place, row in enumerate(rows if isinstance(rows, tuple) else (), start=1):
        lacking = [
            label_of(field)
            for field in rule.fields
            if field not in indicator.key and not clean_text(str(row.get(field, "")))
        ]
        if lacking:
            text = f"dòng {place}: thiếu {', '.join(lacking)}; đề nghị điền"
            # A supporting unit refers to the lead's event and need not repeat its particulars.
            is_error = rule.severity is Severity.ERROR and not is_support(row)
            yield error(indicator, text) if is_error else warning(indicator, text)


def _names(rule: Rule) -> str:
    return " + ".join(rule.others)


_JUDGES: dict[RuleKind, Judge] = {
    RuleKind.RANGE: _range,
    RuleKind.POSITIVE_IF: _positive_if,
    RuleKind.AT_MOST_SUM: _at_most_sum,
    RuleKind.EQUALS_SUM: _equals_sum,
    RuleKind.RATIO: _ratio,
    RuleKind.DESCRIBE_IF_POSITIVE: _describe_if_positive,
    RuleKind.MAX_LENGTH: _max_length,
}
