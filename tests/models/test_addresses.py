"""One strict mailbox, or a refusal (reliability.md 3.2, rows 15-18)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.addresses import Mailbox, check_address
from models.errors import PermanentError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@x.vn", "a@x.vn"),
        ("Nguyen.Van-A+the_tin=1@ThanhHoa.GOV.vn", "Nguyen.Van-A+the_tin=1@thanhhoa.gov.vn"),
        ("a@xã.vn", "a@xn--x-yfa.vn"),
        ("a@xa\u0303.vn", "a@xn--x-yfa.vn"),
        ("a@Bát-Mọt.vn", "a@xn--bt-mt-xqa7374c.vn"),
        ("a" * 64 + "@x.vn", "a" * 64 + "@x.vn"),
    ],
)
def test_a_plain_mailbox_is_kept_with_its_domain_in_a_labels(text: str, expected: str) -> None:
    assert check_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@",
        "@x.vn",
        "a@",
        "a@x",
        "a@x.vn,b@y.vn",
        "a@x.vn, b@y.vn",
        "a@x.vn;b@y.vn",
        "a@b@x.vn",
        "a@x.vn> SIZE=1",
        "a@x.vn> SIZE=1\r\nRCPT TO:<b@y.vn>",
        "a@x.vn\r\nBcc: b@y.vn",
        "a@x.vn\n",
        " a@x.vn",
        "a@x.vn ",
        "a\x00@x.vn",
        "a\u2028@x.vn",
        "a@x\ud800.vn",
        "a@x\uffff.vn",
        "a\u202e@x.vn",
        '"a b"@x.vn',
        '"a"@x.vn',
        "UBND <a@x.vn>",
        "<a@x.vn>",
        "a@x.vn.",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@x..vn",
        "a@.vn",
        "a@-x.vn",
        "a@x-.vn",
        "a@x_y.vn",
        ".a@x.vn",
        "a.@x.vn",
        "a..b@x.vn",
        "a(b)@x.vn",
        "a" * 65 + "@x.vn",
        "a@" + "x" * 64 + ".vn",
        "a@" + "x." * 130 + "vn",
        "a@stra\u00dfe.vn",
        "a@x\u200d\u0103.vn",
        "a@x\uff0evn.vn",
        "a@\U0001f600.vn",
        "a@" + "\u0103" * 70 + ".vn",
    ],
)
def test_anything_but_one_plain_mailbox_is_refused(text: str) -> None:
    with pytest.raises(PermanentError, match="E-ADR-01"):
        check_address(text)


@pytest.mark.parametrize("text", ["bác@xã.vn", "bác@x.vn"])
def test_a_local_part_with_diacritics_is_refused_with_its_own_code(text: str) -> None:
    with pytest.raises(PermanentError, match="E-ADR-02"):
        check_address(text)


@pytest.mark.slow
@given(st.text(max_size=60) | st.emails())
def test_what_is_accepted_is_ascii_without_spaces_and_stays_the_same(text: str) -> None:
    try:
        address = check_address(text)
    except PermanentError:
        return
    assert address.isascii()
    assert address.count("@") == 1
    assert not set(address) & set(' ,;<>"()[]\\\r\n\0')
    assert check_address(address) == address


def test_a_mailbox_may_have_no_display_name() -> None:
    assert Mailbox(address="a@x.vn").name == ""
