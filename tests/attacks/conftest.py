"""The commune at work for attacks that need it."""

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
