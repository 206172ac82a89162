"""Reading the values of an answer: how much, which choices, which rows, under which key."""

import re
from collections.abc import Sequence

from models.submissions import FieldValue, Row
from models.vietnamese import clean_text

LEAD = "chủ trì"
SUPPORT = "phối hợp"
EVENT_KEY = "event_id"
# Cells of rows that are no plain text.
COUNTED_CELL, DAY_CELL, KIND_CELL = "participants", "date", "type"

_DASHES = re.compile("[\u2010-\u2015\u2212]")


def amount(value: FieldValue | None) -> int | None:
    """Return how much a value says: the number, the sum of a map, the number of rows."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dict):
        return sum(value.values())
    if isinstance(value, tuple):
        return len(value)
    return None


def sum_of(ids: Sequence[str], values: dict[str, FieldValue]) -> int | None:
    """Return the sum over those ids that have an amount; None when none has."""
    known = [found for found in (amount(values.get(id_)) for id_ in ids) if found is not None]
    return sum(known) if known else None


def choices_of(value: FieldValue) -> tuple[str, ...]:
    """Return the choices of an enum_list, written "a; b", as marks per choice, or as rows."""
    if isinstance(value, str):
        found = re.split(r"[;,\n]", value)
    elif isinstance(value, dict):
        found = [choice for choice, mark in value.items() if mark]
    elif isinstance(value, tuple):
        found = [str(cell) for row in value for cell in row.values()]
    else:
        found = []
    return tuple(clean_text(choice) for choice in found if clean_text(choice))


def is_support(row: Row) -> bool:
    """Whether the unit only supported what the row tells; a row without a role is the unit's."""
    return clean_text(str(row.get("role", ""))).casefold() == SUPPORT


def identity(row: Row, key: Sequence[str]) -> str | None:
    """Return what identifies the row's thing, free of spelling of spaces and case; None if blank.

    Accents stay: Lò Văn Hoa and Lò Văn Hòa are two people.
    """
    parts = [_DASHES.sub("-", clean_text(str(row.get(f, "")))).casefold() for f in key]
    return " | ".join(parts) if parts and all(parts) else None
