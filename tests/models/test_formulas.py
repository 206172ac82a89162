from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UsageError
from models.formulas import evaluate, ids_in


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("A + B", Fraction(5)),
        ("100 * A / B", Fraction(200, 3)),
        ("(A + B) * 2 - 1", Fraction(9)),
        ("A - B - A", Fraction(-3)),
        ("((A))", Fraction(2)),
        ("A + X", Fraction(2)),  # a missing term is left out
        ("X + A", Fraction(2)),
        ("X + Y", None),
        ("A - X", None),
        ("A * X", None),
        ("A / X", None),
        ("X / A", None),
        ("A / Z", None),  # nothing is divided by zero
    ],
)
def test_a_formula_is_worked_out_exactly(formula: str, value: Fraction | None) -> None:
    assert evaluate(formula, {"A": 2, "B": 3, "X": None, "Z": 0}) == value


@pytest.mark.parametrize(
    "formula",
    [
        *(
            "",
            "A +",
            "A B",
            "(A",
            "A)",
            "A ** B",
            "__import__('os')",
            "A.b",
            "1e9",
            "+ A",
            "A / * B",
            "1,5",
        ),
        *("(" * 50 + "A" + ")" * 50, "A + " * 200 + "A"),
    ],
)
def test_anything_else_is_refused(formula: str) -> None:
    with pytest.raises(UsageError, match="không đọc được"):
        evaluate(formula, {"A": 2, "B": 3})


def test_ids_of_a_formula_come_once_in_order() -> None:
    assert ids_in("B + A * B / 100") == ("B", "A")


@given(st.text(alphabet="A1+-*/() x", max_size=40))
def test_any_formula_has_a_value_or_is_refused(formula: str) -> None:
    with suppress(UsageError):
        evaluate(formula, {"A": 2})
