"""What the form of an answer asks, cell by cell: codes, words, and what was given before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pydantic import Field

from models.answer_forms import DOCUMENT_FIELD
from models.answer_values import choices_of
from models.indicators import Indicator, IndicatorType
from models.submissions import Answer, Row
from models.validation import NIL_FIELD
from models.values import Value
from models.vietnamese import fold_key, format_day, format_number, sentence_case
from models.workbooks import LONGEST_CELL

YES, NO, MARK = "Có", "Không", "x"
DOCUMENT_NUMBER, DOCUMENT_DAY = "VB.so", "VB.ngay"
NIL, NIL_REASON = "KPS", "KPS.lydo"


class CellKind(StrEnum):
    """What is written into a cell."""

    NUMBER = "number"
    TRUTH = "truth"
    MARK = "mark"  # an x beside each choice
    COUNT = "count"  # 0 where a list has no rows
    HEADING = "heading"  # nothing: the cells below belong to it
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True, eq=False)
class AskedCell:
    """One cell to be filled in; ``field`` is what remarks and rules call it."""

    code: str
    field: str
    kind: CellKind
    label: str
    unit: str = ""
    indicator: Indicator | None = None
    key: str = ""  # of a map or a choice

    @property
    def is_note_place(self) -> bool:
        """Whether the indicator's note stands beside this cell."""
        return self.indicator is not None and not self.key


class AnswerForm(Value):
    """The form of one obligation as its unit gets it; ``asked`` and ``narratives`` in order."""

    unit_name: str
    plan_name: str
    product: str
    due_text: str
    asked: tuple[Indicator, ...]
    sections: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)  # of keys and choices
    narratives: dict[str, str] = Field(default_factory=dict)
    asks_document: bool = False
    opened: frozenset[str]  # fields that may be written
    is_return: bool = False
    remarks: dict[str, str] = Field(default_factory=dict)  # of a return, by field
    previous: Answer = Answer()
    identity: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """All fields of the form, open or not."""
        document = [DOCUMENT_FIELD] if self.asks_document else []
        return frozenset([*(one.id for one in self.asked), *self.narratives, *document])

    def is_open(self, field: str) -> bool:
        """Whether the field may be written; "không phát sinh" may wherever it is asked."""
        return field in self.writable or field not in self.fields

    @property
    def may_be_nil(self) -> bool:
        """Whether "không phát sinh" may be the answer."""
        return bool(self.asked) and self.opened >= self.fields

    @property
    def lists(self) -> tuple[Indicator, ...]:
        """The indicators that are answered by rows."""
        return tuple(one for one in self.asked if one.type is IndicatorType.LIST)

    @cached_property
    def writable(self) -> frozenset[str]:
        """The open fields; what no cell can hold stays as it was sent."""
        return frozenset(field for field in self.opened if self._fits(field))

    def _fits(self, field: str) -> bool:
        given = self.previous
        texts = [given.notes.get(field, ""), given.narrative.get(field, "")]
        value = given.values.get(field)
        texts += (
            [str(cell) for row in value for cell in row.values()]
            if isinstance(value, tuple)
            else [str(value)]
        )
        return max(map(len, texts)) <= LONGEST_CELL

    def choice_label(self, key: str) -> str:
        """The word for a key: the plan's own, unless it could be taken for another."""
        label = sentence_case(self.labels.get(key, key))
        is_clear = all(
            fold_key(label) not in {fold_key(other), fold_key(self.labels.get(other, other))}
            for other in self._keys
            if other != key
        )
        return label if is_clear else key

    @property
    def _keys(self) -> frozenset[str]:
        return frozenset(key for one in self.asked for key in one.keys)


def figure_cells(form: AnswerForm) -> tuple[AskedCell, ...]:
    """Return the cells of figures, marks and counts, in the catalogue's order."""
    shown = [one for one in form.asked if one.type is not IndicatorType.TEXT]
    return tuple(cell for one in shown for cell in _cells(one, form))


def nil_cells(form: AnswerForm) -> tuple[AskedCell, ...]:
    """Return the cells of "không phát sinh"; empty where it is no answer."""
    if not form.may_be_nil:
        return ()
    return (
        AskedCell(NIL, NIL_FIELD, CellKind.TRUTH, "Đơn vị không phát sinh nội dung để báo cáo"),
        AskedCell(NIL_REASON, NIL_FIELD, CellKind.TEXT, "Lý do không phát sinh"),
    )


def text_cells(form: AnswerForm) -> tuple[AskedCell, ...]:
    """Return the cells of the unit's document and of texts."""
    cells = []
    if form.asks_document:
        cells += [
            AskedCell(DOCUMENT_NUMBER, DOCUMENT_FIELD, CellKind.TEXT,
                      "Số, ký hiệu văn bản của đơn vị (nếu có)"),
            AskedCell(DOCUMENT_DAY, DOCUMENT_FIELD, CellKind.DAY, "Ngày ký văn bản"),
        ]  # fmt: skip
    for one in form.asked:
        if one.type is IndicatorType.TEXT:
            cells.append(AskedCell(one.id, one.id, CellKind.TEXT, one.name, indicator=one))
    for key, title in form.narratives.items():
        cells.append(AskedCell(f"TM.{key}", key, CellKind.TEXT, title))
    return tuple(cells)


def _cells(one: Indicator, form: AnswerForm) -> Iterator[AskedCell]:
    kind = _KINDS[one.type]
    if kind is not CellKind.HEADING:
        yield AskedCell(one.id, one.id, kind, one.name, one.unit_of_measure, one)
        return
    yield AskedCell(one.id, one.id, kind, one.name, "", one)
    of_key = CellKind.NUMBER if one.type is IndicatorType.MAP_INT else CellKind.MARK
    unit = one.unit_of_measure if of_key is CellKind.NUMBER else ""
    for key in one.keys:
        yield AskedCell(f"{one.id}.{key}", one.id, of_key, form.choice_label(key), unit, one, key)


_KINDS = {
    IndicatorType.INT: CellKind.NUMBER,
    IndicatorType.MONEY: CellKind.NUMBER,
    IndicatorType.PCT: CellKind.NUMBER,
    IndicatorType.BOOL: CellKind.TRUTH,
    IndicatorType.MAP_INT: CellKind.HEADING,
    IndicatorType.ENUM_LIST: CellKind.HEADING,
    IndicatorType.LIST: CellKind.COUNT,
    IndicatorType.TEXT: CellKind.TEXT,
}


def given_text(cell: AskedCell, answer: Answer) -> str:
    """Return what an answer has in that cell, as it is written there; empty for nothing."""
    if cell.indicator is None:
        return _whole_text(cell, answer)
    value = answer.values.get(cell.indicator.id)
    if isinstance(value, dict) and cell.kind is CellKind.NUMBER:
        value = value.get(cell.key)
    if value is None or cell.kind is CellKind.HEADING:
        return ""
    if cell.kind is CellKind.TRUTH:
        return YES if value is True else NO
    if cell.kind is CellKind.MARK:
        return MARK if cell.key in choices_of(value) else ""
    if cell.kind is CellKind.COUNT:
        return "0" if value == () else ""
    return format_number(value) if isinstance(value, int) else str(value)


def _whole_text(cell: AskedCell, answer: Answer) -> str:
    texts: Mapping[str, str | None] = {
        DOCUMENT_NUMBER: answer.document_number,
        DOCUMENT_DAY: format_day(answer.document_date) if answer.document_date else None,
        NIL: YES if answer.nil_reason is not None else None,
        NIL_REASON: answer.nil_reason,
    }
    if cell.code in texts:
        return texts[cell.code] or ""
    return answer.narrative.get(cell.field, "")


def note_text(cell: AskedCell, answer: Answer) -> str:
    """Return the note that stands beside the cell."""
    return answer.notes.get(cell.field, "") if cell.is_note_place else ""


def given_rows(one: Indicator, answer: Answer) -> tuple[Row, ...]:
    """Return the rows an answer gives for a list."""
    value = answer.values.get(one.id)
    return value if isinstance(value, tuple) else ()
