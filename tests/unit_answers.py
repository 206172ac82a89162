"""Full answers of units, so that every part of their documents has something to say."""

from collections.abc import Sequence
from datetime import date

from models.indicators import Indicator, IndicatorType
from models.plans import PlanDossier
from models.submissions import Answer, FieldValue, Row

EVENT: Row = {
    "event_id": "HD-01", "title": "Tọa đàm ứng dụng khoa học kỹ thuật", "date": "2026-06-02",
    "place": "Nhà văn hóa", "participants": 1500, "role": "phối hợp",
}  # fmt: skip
WORDS = "Hoạt động thiết thực, đúng kế hoạch.\nNgười dân hưởng ứng."


def full_answer(asked: Sequence[Indicator]) -> Answer:
    """Answer every indicator asked, with number and day of the unit's own document."""
    return Answer(
        values={one.id: _value(one) for one in asked},
        notes={"CD02": "Kế hoạch số 05/KH-TH ngày 20/5/2026"},
        narrative={"thuyet_minh": "Đơn vị phối hợp tốt."},
        document_number="08/BC-THBM",
        document_date=date(2026, 6, 19),
    )


def _value(one: Indicator) -> FieldValue:
    values: dict[IndicatorType, FieldValue] = {
        IndicatorType.BOOL: True,
        IndicatorType.MAP_INT: dict.fromkeys(one.keys, 3),
        IndicatorType.TEXT: WORDS,
        IndicatorType.ENUM_LIST: ";".join(one.keys[:2]),
        IndicatorType.LIST: (_row(one),),
        IndicatorType.MONEY: 2_500_000,
    }  # fmt: skip
    return values.get(one.type, 1500)


def _row(one: Indicator) -> Row:
    return EVENT if "event_id" in one.key else dict.fromkeys(one.key, "Sản phẩm")


def with_signers(dossier: PlanDossier) -> PlanDossier:
    """The plan with a name for each contact, as a register that was confirmed has."""
    units = tuple(
        unit.model_copy(
            update={
                "contacts": tuple(
                    contact.model_copy(update={"full_name": "Lò Thị Hoa"})
                    for contact in unit.contacts
                )
            }
        )
        for unit in dossier.units.units
    )
    return dossier.model_copy(update={"units": dossier.units.model_copy(update={"units": units})})
