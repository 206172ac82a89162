"""How the suite spends its minutes: the dearest files begin first, and lines are counted once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
# By a layer's own tests, on one database but for those marked ``cover_both``: tracing makes a test
# nearly twice as long.
COUNTED = (TESTS / "models", TESTS / "services")
SECOND_DATABASE = "postgresql"
# A file is played by one process: a long one begun last would be waited for by all the others.
DEAREST = (
    "cli/test_rehearsal_ways.py",
    "cli/test_rehearsal.py",
    "cli/test_campaign_documents.py",
    "deployments/test_engine.py",
    "deployments/test_alarm_path.py",
    "flows/test_flows.py",
    "flows/test_alarm.py",
    "services/test_reminders_set_based.py",
    "adapters/test_same_pages.py",
)
RANK = {TESTS / name: rank for rank, name in enumerate(DEAREST)}


def dearest_first(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; the others keep their order."""
    items.sort(key=lambda item: RANK.get(item.path, len(RANK)))


def is_counted(item: pytest.Item) -> bool:
    """Whether the lines that a test runs count as covered."""
    of_layer = any(item.path.is_relative_to(folder) for folder in COUNTED)
    if not of_layer or item.get_closest_marker("no_cover"):
        return False
    given = getattr(item, "callspec", None)
    is_second = given is not None and SECOND_DATABASE in given.params.values()
    return not is_second or item.get_closest_marker("cover_both") is not None


@contextmanager
def quick_collection(config: pytest.Config) -> Iterator[None]:
    """Trace what counts and nothing else while the tests are read; what is read stays for good."""
    gc.disable()
    if _counter(config):
        for layer in COUNTED:
            for file in (TESTS.parent / layer.name).glob("*.py"):
                import_module(f"{layer.name}.{file.stem}")
    _trace(config, wanted=False)
    yield
    gc.freeze()
    gc.enable()


def trace(item: pytest.Item) -> None:
    """Trace what follows, if lines are counted at all, or pause where they are not."""
    _trace(item.config, wanted=is_counted(item))


def _trace(config: pytest.Config, *, wanted: bool) -> None:
    counter = _counter(config)
    if counter and counter.started != wanted:
        (counter.resume if wanted else counter.pause)()


def _counter(config: pytest.Config) -> Any:
    plugin = config.pluginmanager.getplugin("_cov")
    return plugin and plugin.cov_controller
