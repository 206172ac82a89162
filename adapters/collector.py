"""The collector of cycles, told to wait while many values are made that all stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting_collector() -> Iterator[None]:
    """Search for no cycles during the block, which is short and bounded in what it makes.

    What nobody holds any more is freed at once as ever; only what holds itself waits.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
