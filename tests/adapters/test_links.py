"""A personal link opens one person's page until a day, and nothing else."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer

from adapters.links import SALT, LinkScope, make_link_token, read_link_token
from models.errors import RefusedError
from tests.obligation_samples import at

KEY = b"k" * 32
SCOPE = LinkScope(
    commune="bat-mot", unit_id="thon-01", contact_id="thon-01.contact", expires_at=at(29, 17)
)


def test_a_link_says_whose_page_it_opens() -> None:
    token = make_link_token(KEY, SCOPE)
    assert read_link_token(KEY, token, now=at(29, 17)) == SCOPE
    assert make_link_token(KEY, SCOPE) == token


def test_a_link_fits_a_web_address() -> None:
    token = make_link_token(KEY, SCOPE)
    assert all(c.isascii() and (c.isalnum() or c in "-_.") for c in token)


def test_an_expired_link_asks_for_the_newest_letter() -> None:
    token = make_link_token(KEY, SCOPE)
    with pytest.raises(RefusedError, match="hết hạn"):
        read_link_token(KEY, token, now=at(29, 17) + timedelta(seconds=1))


@pytest.mark.parametrize("place", [0, 5, -1])
def test_an_altered_link_opens_nothing(place: int) -> None:
    token = list(make_link_token(KEY, SCOPE))
    token[place] = "A" if token[place] != "A" else "Q"
    with pytest.raises(RefusedError, match="không đúng"):
        read_link_token(KEY, "".join(token), now=at(1))


def test_a_link_signed_with_another_key_opens_nothing() -> None:
    with pytest.raises(RefusedError, match="không đúng"):
        read_link_token(KEY, make_link_token(b"x" * 32, SCOPE), now=at(1))


@pytest.mark.parametrize("content", [["bat-mot", "thon-01"], 5, ["a", "b", "c", "ngày mai"]])
def test_a_signed_link_of_another_shape_opens_nothing(content: object) -> None:
    token = URLSafeSerializer(KEY, salt=SALT).dumps(content)
    with pytest.raises(RefusedError, match="không đúng"):
        read_link_token(KEY, token, now=at(1))


@pytest.mark.parametrize("token", ["", ".", "không phải liên kết", "a.b.c"])
def test_what_is_not_a_link_opens_nothing(token: str) -> None:
    with pytest.raises(RefusedError, match="không đúng"):
        read_link_token(KEY, token, now=at(1))
