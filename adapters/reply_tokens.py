"""Reply tokens: what in an address proves that its writer holds our letter; only a hash is kept."""

import hashlib
import re
from functools import lru_cache

from adapters.keyed_hashes import keyed_digest

# Apart from the Message-ID, which is derived from the same key and stands open in every letter.
PURPOSE = b"dondoc.reply-token"
TOKEN_LENGTH = 26  # base32 letters: 130 bits
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"
_AS_LETTER = _LETTERS * 8  # of every byte its last five bits: all letters are equally likely
_TOKEN = re.compile(r"[a-z2-7]{26}")


def make_token(key: bytes, dedupe_key: str) -> str:
    """Derive the token of a letter: always the same for a reason, and unguessable."""
    digest = keyed_digest(_token_key(key), dedupe_key.encode())
    return digest[:TOKEN_LENGTH].translate(_AS_LETTER).decode("ascii")


def token_sha256(token: str) -> str:
    """The hash under which a letter's token is stored and found."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_with_token(address: str, token: str) -> str:
    """Put the token into an address: ``local+token@domain``."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}"


def token_in_address(address: str, base_address: str) -> str | None:
    """Find the token in an address derived from the base, in any case; None where there is none."""
    local, _, domain = address.strip().lower().rpartition("@")
    base_local, _, base_domain = base_address.strip().lower().rpartition("@")
    token = local.removeprefix(f"{base_local}+")
    is_ours = domain == base_domain and token != local
    return token if is_ours and _TOKEN.fullmatch(token) else None


@lru_cache(maxsize=16)
def _token_key(key: bytes) -> bytes:
    return keyed_digest(key, PURPOSE)
