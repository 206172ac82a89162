"""Keyed hashes: what only the holder of the installation's key can derive."""

import hmac
from functools import lru_cache


def keyed_digest(key: bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """The HMAC of the message under the key."""
    # Taking the key in costs more than hashing the few words of an id, so it is taken in once.
    state = _keyed(key, algorithm).copy()
    state.update(message)
    return state.digest()


@lru_cache(maxsize=64)
def _keyed(key: bytes, algorithm: str) -> hmac.HMAC:
    return hmac.new(key, digestmod=algorithm)
