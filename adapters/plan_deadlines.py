"""Deadlines of a plan file: written by their wording only, read into what they mean."""

import json
from typing import NamedTuple

from pydantic import ValidationError

from adapters.plan_messages import vietnamese_message
from adapters.yaml_tree import Json
from models.deadline_wording import parse_deadline
from models.deadlines import Deadline, DeadlineKind, Origin
from models.faults import Path
from models.values import Value

DEADLINE_KEYS = frozenset({"deadline", "report_deadline"})

_UNREAD: Json = Deadline(wording="", kind=DeadlineKind.BY_END_OF).model_dump(mode="json")


class DeadlineText(Value):
    """A deadline as the file gives it."""

    wording: str
    origin: Origin = Origin.DEFAULT
    basis: str | None = None
    confirmed_by: str | None = None


class Misread(NamedTuple):
    """A deadline nobody can compute, and why."""

    path: Path
    message: str


def read_deadlines(content: Json, path: Path, misread: list[Misread]) -> Json:
    """Return the content with each deadline's wording resolved; failures join ``misread``.

    A deadline that fails leaves a stand-in without a day, so that the rest can still be checked.
    """
    if isinstance(content, list):
        return [read_deadlines(item, (*path, i), misread) for i, item in enumerate(content)]
    if not isinstance(content, dict):
        return content
    return {
        key: _deadline(value, (*path, key), misread)
        if key in DEADLINE_KEYS
        else read_deadlines(value, (*path, key), misread)
        for key, value in content.items()
    }


def _deadline(content: Json, path: Path, misread: list[Misread]) -> Json:
    try:
        text = DeadlineText.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        misread += [
            Misread((*path, *details["loc"]), vietnamese_message(details))
            for details in error.errors()
        ]
        return _UNREAD
    try:
        deadline = parse_deadline(text.wording)
    except ValueError as error:
        misread.append(Misread((*path, "wording"), str(error)))
        return _UNREAD
    said = {"origin": text.origin, "basis": text.basis, "confirmed_by": text.confirmed_by}
    meant: Json = deadline.model_copy(update=said).model_dump(mode="json")
    return meant
