"""Names, passwords and delays of accounts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accounts import FIRST_DELAY, LONGEST_DELAY, account_id, delay_after, refuse_weak
from models.errors import RefusedError, TooManyTriesError, UsageError


@pytest.mark.parametrize("text", ["a", "", "có dấu", "a b", "-a", "a" * 41, "a/b", "a\nb"])
def test_a_name_of_other_signs_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Tên đăng nhập"):
        account_id(text)


def test_a_name_is_kept_in_small_letters() -> None:
    assert account_id("  Van-Phong.1 ") == "van-phong.1"


@pytest.mark.parametrize(
    "text", ["", "mười một ký", "x" * 201, "abababababababab", "toi la vp-01 day"]
)
def test_a_weak_password_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="Mật khẩu"):
        refuse_weak(text, account="vp-01")


def test_a_sentence_is_a_password() -> None:
    refuse_weak("một câu dễ nhớ, khó đoán", account="vp-01")


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_each_failure_waits_at_least_as_long_as_the_one_before(failures: int, free: int) -> None:
    delay = delay_after(failures, free=free)
    assert (delay == timedelta()) == (failures < free)
    assert delay <= delay_after(failures + 1, free=free) <= LONGEST_DELAY
    assert delay_after(free, free=free) == FIRST_DELAY


@pytest.mark.parametrize(("wait", "words"), [(0.2, "1 giây"), (59, "59 giây"), (61, "2 phút")])
def test_the_wait_is_told_in_words(wait: float, words: str) -> None:
    assert words in str(TooManyTriesError(timedelta(seconds=wait)))
