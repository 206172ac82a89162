"""The commune at work, and a zygote, for attacks that need them."""

import shutil
from collections.abc import Iterator

import pytest

from config.settings import inherited_environment
from tests.faults.injection import Zygote, warm_zygote
from tests.services.conftest import (
    active_plan,
    beginning,
    blobs,
    calendar,
    catcher,
    composer,
    dossier,
    imported_plan,
    letterhead,
    mailroom,
    office,
    policy,
    read_once,
    reporting,
)

__all__ = [
    "active_plan", "beginning", "blobs", "calendar", "catcher", "composer", "dossier", "imported_plan",
    "letterhead", "mailroom", "office", "policy", "read_once",
    "reporting",
]  # fmt: skip


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """A process that forks the acts to be killed."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    with warm_zygote(inherited_environment()) as warm:
        yield warm
