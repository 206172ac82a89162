"""Keyed hashes are the standard library's HMAC, however often the key is used."""

import hmac

import pytest

from adapters.keyed_hashes import keyed_digest


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("key", [b"k", b"k" * 32, b"k" * 200])
def test_a_keyed_digest_is_the_hmac_of_the_message(key: bytes, algorithm: str) -> None:
    for message in (b"", b"first", b"second" * 50, b"first"):
        wanted = hmac.digest(key, message, algorithm)
        assert keyed_digest(key, message, algorithm) == wanted
