"""Messages as bytes: what any mail reader gets back is what was put in."""

import base64
import hmac
import random
import re
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, unquote
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mime import build_message, message_id_for
from models.addresses import Mailbox
from models.errors import PermanentError
from models.letters import Composed, Part

NOW = datetime(2026, 6, 22, 7, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
MESSAGE_ID = message_id_for(b"k" * 32, "remind/x/1", "E03", "batmot.example.vn")
SENDER = Mailbox(address="dondoc@batmot.example.vn", name="Phòng Văn hóa - Xã hội xã Bát Mọt")
WORDS = [
    "Ủy",
    "ban",
    "nhân",
    "dân",
    "xã",
    "Bát",
    "Mọt",
    "báo",
    "cáo",
    "kết",
    "quả",
    "hưởng",
    "ứng",
    "Ngày",
    "Khoa",
    "học,",
    "Công",
    "nghệ",
    "và",
    "Đổi",
    "mới",
    "sáng",
    "tạo",
    "Việt",
    "Nam",
    "[BATMOT][KHCN-2026]",
    "NHẮC",
    "HẠN",
    "(còn",
    "3",
    "ngày",
    "làm",
    "việc):",
    "gửi",
    "-",
    "TH&THCS",
    "#12",
    "thôn",
    "Vịn",
    "đường",
    "giữa",
    "kỹ",
    "thuật",
    "nghiệp",
    "22/6/2026",
    "=>",
    "?",
    "=?utf-8?",
    "_",
    "'x'",
    '"y"',
]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), max_size=200)


def built(
    composed: Composed | None = None,
    *,
    sender: Mailbox = SENDER,
    recipient: Mailbox | None = None,
    **more: object,
) -> bytes:
    return build_message(
        composed=composed
        or Composed(subject="Nhắc hạn", text="Kính gửi\n", html="<p>Kính gửi</p>"),
        sender=sender,
        recipient=recipient or Mailbox(address="thon-vin@batmot.example.vn", name="Thôn Vịn"),
        reply_to="tra-loi+abc@batmot.example.vn",
        message_id=MESSAGE_ID,
        date=NOW,
        **more,  # type: ignore[arg-type]  # the test passes what it tests
    )


def parsed(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=policy.default)
    assert all(not part.defects for part in message.walk())
    return message


def check_wire(octets: bytes) -> None:
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    for word in re.findall(rb"=\?utf-8\?B\?[^?]*\?=", octets):
        assert len(word) <= 75
        word[10:-2].decode("ascii")


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return cast("str", part.get_content())


@given(reason=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_message_id_is_the_base32_of_a_keyed_hash(reason: str) -> None:
    digest = hmac.digest(b"key", reason.encode(), "sha256")
    stem = base64.b32encode(digest[:20]).decode("ascii")[:26].lower()
    assert message_id_for(b"key", reason, "E03", "x.vn") == f"<{stem}.E03@x.vn>"


@pytest.mark.slow
def test_two_thousand_long_vietnamese_subjects_come_back_identical() -> None:
    chance = random.Random(20260622)
    for _ in range(2000):
        subject = " ".join(chance.choices(WORDS, k=chance.randint(1, 40)))
        octets = built(Composed(subject=subject, text="", html=""))
        check_wire(octets)
        assert message_from_bytes(octets, policy=policy.default)["Subject"] == subject


@pytest.mark.slow
@given(subject=TEXTS, name=TEXTS)
def test_any_subject_and_display_name_come_back_identical(subject: str, name: str) -> None:
    octets = built(
        Composed(subject=subject, text="", html=""),
        recipient=Mailbox(address="a@x.vn", name=name),
    )
    check_wire(octets)
    message = message_from_bytes(octets, policy=policy.default)
    assert message["Subject"] == subject
    (address,) = message["To"].addresses
    assert address.addr_spec == "a@x.vn"
    # Python's reader of address headers puts a space between encoded words (RFC 2047 6.2: none).
    raw = message_from_bytes(octets)["To"]
    assert str(make_header(decode_header(parseaddr(raw)[0]))) == name.strip()
    if len(name.strip().encode()) <= 45:
        assert address.display_name == name.strip()


@pytest.mark.slow
@given(text=st.text(max_size=400), html=st.text(max_size=400))
def test_any_bodies_come_back_equal_up_to_line_ends(text: str, html: str) -> None:
    message = parsed(built(Composed(subject="x", text=text, html=html)))
    unix = [s.replace("\r\n", "\n").replace("\r", "\n") for s in (text, html)]
    bodies = [body_of(message, "plain"), body_of(message, "html")]
    assert [body.replace("\r\n", "\n") for body in bodies] == unix


@pytest.mark.slow
@given(name=TEXTS.map(str.strip).filter(bool), content=st.binary(max_size=300))
def test_attachments_come_back_with_their_names(name: str, content: bytes) -> None:
    part = Part(name=name, media_type="application/pdf", content=content)
    octets = built(Composed(subject="x", text="t", html="h", parts=(part,)))
    check_wire(octets)
    (attachment,) = parsed(octets).iter_attachments()
    # Python's own reader takes quotes and angle brackets off the name, also where it is encoded.
    assert attachment.get_filename() == unquote(name).strip()
    assert attachment.get_content() == content


def test_every_header_is_read_back() -> None:
    first = message_id_for(b"k", "issue", "E01", "batmot.example.vn")
    link = "<https://batmot.example.vn/thoi-nhan/" + "a" * 120 + ">"
    octets = built(
        in_reply_to=first,
        references=(first,) * 8,
        headers={"List-Id": "<khcn-2026.batmot>", "List-Unsubscribe": link, "X-Dondoc-Note": "Xã"},
    )
    check_wire(octets)
    message = parsed(octets)
    assert message["From"].addresses[0].display_name == SENDER.name
    assert message["Reply-To"] == "tra-loi+abc@batmot.example.vn"
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Date"].datetime == NOW
    assert message["In-Reply-To"] == first
    assert message["References"].split() == [first] * 8
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Unsubscribe"] == link
    assert message["List-Id"] == "<khcn-2026.batmot>"
    assert message["X-Dondoc-Note"] == "Xã"


def test_a_calendar_stands_beside_the_bodies() -> None:
    parts = (
        Part(name="hạn nộp.ics", media_type="text/calendar", content=b"BEGIN:VCALENDAR\r\n"),
        Part(name="Báo cáo " * 30 + ".pdf", media_type="application/pdf", content=b"%PDF"),
    )
    message = parsed(built(Composed(subject="x", text="t", html="<b>h</b>", parts=parts)))
    assert message.get_content_type() == "multipart/mixed"
    assert [p.get_content_type() for p in message.iter_attachments()] == [
        "text/calendar",
        "application/pdf",
    ]
    assert [p.get_filename() for p in message.iter_attachments()] == [p.name for p in parts]
    assert body_of(message, "html") == "<b>h</b>"


def test_equal_letters_are_equal_bytes() -> None:
    assert built() == built()


@pytest.mark.parametrize(
    "bad", ["\r\nBcc: b@y.vn", "\n", "\r", "\0", "\x1b", "\x85", "\u2028", "\ud800", "\uffff"]
)
def test_a_control_in_any_header_is_refused(bad: str) -> None:
    hurt = "Thôn" + bad
    letters: list[Callable[[], bytes]] = [
        lambda: built(Composed(subject=hurt, text="", html="")),
        lambda: built(sender=Mailbox(address="a@x.vn", name=hurt)),
        lambda: built(recipient=Mailbox(address="a@x.vn" + bad)),
        lambda: built(headers={"X-Dondoc-Note": hurt}),
        lambda: built(headers={"X-" + bad: "x"}),
        lambda: built(in_reply_to="<a@b.vn>" + bad),
        lambda: built(references=("<a@b.vn>" + bad,)),
        lambda: built(auto_submitted="auto-generated" + bad),
        lambda: built(
            Composed(
                subject="",
                text="",
                html="",
                parts=(Part(name=hurt, media_type="a/b", content=b""),),
            )
        ),
        lambda: built(
            Composed(
                subject="",
                text="",
                html="",
                parts=(Part(name="x", media_type="a/b" + bad, content=b""),),
            )
        ),
    ]
    for build in letters:
        with pytest.raises(PermanentError):
            build()


@pytest.mark.parametrize("field", ["Bcc", "from", "Content-Type", "MESSAGE-ID"])
def test_an_extra_header_may_not_repeat_an_own_one(field: str) -> None:
    with pytest.raises(PermanentError):
        built(headers={field: "x"})


def test_what_cannot_stand_in_a_message_is_refused() -> None:
    with pytest.raises(PermanentError, match="E-TXT-08"):
        built(Composed(subject="", text="\ud800", html=""))
    with pytest.raises(PermanentError, match="E-TXT-05"):
        built(headers={"X-Long": "a" * 1100})
    with pytest.raises(PermanentError, match="E-TXT-02"):
        built(auto_submitted="tự động")
    part = Part(name="x.eml", media_type="message/rfc822", content=b"")
    with pytest.raises(PermanentError, match="E-TXT-04"):
        built(Composed(subject="", text="", html="", parts=(part,)))
    with pytest.raises(PermanentError, match="E-TXT-07"):
        build_message(
            composed=Composed(subject="", text="", html=""),
            sender=SENDER,
            recipient=SENDER,
            reply_to=SENDER.address,
            message_id=MESSAGE_ID,
            date=NOW.replace(tzinfo=None),
        )


def test_a_message_id_is_derived_from_its_reason() -> None:
    one = message_id_for(b"key", "remind/a", "E03", "x.vn")
    assert one == message_id_for(b"key", "remind/a", "E03", "x.vn")
    assert re.fullmatch(r"<[a-z2-7]{26}\.E03@x\.vn>", one)
    others = {
        message_id_for(b"yek", "remind/a", "E03", "x.vn"),
        message_id_for(b"key", "remind/b", "E03", "x.vn"),
    }
    assert one not in others
    assert len(others) == 2
