"""The attack list is proved row by row, by tests that exist, and told in docs/attack-list.md."""

import ast
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "rows.yaml").read_text())
WHOSE = {
    "outgoing": "thư đi",
    "intake": "thư đến",
    "documents": "văn bản",
    "operations": "vận hành",
}
# Done-when 4 of issue 3: what concerns outgoing mail, and the operations that it stands on.
OUTGOING = {*range(1, 26), *range(43, 49), *range(92, 108)}
PAGE = ROOT / "docs" / "attack-list.md"
HEAD = """# The attack list and what proves it

Each row of section 3 of `reliability.md` that is due names the tests that prove it. The list lives in
`tests/attacks/rows.yaml`; `tests/attacks/test_rows.py` checks that every named test exists and
that this page says the same. Run it with `pytest tests/attacks`.

| # | Attack | Whose | Proved by |
|---|---|---|---|
"""


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests that a file defines."""
    tree = ast.parse((ROOT / path).read_text())
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in nodes if node.name.startswith("test_"))


def exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and name in names_in(path)


def line_of(row: dict[str, Any]) -> str:
    tests = [test.rpartition("::") for test in row.get("tests", ())]
    links = [
        f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})" for path, _, name in tests
    ]
    proof = "<br>".join(links) or f"not due: {row['due']}"
    return f"| {row['row']} | {row['title']} | {row['whose']} | {proof} |\n"


def test_the_list_is_whole_and_in_order() -> None:
    assert [row["row"] for row in ROWS] == list(range(1, 111))
    assert {row["whose"] for row in ROWS} == set(WHOSE)
    assert all(("tests" in row) != ("due" in row) for row in ROWS)


def test_every_row_that_concerns_outgoing_mail_is_a_test() -> None:
    unproved = [row["row"] for row in ROWS if row["row"] in OUTGOING and not row.get("tests")]
    assert unproved == []
    assert all(row["row"] in OUTGOING for row in ROWS if row["whose"] == "outgoing")


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ROWS if "tests" in row], ids=lambda r: r["row"])
def test_every_test_that_a_row_names_exists(row: dict[str, Any]) -> None:
    assert [test for test in row["tests"] if not exists(test)] == []


def test_the_page_says_what_the_list_says() -> None:
    assert PAGE.read_text() == HEAD + "".join(map(line_of, ROWS))
