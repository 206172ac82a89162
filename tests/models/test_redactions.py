"""Traces of a person in texts: found however they are set, and nothing else is touched."""

import pytest

from models.redactions import REDACTED, Traces, is_name, retired_digest, without_addresses

TRACES = Traces.of(
    ["Ngan.Lo@vin.example", None], ["Lò Thị Ngần", "Ngần", None], ["0912 345 678", "113", None]
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gửi <NGAN.LO@VIN.EXAMPLE> lúc 8 giờ", "gửi <[đã xóa]> lúc 8 giờ"),
        ("đồng chí lò thị\n  Ngần làm đầu mối", "đồng chí [đã xóa] làm đầu mối"),
        ("ĐT 0912.345.678, (0912) 345-678", "ĐT [đã xóa], ([đã xóa]"),
        ("Ngần ngại; gọi 113; ngày 09/12/2026; khac@vin.example", None),
    ],
)
def test_traces_are_masked_however_they_are_set(text: str, masked: str | None) -> None:
    assert TRACES.mask(text) == (masked or text)
    assert TRACES.are_in(text) is (masked is not None)
    told: object = {"a": [text, 1, None], "b": {"c": text}}
    wanted = masked or text
    assert TRACES.mask_all(told) == {"a": [wanted, 1, None], "b": {"c": wanted}}


def test_every_address_is_masked_and_keys_that_only_look_so_are_not() -> None:
    said = "550 5.1.1 <a.b+c@x-y.example>: unknown; kh-1/BC/vp/1@2; watch/3@2026-06-15T07:30"
    assert without_addresses(said) == said.replace("a.b+c@x-y.example", REDACTED)
    assert without_addresses("@" + "a" * 300_000).startswith("@a")


def test_a_full_name_is_told_from_the_title_of_a_post() -> None:
    names = ("Lò Thị Ngần", "Hà Văn Tình")
    titles = ("Trưởng thôn", "Chánh Văn phòng HĐND - UBND", "Phó Chủ tịch", "Ngần")
    assert [is_name(text) for text in (*names, *titles)] == [True] * 2 + [False] * 4


def test_a_digest_is_of_one_address_of_one_post() -> None:
    digest = retired_digest("xa", "vp.contact", " A@x.example")
    assert digest == retired_digest("xa", "vp.contact", "a@X.example")
    assert digest != retired_digest("xa", "vp.head", "a@x.example")
