"""Which figures belong to events, and whether a unit led any of them or only supported."""

from models.answer_values import EVENT_KEY, is_support
from models.indicators import Indicator, IndicatorCatalogue, IndicatorType, RuleKind
from models.submissions import Answer, Row

_DIRECT = frozenset({RuleKind.POSITIVE_IF, RuleKind.RATIO})


def event_lists(catalogue: IndicatorCatalogue) -> tuple[str, ...]:
    """Return the ids of the lists whose rows are events, in the catalogue's order."""
    return tuple(
        one.id
        for one in catalogue.indicators
        if one.type is IndicatorType.LIST and EVENT_KEY in one.key
    )


def direct_lists(catalogue: IndicatorCatalogue) -> dict[str, tuple[str, ...]]:
    """Return, for each number that counts people at events, the lists of those events."""
    lists = set(event_lists(catalogue))
    numbers = (one for one in catalogue.indicators if one.type is IndicatorType.INT)
    found = {one.id: _events_of(one, lists) for one in numbers}
    return {id_: events for id_, events in found.items() if events}


def governing_lists(catalogue: IndicatorCatalogue) -> dict[str, tuple[str, ...]]:
    """Return the event lists behind each number, also through parts ("=") and ceilings ("<=").

    A unit that only supported those events does not add its number to the total.
    """
    found = direct_lists(catalogue)
    for _ in catalogue.indicators:  # at most one step of the chain is new in each turn
        grown = {**_inherited(catalogue, found), **found}
        if grown == found:
            break
        found = grown
    return found


def _events_of(indicator: Indicator, lists: set[str]) -> tuple[str, ...]:
    named = (id_ for rule in indicator.rules if rule.kind in _DIRECT for id_ in rule.others)
    return tuple(dict.fromkeys(id_ for id_ in named if id_ in lists))


def _inherited(
    catalogue: IndicatorCatalogue,
    known: dict[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    new: dict[str, tuple[str, ...]] = {}
    for one in catalogue.indicators:
        for rule in one.rules:
            if rule.kind is RuleKind.EQUALS_SUM and one.id in known:
                new |= dict.fromkeys(rule.others, known[one.id])
            elif rule.kind is RuleKind.AT_MOST_SUM and len(rule.others) == 1:
                parent = known.get(rule.others[0])
                new |= {one.id: parent} if parent else {}
    return new


def event_rows(answer: Answer, lists: tuple[str, ...]) -> tuple[tuple[str, Row], ...]:
    """Return the rows of those lists, each with the id of its list."""
    values = ((id_, answer.values.get(id_)) for id_ in lists)
    return tuple((id_, row) for id_, rows in values if isinstance(rows, tuple) for row in rows)


def only_supports(answer: Answer, lists: tuple[str, ...]) -> bool:
    """Whether the unit names events of those lists and led none of them."""
    rows = event_rows(answer, lists)
    return bool(rows) and all(is_support(row) for _, row in rows)
