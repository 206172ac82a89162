"""Indicators: what a unit reports, how it is checked and how it is added up."""

from enum import StrEnum

from models.values import Value


class IndicatorType(StrEnum):
    """What a value of the indicator looks like."""

    INT = "int"
    MONEY = "money"  # đồng
    BOOL = "bool"
    MAP_INT = "map_int"  # a number for each key, e.g. each social network
    LIST = "list"  # rows with a key, e.g. events
    ENUM_LIST = "enum_list"
    TEXT = "text"
    PCT = "pct"


class Aggregation(StrEnum):
    """How the values of many units become one figure."""

    SUM = "sum"
    SUM_BY_KEY = "sum_by_key"
    COUNT_TRUE = "count_true"
    DISTINCT = "distinct"
    MAX = "max"
    LIST = "list"
    COMPUTED = "computed"


class Severity(StrEnum):
    """Whether a broken rule stops the submission or only asks."""

    ERROR = "error"
    WARNING = "warning"


class RuleKind(StrEnum):
    """The closed set of checks an indicator may carry; see ``models/validation.py``."""

    RANGE = "range"  # low <= value <= high
    POSITIVE_IF = "positive_if"  # > 0 when the sum of ``others`` > 0
    AT_MOST_SUM = "at_most_sum"  # value <= factor * sum of others
    EQUALS_SUM = "equals_sum"  # value == sum of others
    RATIO = "ratio"  # low <= value / sum of others <= high
    DESCRIBE_IF_POSITIVE = "describe_if_positive"  # needs a note when > 0
    MAX_LENGTH = "max_length"  # text of at most ``high`` characters
    ROW_FIELDS = "row_fields"  # each list row has these ``fields``


class Rule(Value):
    """One check; ``others`` are indicator ids, ``fields`` are row fields of a list."""

    kind: RuleKind
    low: int | None = None
    high: int | None = None
    factor: int = 1
    others: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR


class Indicator(Value):
    """One indicator of the catalogue; ``by`` names duty holders, or ``all``."""

    id: str
    name: str
    unit_of_measure: str
    type: IndicatorType
    aggregation: Aggregation
    by: tuple[str, ...]
    section: str  # the letter A..L of domain.md 3.1
    rules: tuple[Rule, ...] = ()
    key: tuple[str, ...] = ()  # row fields that identify one thing, for ``distinct``
    keys: tuple[str, ...] = ()  # allowed keys of map_int, or choices of enum_list
    formula: str | None = None  # for ``computed``: "KP01 + KP02" or "100 * NL04P / NTHON"
    estimated: bool = False
    source_wording: str = ""  # the "valid" sentence of domain.md


class IndicatorCatalogue(Value):
    """All indicators a plan may ask for, in the order of the report's annex."""

    id: str
    title: str
    sections: dict[str, str]  # letter -> title
    indicators: tuple[Indicator, ...]

    def indicator(self, indicator_id: str) -> Indicator:
        """The indicator of that id.

        Raises:
            KeyError: no indicator has that id.
        """
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise KeyError(indicator_id)
