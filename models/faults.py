"""Faults: what contradicts what in a plan, by the path of the field concerned."""

from collections.abc import Iterator

from models.values import Value

Path = tuple[str | int, ...]


class Fault(Value):
    """One contradiction; ``path`` starts with ``plan``, ``units`` or ``catalogue``."""

    path: Path
    message: str


def field_name(path: Path) -> str:
    """The path as people read it: ``requirements[3].holders[0]``."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")


Faults = Iterator[Fault]
