"""A reply's own words are told from what it quotes, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.incoming_quotes import split_quoted

OWN = "Đơn vị đã gửi báo cáo."


@pytest.mark.parametrize(
    "quotation",
    [
        "> Kính gửi đồng chí\n> Đề nghị gửi báo cáo",
        "On Mon, 11 May 2026 at 08:00, UBND xã <a@b.vn> wrote:\n> Kính gửi",
        "Vào Th 2, 11 thg 5, 2026 vào lúc 08:00 UBND xã <a@b.vn> đã viết:\n> Kính gửi",
        "Vào lúc 08:00 ngày 11/5/2026, UBND xã <a@b.vn>\nđã viết:\n> Kính gửi",
        "-----Original Message-----\nFrom: UBND xã\nKính gửi",
        "---------- Tin nhắn đã chuyển tiếp ----------\nKính gửi",
        "________________________________\nTừ: UBND xã\nKính gửi",
        "From: UBND xã <a@b.vn>\nSent: Monday, 11 May 2026\nKính gửi",
        "Từ: UBND xã <a@b.vn>\nĐã gửi: Thứ Hai\nKính gửi",
    ],
)
def test_what_is_quoted_is_apart(quotation: str) -> None:
    own, quoted = split_quoted(f"{OWN}\n\n{quotation}\n")
    assert own == OWN
    assert "Kính gửi" in quoted


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        "Từ: thôn Vịn\nchúng tôi có 3 buổi",
        "Vào ngày 11/5 thôn đã họp, chưa viết báo cáo",
        "Tổng số: 5\n-----\nNgười lập: An",
        "",
    ],
)
def test_what_is_not_quoted_is_the_writers_own(text: str) -> None:
    assert split_quoted(text) == (text, "")


def test_words_under_a_quotation_are_the_writers_own() -> None:
    own, quoted = split_quoted(f"> Số buổi?\r\n\r\n{OWN}\r\n> Số người?\r\n30")
    assert own.split("\n") == [OWN, "30"]
    assert quoted == "> Số buổi?\n> Số người?"


@given(st.text(alphabet="a >:\n_-wrote", max_size=200))
def test_every_word_stands_in_one_of_the_two(text: str) -> None:
    own, quoted = split_quoted(text)
    assert sorted(own.split() + quoted.split()) == sorted(text.split())
