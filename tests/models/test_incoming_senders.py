"""Who sent a mail: one plain address or nobody; vouched for by our own server or by nobody."""

import pytest

from models.incoming_senders import addresses_in, is_authenticated, plain_sender

OURS = "mx.batmot.example"
SENDER = "vp@batmot.example"


@pytest.mark.parametrize(
    "header",
    [
        "vp@batmot.example",
        "<vp@batmot.example>",
        "Văn phòng <VP@batmot.example>",
        '"Văn phòng, UBND xã" <vp@batmot.example>',
        '"x@evil.example" <vp@batmot.example>',
        "vp@batmot.example (Văn phòng)",
        "=?utf-8?q?V=C4=83n_ph=C3=B2ng?= <vp@batmot.example>",
    ],
)
def test_one_plain_address_is_the_sender(header: str) -> None:
    assert plain_sender((header,)) == SENDER


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (SENDER, SENDER),
        ("a@x.vn, vp@batmot.example",),
        ("vp@batmot.example)x@evil.example",),
        ("vp@batmot.example <x@evil.example",),
        ("<vp@batmot.example> <x@evil.example>",),
        ("nhóm: vp@batmot.example;",),
        ("vp@batmot.example" + " " * 5_000 + "x",),
        ("(" * 2_000,),
        ("vp@localhost",),
        ("không có",),
    ],
)
def test_a_doubtful_sender_is_nobody(headers: tuple[str, ...]) -> None:
    assert plain_sender(headers) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{OURS}; dmarc=pass header.from=batmot.example", True),
        ("MX.batmot.example; dmarc=pass (p=reject) header.from=BATMOT.example", True),
        (f"{OURS} 1; spf=pass smtp.mailfrom=vp@batmot.example; dkim=none", True),
        (f"{OURS}; dkim=pass header.i=@batmot.example header.s=k1", True),
        (f"{OURS}; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=batmot.example", True),
        (f"{OURS}; dmarc=fail header.from=batmot.example; spf=pass smtp.mailfrom=batmot.example", False),
        (f"{OURS}; dmarc=pass header.from=batmot.example.evil", False),
        (f"{OURS}; dmarc=pass", False),
        (f"{OURS}; dkim=pass header.d=evil.example", False),
        (f"{OURS}; none", False),
        (f"{OURS}.evil; dmarc=pass header.from=batmot.example", False),
        (f"evil; x=({OURS}; dmarc=pass header.from=batmot.example", False),
        (f"{OURS}; x=y (dmarc=pass header.from=batmot.example)", False),
        (f'{OURS}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=batmot.example"@evil.example', False),
        (f"{OURS}; x=y (a (b) dmarc=pass header.from=batmot.example)", False),
        (f"{OURS}; dmarc=pass header.from=batmot.example" + "(" * 30 + ")" * 30, False),
        (f"{OURS}; dmarc=pass header.from=batmot.example; dmarc=fail header.from=batmot.example", False),
        ("", False),
    ],
)  # fmt: skip
def test_only_our_servers_word_on_the_senders_domain_counts(header: str, expected: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_authenticated((header,), authserv_id=OURS, sender=SENDER) is expected


def test_what_stands_below_the_topmost_verdict_is_the_senders_own() -> None:
    passed = f"{OURS}; dmarc=pass header.from=batmot.example"
    assert not is_authenticated(("other; none", passed), authserv_id=OURS, sender=SENDER)
    assert not is_authenticated((passed,), authserv_id=None, sender=SENDER)
    assert not is_authenticated((), authserv_id=OURS, sender=SENDER)


def test_addresses_are_found_in_any_text() -> None:
    assert addresses_in("gửi <a+b@x.vn>, c@y.vn. và @z") == ("a+b@x.vn", "c@y.vn")
