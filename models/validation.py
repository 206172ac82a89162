"""What is wrong with a unit's answer, field by field, before and at its submission."""

from collections.abc import Iterator, Sequence

from models.answer_forms import DOCUMENT_FIELD
from models.answer_values import amount
from models.indicators import Aggregation, Indicator, IndicatorCatalogue
from models.legacy_encodings import convert_legacy, find_legacy_encoding, legacy_sample
from models.plans import PlanDossier, Requirement, RequirementKind
from models.submissions import Answer, Finding
from models.units import Unit
from models.validation_rules import check_rules
from models.validation_shapes import check_shape, error, is_too_long
from models.vietnamese import clean_text

ALL_HOLDERS = "all"
ANSWER_FIELD = "answer"  # a remark on the answer as a whole
NIL_FIELD = "nil_reason"


def asked_indicators(
    dossier: PlanDossier,
    requirement: Requirement,
    unit: Unit,
) -> tuple[Indicator, ...]:
    """Return the indicators that the requirement asks of the unit, in order; computed ones never.

    Raises:
        KeyError: the requirement names an indicator that the catalogue lacks.
    """
    if requirement.indicators:
        named = tuple(dossier.catalogue.indicator(id_) for id_ in requirement.indicators)
        return tuple(one for one in named if one.aggregation is not Aggregation.COMPUTED)
    if not requirement.asks_indicators:
        return ()
    parts = {holder.id for holder in dossier.holders_of(unit)}
    known = parts | {unit.id} | ({ALL_HOLDERS} if parts else set())
    return tuple(
        one
        for one in dossier.catalogue.indicators
        if known & set(one.by) and one.aggregation is not Aggregation.COMPUTED
    )


def validate_answer(
    answer: Answer,
    *,
    asked: Sequence[Indicator],
    catalogue: IndicatorCatalogue,
    requirement: Requirement,
) -> tuple[Finding, ...]:
    """Return every remark on the answer, errors and warnings, in the order a reader meets them."""
    found = [*_whole(answer, asked, requirement), *_texts(answer)]
    asked_ids = {indicator.id for indicator in asked}
    known = {indicator.id: indicator for indicator in catalogue.indicators}
    known |= {indicator.id: indicator for indicator in asked}
    for field in answer.values:
        found += _field(field, answer, known=known, asked_ids=asked_ids)
    for indicator in asked:
        if indicator.id not in answer.values:
            found += check_rules(indicator, answer)
    return tuple(found)


def _field(
    field: str,
    answer: Answer,
    *,
    known: dict[str, Indicator],
    asked_ids: set[str],
) -> Iterator[Finding]:
    indicator = known.get(field)
    if indicator is None:
        message = f"Chỉ tiêu “{field}” không có trong danh mục; đề nghị bỏ hoặc dùng đúng biểu mẫu."
        yield Finding(field=field, message=message, is_error=True)
        return
    if field not in asked_ids and indicator.aggregation is not Aggregation.COMPUTED:
        yield error(indicator, "không giao đơn vị báo cáo chỉ tiêu này; đề nghị bỏ số liệu")
        return
    shape = check_shape(indicator, answer.values[field])
    yield from shape
    if not any(finding.is_error for finding in shape):
        yield from check_rules(indicator, answer)


def _whole(
    answer: Answer,
    asked: Sequence[Indicator],
    requirement: Requirement,
) -> Iterator[Finding]:
    """Judge nil, emptiness, and zeros that contradict the text."""
    if answer.nil_reason is not None:
        yield from _nil(answer)
    elif _is_empty(answer):
        if requirement.kind is not RequirementKind.ACKNOWLEDGEMENT:
            yield _remark(
                ANSWER_FIELD,
                "Bài gửi chưa có nội dung; đề nghị điền số liệu, đính kèm tệp, "
                "hoặc chọn “Không phát sinh” và nêu lý do.",
            )
    elif asked and not answer.values:
        yield _remark(
            ANSWER_FIELD,
            "Bài gửi chưa có số liệu của chỉ tiêu nào; đề nghị điền biểu số liệu, "
            "ghi 0 nếu không có.",
            is_error=False,
        )
    if _is_all_zero(answer) and _tells_activity(answer):
        yield _remark(
            ANSWER_FIELD,
            "Mọi số liệu đều bằng 0 nhưng phần thuyết minh có nêu hoạt động; "
            "đề nghị kiểm tra lại số liệu.",
            is_error=False,
        )


def _nil(answer: Answer) -> Iterator[Finding]:
    if not clean_text(answer.nil_reason or ""):
        yield _remark(NIL_FIELD, "Chọn “Không phát sinh” phải nêu lý do; đề nghị ghi lý do.")
    if answer.values:
        yield _remark(
            NIL_FIELD,
            "Vừa chọn “Không phát sinh” vừa có số liệu; "
            "đề nghị bỏ số liệu hoặc bỏ chọn “Không phát sinh”.",
        )


def _is_empty(answer: Answer) -> bool:
    told = any(clean_text(text) for text in answer.narrative.values())
    return not (answer.values or told or answer.attachments or answer.document_number)


def _is_all_zero(answer: Answer) -> bool:
    amounts = [found for found in map(amount, answer.values.values()) if found is not None]
    return bool(amounts) and not any(amounts)


def _tells_activity(answer: Answer) -> bool:
    texts = [*answer.narrative.values(), *(v for v in answer.values.values() if isinstance(v, str))]
    return any(clean_text(text) for text in texts)


def _texts(answer: Answer) -> Iterator[Finding]:
    fields = {**answer.notes, **answer.narrative, NIL_FIELD: answer.nil_reason or ""}
    for field, text in fields.items():
        if is_too_long(text):
            message = f"Phần “{field}” dài quá 50 KB; đề nghị rút gọn hoặc gửi tệp kèm theo."
            yield _remark(field, message)
    for field, text in (*fields.items(), (DOCUMENT_FIELD, answer.document_number or "")):
        yield from _legacy(field, text)
    for field, value in answer.values.items():
        rows = value if isinstance(value, tuple) else ()
        cells = " ".join(str(cell) for row in rows for cell in row.values())
        yield from _legacy(field, value if isinstance(value, str) else cells)


def _legacy(field: str, text: str) -> Iterator[Finding]:
    """Judge whether a text was typed before Unicode; stored as it is, nobody could read it."""
    encoding = find_legacy_encoding(text)
    if encoding is None:
        return
    sample = legacy_sample(text, encoding)
    yield _remark(
        field,
        f"Văn bản gõ bằng bảng mã {encoding}: “{sample}” (đúng là “"
        f"{convert_legacy(sample, encoding)}”). Đề nghị chuyển sang Unicode rồi gửi lại: bôi đen, "
        "sao chép đoạn văn bản, nhấn Ctrl + Shift + F6 để mở công cụ của UniKey, chọn nguồn "
        f"{encoding}, đích Unicode, bấm Chuyển mã và dán lại; hoặc gõ lại bằng bảng mã Unicode.",
    )


def _remark(field: str, message: str, *, is_error: bool = True) -> Finding:
    return Finding(field=field, message=message, is_error=is_error)
