"""Invented answers: what a unit of a rehearsal reports; plausible, valid, the same every time.

They say what the unit's form can say and nothing else: by whichever way they are sent, the same
answer comes in.
"""

import random
from collections.abc import Sequence
from datetime import date

from models.answer_forms import narrative_titles, row_fields
from models.answer_values import amount
from models.castings import seeded
from models.indicators import Indicator, IndicatorCatalogue, IndicatorType, RuleKind
from models.plans import Requirement, RequirementKind
from models.rehearsal_events import Setting, event_rows_of, is_event_list
from models.rehearsal_numbers import fill_numbers, people_of
from models.rehearsal_words import (
    DETAILED_PLAN,
    FAMILY_NAMES,
    GIVEN_NAMES,
    OPINIONS,
    OTHER_OPINIONS,
    OTHER_THINGS,
    PERIODIC,
    RESULT,
    THINGS,
)
from models.submissions import Answer, FieldValue, Row
from models.units import Unit, UnitKind
from models.vietnamese import fold_key, format_day

DEFAULT_SETTING = Setting(days=(date(2026, 6, 10),))
EVIDENCE = "ref"


def invent_answer(
    unit: Unit,
    requirement: Requirement,
    asked: Sequence[Indicator],
    *,
    seed: int,
    setting: Setting = DEFAULT_SETTING,
    version: int = 1,
) -> Answer:
    """Invent what the unit answers; no rule of the asked indicators is broken.

    A later version says the same with a remark that it was completed.
    """
    if requirement.kind is RequirementKind.ACKNOWLEDGEMENT:
        return Answer()
    choice = seeded(seed, "answer", unit.id, requirement.id)
    values = _values(unit, asked, setting, choice)
    return Answer(
        values=values,
        notes=_notes(asked, values, setting),
        narrative=_narrative(unit, requirement, version),
        document_number=_document_number(unit, requirement, choice),
    )


def _values(
    unit: Unit, asked: Sequence[Indicator], setting: Setting, choice: random.Random
) -> dict[str, FieldValue]:
    catalogue = IndicatorCatalogue(id="-", title="-", sections={}, indicators=tuple(asked))
    lists = {one.id: one for one in asked if one.type is IndicatorType.LIST}
    events_of = event_rows_of(unit, asked, setting, choice)
    values: dict[str, FieldValue] = {id_: _asked_of(lists[id_], r) for id_, r in events_of.items()}
    people = people_of(Answer(values=values), catalogue)
    events = sum(amount(values[one.id]) or 0 for one in asked if is_event_list(one))
    for one in asked:
        found = _plain(one, setting, choice, events=events)
        if found is not None and one.id not in values:
            values[one.id] = found
    values |= fill_numbers(asked, values, people=people, choice=choice)
    return {one.id: values[one.id] for one in asked if one.id in values}


def _plain(
    indicator: Indicator, setting: Setting, choice: random.Random, *, events: int
) -> FieldValue | None:
    match indicator.type:
        case IndicatorType.BOOL:
            return True
        case IndicatorType.PCT:
            return choice.randint(60, 100)
        case IndicatorType.TEXT:
            return _opinion(indicator, choice)
        case IndicatorType.ENUM_LIST:
            chosen = choice.sample(indicator.keys, min(2, len(indicator.keys)))
            return "; ".join(key for key in indicator.keys if key in chosen)
        case IndicatorType.LIST:
            return _rows(indicator, setting, choice, events=events)
        case _:
            return None


def _asked_of(indicator: Indicator, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    columns = row_fields(indicator)
    return tuple({column: row[column] for column in columns if column in row} for row in rows)


def _rows(
    indicator: Indicator, setting: Setting, choice: random.Random, *, events: int
) -> tuple[Row, ...]:
    # One piece of evidence for each event and each article; of other things a few.
    count = events + 9 if indicator.key == (EVIDENCE,) else choice.randint(1, 3)
    fields = row_fields(indicator)
    cells: list[Row] = [
        {field: _cell(field, n, indicator, setting=setting, choice=choice) for field in fields}
        for n in range(count)
    ]
    return tuple(cells)


def _cell(
    field: str,
    place: int,
    indicator: Indicator,
    *,
    setting: Setting,
    choice: random.Random,
) -> str:
    villages = setting.villages or ("trung tâm xã",)
    if field == EVIDENCE:
        return f"Ảnh, biên bản hoạt động số {place + 1:02d}"
    if field in {"household", "owner"}:
        return f"{FAMILY_NAMES[place % len(FAMILY_NAMES)]} {choice.choice(GIVEN_NAMES)}"
    if field in {"village", "place"}:
        return choice.choice(villages)
    things = THINGS.get(indicator.unit_of_measure, OTHER_THINGS)
    return things[place % len(things)]


def _opinion(indicator: Indicator, choice: random.Random) -> str:
    folded = fold_key(indicator.name)
    found = next((said for word, said in OPINIONS if fold_key(word) in folded), OTHER_OPINIONS)
    return choice.choice(found)


def _notes(
    asked: Sequence[Indicator], values: dict[str, FieldValue], setting: Setting
) -> dict[str, str]:
    day = format_day(setting.days[0])
    return {
        one.id: f"Theo văn bản, hồ sơ lưu tại đơn vị; thời điểm {day}."
        for one in asked
        if any(rule.kind is RuleKind.DESCRIBE_IF_POSITIVE for rule in one.rules)
        and amount(values.get(one.id))
    }


def _narrative(unit: Unit, requirement: Requirement, version: int) -> dict[str, str]:
    texts = {
        RequirementKind.DETAILED_PLAN: DETAILED_PLAN,
        RequirementKind.PERIODIC_REPORT: PERIODIC,
    }
    told = texts.get(requirement.kind, RESULT).format(unit=unit.name)
    again = " Bản này đã bổ sung, chỉnh sửa theo ý kiến thẩm định." if version > 1 else ""
    return dict.fromkeys(tuple(narrative_titles(requirement.kind))[:1], told + again)


def _document_number(unit: Unit, requirement: Requirement, choice: random.Random) -> str | None:
    if unit.kind is UnitKind.VILLAGE:  # a thôn is not an agency and numbers nothing (domain.md 3.2)
        return None
    letters = "KH" if requirement.kind is RequirementKind.DETAILED_PLAN else "BC"
    return f"{choice.randint(5, 60):02d}/{letters}-{unit.abbreviation or unit.id.upper()}"
