"""Oracles: who can be asked whether a letter arrived, by its Message-ID."""

from collections.abc import Callable

Oracle = Callable[[str], bool | None]  # it arrived, it did not, or nobody can tell


def silence(_message_id: str) -> bool | None:
    """Answer as an oracle that knows nothing."""
    return None
