"""The desk of a task: settings and clock read once, resources opened and closed around the step."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.clock import read_now
from config.settings import load_settings
from services.desk import Desk, open_desk


@contextmanager
def at_desk() -> Iterator[Desk]:
    """Open a desk at the present instant."""
    settings = load_settings()
    with open_desk(settings, now=read_now(settings)) as desk:
        yield desk
