"""Passwords are kept as hashes that cost an attacker what RFC 9106 recommends."""

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from adapters import passwords
from adapters.passwords import hash_password, is_password

SHIPPED = passwords._HASHER  # as read before the first test: the tests hash more cheaply


@pytest.mark.slow
def test_a_hash_costs_what_the_standard_recommends_and_only_its_password_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", SHIPPED)
    kept = hash_password("mật khẩu dài")
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert kept != hash_password("mật khẩu dài")
    assert is_password("mật khẩu dài", kept)
    assert not is_password("mật khẩu dai", kept)


def test_whoever_has_no_password_is_nobody() -> None:
    assert not is_password("", None)
    assert not is_password("mật khẩu dài", None)
