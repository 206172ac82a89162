"""Invented numbers that keep every rule of their indicators."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.answer_values import LEAD, amount, sum_of
from models.event_roles import direct_lists, event_lists
from models.indicators import Indicator, IndicatorCatalogue, IndicatorType, Rule, RuleKind
from models.rehearsal_words import AMOUNTS, OTHER_AMOUNT
from models.submissions import Answer, FieldValue

SAFETY = ("vụ",)  # what nobody wishes for is 0
COUNTED = frozenset({IndicatorType.INT, IndicatorType.MONEY, IndicatorType.MAP_INT})
_AFTER = {
    RuleKind.POSITIVE_IF,
    RuleKind.AT_MOST_SUM,
    RuleKind.EQUALS_SUM,
    RuleKind.RATIO,
}
MONEY_STEP = 100_000


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The values found so far and the people met at each event list."""

    catalogue: IndicatorCatalogue
    values: dict[str, FieldValue]
    people: Mapping[str, int]
    choice: random.Random


def fill_numbers(
    asked: Sequence[Indicator],
    values: Mapping[str, FieldValue],
    *,
    people: Mapping[str, int],
    choice: random.Random,
) -> dict[str, FieldValue]:
    """Invent every number asked, given the rows already there; ``people`` counts them by list."""
    catalogue = IndicatorCatalogue(id="-", title="-", sections={}, indicators=tuple(asked))
    ledger = Ledger(catalogue=catalogue, values=dict(values), people=people, choice=choice)
    waiting = [one for one in asked if one.type in COUNTED]
    while waiting:
        ready = [one for one in waiting if not _awaits(one, waiting)] or waiting[:1]
        for one in ready:
            ledger.values[one.id] = _invent(one, ledger)
            waiting.remove(one)
    _share_totals(ledger)
    return {k: v for k, v in ledger.values.items() if k not in values}


def _awaits(indicator: Indicator, waiting: Sequence[Indicator]) -> bool:
    others = {id_ for rule in indicator.rules if rule.kind in _AFTER for id_ in rule.others}
    others -= {indicator.id}
    return any(one.id in others for one in waiting)


def _invent(indicator: Indicator, ledger: Ledger) -> FieldValue:
    if indicator.type is IndicatorType.MAP_INT:
        return {key: ledger.choice.randint(1, 4) for key in indicator.keys}
    return _within_rules(indicator, _wanted(indicator, ledger), ledger)


def _wanted(indicator: Indicator, ledger: Ledger) -> int:
    lists = direct_lists(ledger.catalogue).get(indicator.id)
    if lists is not None:
        return sum(ledger.people.get(id_, 0) for id_ in lists)
    if indicator.unit_of_measure in SAFETY:
        return 0
    if indicator.type is IndicatorType.MONEY:
        # Money from elsewhere needs its source told; most units have none.
        return 0 if _is_described(indicator) else ledger.choice.randint(3, 30) * MONEY_STEP
    return ledger.choice.randint(*AMOUNTS.get(indicator.unit_of_measure, OTHER_AMOUNT))


def _is_described(indicator: Indicator) -> bool:
    return any(rule.kind is RuleKind.DESCRIBE_IF_POSITIVE for rule in indicator.rules)


def _within_rules(indicator: Indicator, wanted: int, ledger: Ledger) -> int:
    value = wanted
    for rule in indicator.rules:
        value = _kept(rule, value, ledger)
    for rule in indicator.rules:
        if rule.kind is RuleKind.RANGE:
            value = _kept(rule, value, ledger)
    return value


def _kept(rule: Rule, value: int, ledger: Ledger) -> int:
    others = sum_of(rule.others, ledger.values) or 0
    match rule.kind:
        case RuleKind.RANGE:
            return _clamped(value, rule.low, rule.high)
        case RuleKind.POSITIVE_IF if others:
            return max(value, 1)
        case RuleKind.POSITIVE_IF:
            return value
        case RuleKind.AT_MOST_SUM:
            return min(value, rule.factor * others)
        case RuleKind.RATIO:
            low, high = (rule.low or 0) * others, rule.high
            return _clamped(value, low, high * others if high is not None else None)
        case _:
            return value


def _clamped(value: int, low: int | None, high: int | None) -> int:
    value = max(value, low) if low is not None else value
    return min(value, high) if high is not None else value


def _share_totals(ledger: Ledger) -> None:
    """Make the parts of every "=" rule add up to their total."""
    for one in ledger.catalogue.indicators:
        for rule in one.rules:
            if rule.kind is not RuleKind.EQUALS_SUM or one.id not in ledger.values:
                continue
            parts = [id_ for id_ in rule.others if id_ in ledger.values]
            _share(one, parts, ledger)


def _share(total: Indicator, parts: Sequence[str], ledger: Ledger) -> None:
    left = amount(ledger.values[total.id]) or 0
    if not parts:
        ledger.values[total.id] = 0
        return
    for id_ in parts[:-1]:
        indicator = ledger.catalogue.indicator(id_)
        part = _within_rules(indicator, ledger.choice.randint(0, max(0, left // 3)), ledger)
        ledger.values[id_] = min(part, left)
        left -= min(part, left)
    ledger.values[parts[-1]] = left


def people_of(answer: Answer, catalogue: IndicatorCatalogue) -> dict[str, int]:
    """Count the people of each event list: those of led events, else of supported ones."""
    found = {}
    for id_ in event_lists(catalogue):
        rows = answer.values.get(id_)
        if isinstance(rows, tuple):
            led = [row for row in rows if row.get("role") == LEAD] or list(rows)
            found[id_] = sum(int(row.get("participants", 0)) for row in led)
    return found
