"""Prefect's settings in this process, for flows that are played here instead of by the worker."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prefect import settings
from prefect.settings import temporary_settings


@contextmanager
def prefect_session(environment: Mapping[str, str]) -> Iterator[None]:
    """Let the flows called in the block use the server that ``environment`` describes."""
    updates = {
        getattr(settings, name): value
        for name, value in environment.items()
        if name.startswith("PREFECT_")
    }
    with temporary_settings(updates=updates):
        yield
