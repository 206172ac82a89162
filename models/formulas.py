"""Small formulas over indicators: + - * / ( ), whole numbers and ids, and nothing else."""

import re
from collections.abc import Mapping
from fractions import Fraction

from models.errors import UsageError

_TOKEN = re.compile(r"\s*(?:(\d{1,15})|([A-Za-z][A-Za-z0-9_]*)|([-+*/()]))")
_LONGEST = 300
_DEEPEST = 20


def ids_in(formula: str) -> tuple[str, ...]:
    """Return the ids a formula uses, each once, in their order.

    Raises:
        UsageError: the formula cannot be read.
    """
    return tuple(dict.fromkeys(token for token in _tokens(formula) if token[0].isalpha()))


def evaluate(formula: str, values: Mapping[str, int | Fraction | None]) -> Fraction | None:
    """Return the value of a formula; an id without a value is missing.

    A missing term of a sum is left out, as a unit that did not report is left out of a total; a
    missing factor, divisor or subtrahend, or a divisor of 0, makes the result None.

    Raises:
        UsageError: the formula cannot be read.
    """
    reader = _Reader(_tokens(formula), values, formula)
    result = reader.sum(0)
    if reader.tokens:
        raise _unreadable(formula)
    return result


def _tokens(formula: str) -> list[str]:
    found, position = [], 0
    text = formula.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or len(text) > _LONGEST:
            raise _unreadable(formula)
        found.append(match[0].strip())
        position = match.end()
    return found


def _unreadable(formula: str) -> UsageError:
    return UsageError(
        f"Công thức “{formula[:_LONGEST]}” không đọc được; chỉ dùng mã chỉ tiêu, số nguyên, "
        "+ - * / và ngoặc đơn.",
    )


class _Reader:
    """The tokens still to read, with the values they refer to."""

    def __init__(
        self,
        tokens: list[str],
        values: Mapping[str, int | Fraction | None],
        formula: str,
    ) -> None:
        self.tokens = tokens
        self._values = values
        self._formula = formula

    def _next_of(self, symbols: str) -> str | None:
        if self.tokens and self.tokens[0] in symbols:
            return self.tokens.pop(0)
        return None

    def sum(self, depth: int) -> Fraction | None:
        """Read terms joined by + and -."""
        total = self._product(depth)
        while symbol := self._next_of("+-"):
            term = self._product(depth)
            if symbol == "-":
                total = None if total is None or term is None else total - term
            elif term is not None:
                total = term if total is None else total + term
        return total

    def _product(self, depth: int) -> Fraction | None:
        total = self._atom(depth)
        while symbol := self._next_of("*/"):
            factor = self._atom(depth)
            if total is None or factor is None or (symbol == "/" and factor == 0):
                total = None
            else:
                total = total * factor if symbol == "*" else total / factor
        return total

    def _atom(self, depth: int) -> Fraction | None:
        if not self.tokens or depth > _DEEPEST:
            raise _unreadable(self._formula)
        token = self.tokens.pop(0)
        if token == "(":  # noqa: S105 - a bracket, not a password
            inner = self.sum(depth + 1)
            if self._next_of(")") is None:
                raise _unreadable(self._formula)
            return inner
        if token.isdecimal():
            return Fraction(token)
        if not token[0].isalpha():
            raise _unreadable(self._formula)
        value = self._values.get(token)
        return None if value is None else Fraction(value)
