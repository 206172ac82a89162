"""The key of this installation: made once, readable by its owner only, never in the environment."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

KEY_BYTES = 32


def read_install_key(home: Path) -> bytes:
    """The key of the home folder; it is made at the first call."""
    path = home / "install.key"
    with suppress(FileNotFoundError):
        return path.read_bytes()
    home.mkdir(parents=True, exist_ok=True)
    _make_key(path)
    return path.read_bytes()


def _make_key(path: Path) -> None:
    # A link appears whole or not at all: two processes starting at once read the same key.
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
