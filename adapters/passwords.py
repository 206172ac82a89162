"""Passwords as argon2id hashes, and the digests under which random tokens are kept."""

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

TOKEN_BYTES = 32
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and costs."""
    return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the password kept; without one it costs the same time and is never right."""
    try:
        return _HASHER.verify(kept or _nobody(), password) and kept is not None
    except VerificationError:
        return False


def make_token() -> str:
    """Return a new random token that fits an address and a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(TOKEN_BYTES))
