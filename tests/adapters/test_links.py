"""A personal link opens one person's page until a day, and nothing else."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer

from adapters.links import (
    FILE_SALT,
    SALT,
    ChangeScope,
    FileScope,
    LinkScope,
    make_change_token,
    make_file_token,
    make_link_token,
    read_change_token,
    read_file_token,
    read_link_token,
)
from models.errors import RefusedError
from tests.obligation_samples import at

KEY = b"k" * 32
SCOPE = LinkScope(
    commune="bat-mot", unit_id="thon-01", contact_id="thon-01.contact", expires_at=at(29, 17),
    plan_id="kh", serial=3,
)  # fmt: skip
FIRST = ["bat-mot", "thon-01", "thon-01.contact", int(at(29, 17).timestamp())]


def test_a_link_says_whose_page_it_opens() -> None:
    token = make_link_token(KEY, SCOPE)
    assert read_link_token(KEY, token, now=at(29, 17)) == SCOPE
    assert make_link_token(KEY, SCOPE) == token


def test_a_link_is_the_librarys_own_token() -> None:
    content = [*FIRST[:3], "kh", 3, FIRST[3]]
    assert URLSafeSerializer(KEY, salt=SALT).loads(make_link_token(KEY, SCOPE)) == content


def test_a_link_of_the_first_version_still_says_whose_page_it_opens() -> None:
    token = str(URLSafeSerializer(KEY, salt=SALT).dumps(FIRST))
    assert read_link_token(KEY, token, now=at(1)) == SCOPE._replace(plan_id="", serial=0)


def test_a_change_link_names_one_change_and_opens_no_page() -> None:
    scope = ChangeScope("bat-mot", "thon-01.contact", 7, expires_at=at(29, 17))
    token = make_change_token(KEY, scope)
    assert read_change_token(KEY, token, now=at(29, 17)) == scope
    for read, wrong in ((read_link_token, token), (read_change_token, make_link_token(KEY, SCOPE))):
        with pytest.raises(RefusedError, match="không đúng"):
            read(KEY, wrong, now=at(1))


def test_a_file_link_says_which_file_and_only_that() -> None:
    scope = FileScope(
        sha256="a" * 64, name="Báo cáo tổng kết.pdf", media_type="application/pdf",
        expires_at=at(29, 17),
    )  # fmt: skip
    token = make_file_token(KEY, scope)
    assert read_file_token(KEY, token, now=at(29, 17)) == scope
    with pytest.raises(RefusedError, match="hết hạn"):
        read_file_token(KEY, token, now=at(29, 18))
    for read in (read_link_token, lambda *_, **__: read_file_token(KEY, "a.b", now=at(1))):
        with pytest.raises(RefusedError, match="không đúng"):
            read(KEY, token, now=at(1))
    with pytest.raises(RefusedError, match="không đúng"):
        read_file_token(KEY, make_link_token(KEY, SCOPE), now=at(1))
    assert SALT != FILE_SALT


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


@pytest.mark.parametrize(
    "content",
    [
        ["bat-mot", "thon-01"],
        5,
        [],
        ["a", "b", "c", "ngày mai"],
        ["a", "b", "c", "d", 4_000_000_000],
        ["a", 10**30],
    ],
)
def test_a_signed_link_of_another_shape_opens_nothing(content: object) -> None:
    token = URLSafeSerializer(KEY, salt=SALT).dumps(content)
    with pytest.raises(RefusedError, match="không đúng"):
        read_link_token(KEY, token, now=at(1))


@pytest.mark.parametrize("token", ["", ".", "không phải liên kết", "a.b.c"])
def test_what_is_not_a_link_opens_nothing(token: str) -> None:
    with pytest.raises(RefusedError, match="không đúng"):
        read_link_token(KEY, token, now=at(1))
