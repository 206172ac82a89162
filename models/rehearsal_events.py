"""Invented events: title, day, place and people of what a unit says it held."""

import random
from collections.abc import Sequence
from datetime import date

from models.answer_values import EVENT_KEY, LEAD, SUPPORT
from models.indicators import Indicator, IndicatorType
from models.rehearsal_words import EVENT_NAMES, HALL, OTHER_EVENT, PRACTICAL, PRACTICES, TOPICS
from models.submissions import Row
from models.units import Unit, UnitKind
from models.values import Value
from models.vietnamese import fold_key

MOST_LISTS = 3  # kinds of event one unit holds in a campaign
SCHOOL_KEYS = ("truong_hoc",)


class Setting(Value):
    """Where and when events may be held; ``days`` in order, at least one."""

    days: tuple[date, ...]
    joint_day: date | None = None
    villages: tuple[str, ...] = ()
    joint_lead: str | None = None
    joint_support: tuple[str, ...] = ()


def is_event_list(indicator: Indicator) -> bool:
    """Whether the indicator's rows are events."""
    return indicator.type is IndicatorType.LIST and EVENT_KEY in indicator.key


def event_rows_of(
    unit: Unit, asked: Sequence[Indicator], setting: Setting, choice: random.Random
) -> dict[str, tuple[Row, ...]]:
    """Invent the rows of every event list asked; some lists stay empty, one has the joint event."""
    lists = [one for one in asked if is_event_list(one)]
    held = choice.sample(lists, min(MOST_LISTS, len(lists)))
    rows = {one.id: _own_rows(unit, one, setting, choice) if one in held else () for one in lists}
    if lists and unit.id in {setting.joint_lead, *setting.joint_support}:
        first = lists[0]
        rows[first.id] = (_joint_row(unit, first, setting), *rows[first.id])
    return rows


def _own_rows(
    unit: Unit, indicator: Indicator, setting: Setting, choice: random.Random
) -> tuple[Row, ...]:
    count = choice.choice((0, 1, 1, 2))
    return tuple(_row(unit, indicator, setting, choice=choice, number=n + 1) for n in range(count))


def _row(
    unit: Unit,
    indicator: Indicator,
    setting: Setting,
    *,
    choice: random.Random,
    number: int,
) -> Row:
    name = event_name(indicator)
    topic = choice.choice(PRACTICES if name in PRACTICAL else TOPICS)
    held = choice.choice(setting.days)
    return _complete(
        indicator,
        {
            EVENT_KEY: f"{unit.id.upper()}-{indicator.id}-{number:02d}",
            "title": f"{name} {topic}",
            "date": held.isoformat(),
            "place": _place(unit, setting, choice),
            "participants": choice.randrange(25, 90, 5),
            "role": LEAD,
            "topic": topic,
        },
        unit,
    )


def _joint_row(unit: Unit, indicator: Indicator, setting: Setting) -> Row:
    # The same words from every unit: what is one event must be recognised as one.
    day = setting.joint_day or setting.days[0]
    return _complete(
        indicator,
        {
            EVENT_KEY: f"CHUNG-{indicator.id}-01",
            "title": f"{event_name(indicator)} {TOPICS[0]}",
            "date": day.isoformat(),
            "place": HALL,
            "participants": 120,
            "role": LEAD if unit.id == setting.joint_lead else SUPPORT,
            "topic": TOPICS[0],
        },
        unit,
    )


def _complete(indicator: Indicator, row: Row, unit: Unit) -> Row:
    if not indicator.keys:
        return row
    is_school = unit.kind is UnitKind.SCHOOL
    fitting = [key for key in indicator.keys if (key in SCHOOL_KEYS) == is_school]
    return row | {"type": (fitting or list(indicator.keys))[0]}


def event_name(indicator: Indicator) -> str:
    """Return what one event of the list is called, from the indicator's own name."""
    folded = fold_key(indicator.name)
    return next((name for word, name in EVENT_NAMES if fold_key(word) in folded), OTHER_EVENT)


def _place(unit: Unit, setting: Setting, choice: random.Random) -> str:
    if unit.kind is UnitKind.SCHOOL:
        return f"Hội trường {unit.name}"
    if unit.kind is UnitKind.VILLAGE:
        return f"Nhà văn hóa {unit.name[:1].lower()}{unit.name[1:]}"
    halls = [f"Nhà văn hóa {name[:1].lower()}{name[1:]}" for name in setting.villages]
    return choice.choice([HALL, *halls])
