"""Owners' locks: held by a living process, freed by the system when it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def owner_lock(folder: Path, owner: str) -> Iterator[None]:
    """Hold the lock of ``owner`` for the block; the file stays, the lock does not."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / owner).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield
        finally:
            (folder / owner).unlink(missing_ok=True)


def is_alive(folder: Path, owner: str) -> bool:
    """Whether a process still holds the lock; time and leases say nothing (reliability.md 2.6)."""
    path = folder / owner
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
