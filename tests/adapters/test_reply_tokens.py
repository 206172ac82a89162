"""Tokens in addresses: derived, unguessable, found again however the address was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mime import message_id_for
from adapters.reply_tokens import address_with_token, make_token, token_in_address, token_sha256

BASE = "vhxh@batmot.example"
KEYS = st.binary(min_size=32, max_size=32)


@given(key=KEYS, dedupe_key=st.text(max_size=60))
def test_a_token_has_130_bits_and_is_the_same_for_a_reason(key: bytes, dedupe_key: str) -> None:
    token = make_token(key, dedupe_key)
    assert re.fullmatch(r"[a-z2-7]{26}", token)
    assert token == make_token(key, dedupe_key)


@given(key=KEYS, dedupe_key=st.text(max_size=60))
def test_a_token_cannot_be_told_from_the_message_id(key: bytes, dedupe_key: str) -> None:
    assert make_token(key, dedupe_key) not in message_id_for(key, dedupe_key, "E03", "x.vn")


def test_every_reason_and_every_key_has_its_own_token() -> None:
    tokens = {make_token(key, f"r/{n}") for key in (b"a" * 32, b"b" * 32) for n in range(500)}
    assert len(tokens) == 1000
    letters = "".join(tokens)
    assert all(600 < letters.count(letter) < 1_050 for letter in "abcdefghijklmnopqrstuvwxyz234567")


@given(key=KEYS, dedupe_key=st.text(max_size=30), upper=st.booleans())
def test_a_token_is_found_in_its_address_in_any_case(
    key: bytes, dedupe_key: str, *, upper: bool
) -> None:
    token = make_token(key, dedupe_key)
    address = address_with_token(BASE, token)
    assert address == f"vhxh+{token}@batmot.example"
    assert token_in_address(address.upper() if upper else address, BASE.title()) == token


@pytest.mark.parametrize(
    "address",
    [
        BASE,
        "",
        "vhxh+@batmot.example",
        f"vhxh+{'a' * 25}@batmot.example",
        f"vhxh+{'a' * 27}@batmot.example",
        f"vhxh+{'a' * 25}1@batmot.example",
        f"vhxh+{'a' * 26}@khac.example",
        f"khac+{'a' * 26}@batmot.example",
        f"{'a' * 26}@batmot.example",
    ],
)
def test_no_token_is_seen_where_there_is_none(address: str) -> None:
    assert token_in_address(address, BASE) is None


def test_what_is_stored_does_not_give_the_token_away() -> None:
    assert token_sha256("a" * 26) == (
        "9976d549a25115dab4e36d0c1fb8f31cb07da87dd83275977360eb7dc09e88de"
    )
