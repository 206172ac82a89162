"""How the suite spends its minutes: the dearest files begin first, and lines are counted once."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# By a layer's own tests, on one database: tracing makes a test nearly twice as long.
COUNTED = (TESTS / "models", TESTS / "services")
SECOND_DATABASE = "postgresql"
# A file is played by one process: a long one begun last would be waited for by all the others.
DEAREST = (
    "cli/test_rehearsal_ways.py",
    "cli/test_rehearsal.py",
    "cli/test_campaign_documents.py",
)
RANK = {TESTS / name: rank for rank, name in enumerate(DEAREST)}


def dearest_first(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; the others keep their order."""
    items.sort(key=lambda item: RANK.get(item.path, len(RANK)))


def is_counted(item: pytest.Item) -> bool:
    """Whether the lines that a test runs count as covered."""
    of_layer = any(item.path.is_relative_to(folder) for folder in COUNTED)
    given = getattr(item, "callspec", None)
    return of_layer and (given is None or SECOND_DATABASE not in given.params.values())


def trace(item: pytest.Item) -> None:
    """Trace what follows, if lines are counted at all, or pause where they are not."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if controller and controller.started != is_counted(item):
        (controller.pause if controller.started else controller.resume)()
