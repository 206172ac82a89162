"""A form read as an answer, and an answer written back as a form: each undoes the other."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from models.answer_forms import DOCUMENT_FIELD, row_fields
from models.answer_values import COUNTED_CELL, DAY_CELL
from models.errors import AmbiguousNumberError
from models.indicators import Indicator, IndicatorType
from models.numbers import parse_number
from models.submissions import Answer, Attachment, FieldValue, Finding, Row
from models.values import Value
from models.vietnamese import clean_text, paragraphs
from portal.posted import FormInput

MAX_ROWS = 30
NIL, NIL_REASON = "khong_phat_sinh", "ly_do"
DOCUMENT, DOCUMENT_DAY = "so_van_ban", "ngay_van_ban"
NO_ROWS = "khong_co"
CHECKED = "co"
YES, NO = "co", "khong"
_VIETNAMESE_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Reading(Value):
    """The answer a form gives, with what could not be read in it."""

    answer: Answer
    faults: tuple[Finding, ...]


def value_name(*parts: str | int) -> str:
    """Return the name of the field of a value: v.TT01, v.TT04.zalo, v.HD01.0.title."""
    return ".".join(["v", *map(str, parts)])


def read_answer(
    given: FormInput,
    *,
    asked: Sequence[Indicator],
    narratives: Sequence[str],
    attachments: tuple[Attachment, ...],
) -> Reading:
    """Read the answer; a field left blank is absent, a field that cannot be read is a fault."""
    values: dict[str, FieldValue] = {}
    faults: list[Finding] = []
    for indicator in asked:
        try:
            value = _READERS[indicator.type](indicator, given)
        except AmbiguousNumberError as error:
            faults.append(Finding(field=indicator.id, message=str(error), is_error=True))
            continue
        if value is not None:
            values[indicator.id] = value
    day, fault = _document_day(given)
    answer = Answer(
        values=values,
        notes=_texts(given, "n", [one.id for one in asked]),
        narrative=_texts(given, "t", narratives),
        attachments=attachments,
        document_number=clean_text(given.one(DOCUMENT)) or None,
        document_date=day,
        nil_reason=clean_text(given.one(NIL_REASON)) if given.one(NIL) == CHECKED else None,
    )
    return Reading(answer=answer, faults=(*faults, *fault))


def _document_day(given: FormInput) -> tuple[date | None, tuple[Finding, ...]]:
    text = given.one(DOCUMENT_DAY).strip()
    try:
        return (date.fromisoformat(iso_day(text)) if text else None), ()
    except ValueError:
        message = f"Ngày “{clean_text(text)[:20]}” không có thật; đề nghị chọn lại."
        return None, (Finding(field=DOCUMENT_FIELD, message=message, is_error=True),)


def iso_day(text: str) -> str:
    """Return a day typed as 22/6/2026, by browsers without a calendar, as 2026-06-22."""
    found = _VIETNAMESE_DAY.fullmatch(text)
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text


def _texts(given: FormInput, prefix: str, keys: Sequence[str]) -> dict[str, str]:
    found = {key: paragraphs(given.one(f"{prefix}.{key}")) for key in keys}
    return {key: text for key, text in found.items() if text}


def _number(indicator: Indicator, given: FormInput) -> FieldValue | None:
    text = given.one(value_name(indicator.id))
    return parse_number(text) if text.strip() else None


def _truth(indicator: Indicator, given: FormInput) -> FieldValue | None:
    return {YES: True, NO: False}.get(given.one(value_name(indicator.id)))


def _map(indicator: Indicator, given: FormInput) -> FieldValue | None:
    texts = {key: given.one(value_name(indicator.id, key)) for key in indicator.keys}
    return {key: parse_number(text) for key, text in texts.items() if text.strip()} or None


def _text(indicator: Indicator, given: FormInput) -> FieldValue | None:
    return paragraphs(given.one(value_name(indicator.id))) or None


def _choices(indicator: Indicator, given: FormInput) -> FieldValue | None:
    chosen = given.every(value_name(indicator.id))
    return "; ".join(key for key in indicator.keys if key in chosen) or None


def _rows(indicator: Indicator, given: FormInput) -> FieldValue | None:
    rows = [_row(indicator, given, number) for number in range(MAX_ROWS)]
    found = tuple(row for row in rows if row)
    is_none = given.one(value_name(indicator.id, NO_ROWS)) == CHECKED
    return found if found or is_none else None


def _row(indicator: Indicator, given: FormInput, number: int) -> Row:
    row: Row = {}
    for field in row_fields(indicator):
        text = clean_text(given.one(value_name(indicator.id, number, field)))
        if text:
            row[field] = _cell(field, text)
    return row


def _cell(field: str, text: str) -> str | int:
    if field == COUNTED_CELL:
        return parse_number(text)
    return iso_day(text) if field == DAY_CELL else text


Reader = Callable[[Indicator, FormInput], FieldValue | None]
_READERS: dict[IndicatorType, Reader] = {
    IndicatorType.INT: _number,
    IndicatorType.MONEY: _number,
    IndicatorType.PCT: _number,
    IndicatorType.BOOL: _truth,
    IndicatorType.MAP_INT: _map,
    IndicatorType.LIST: _rows,
    IndicatorType.ENUM_LIST: _choices,
    IndicatorType.TEXT: _text,
}


def write_form(answer: Answer) -> FormInput:
    """Return the fields that read back as the answer; files are not among them."""
    fields = dict(_value_fields(answer.values))
    fields |= {f"n.{key}": (text,) for key, text in answer.notes.items()}
    fields |= {f"t.{key}": (text,) for key, text in answer.narrative.items()}
    if answer.document_number:
        fields[DOCUMENT] = (answer.document_number,)
    if answer.document_date:
        fields[DOCUMENT_DAY] = (answer.document_date.isoformat(),)
    if answer.nil_reason is not None:
        fields |= {NIL: (CHECKED,), NIL_REASON: (answer.nil_reason,)}
    return FormInput(fields=fields)


def _value_fields(values: Mapping[str, FieldValue]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for id_, value in values.items():
        if isinstance(value, bool):
            yield value_name(id_), (YES if value else NO,)
        elif isinstance(value, dict):
            yield from ((value_name(id_, key), (str(n),)) for key, n in value.items())
        elif isinstance(value, tuple):
            yield from _row_texts(id_, value)
        elif isinstance(value, str) and "; " in value:
            yield value_name(id_), (value, *value.split("; "))
        else:
            yield value_name(id_), (str(value),)


def _row_texts(id_: str, rows: tuple[Row, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not rows:
        yield value_name(id_, NO_ROWS), (CHECKED,)
    for number, row in enumerate(rows):
        yield from ((value_name(id_, number, field), (str(c),)) for field, c in row.items())
