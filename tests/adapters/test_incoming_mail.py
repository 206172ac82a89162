"""A stranger's message is read part by part; whatever it holds, the reader goes on."""

import hashlib
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.incoming_mail import Reading, read_head, read_mail
from adapters.incoming_mail_scan import MOST_BOUNDARIES, fault_of
from adapters.reply_tokens import token_in_address
from models.incoming import DeliveryAction
from tests.incoming_corpus import CORPUS
from tests.incoming_mails import (  # fmt: skip
    ANSWER_TO,
    REPLY_TO,
    TOKEN,
    VERP,
    deep,
    dsn,
    mail,
    many_parts,
)


def keep(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


READING = Reading(find_token=lambda address: token_in_address(address, REPLY_TO), keep=keep)


def answer(text: str = "Đã gửi.", *, html: str | None = None) -> EmailMessage:
    """A reply as Python's own library writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Nguyễn Văn An <vp@batmot.example>"
    message["To"] = ANSWER_TO
    message["Subject"] = "Báo cáo kết quả"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def attach(message: EmailMessage, name: str, content: bytes = b"%PDF-1.7") -> EmailMessage:
    message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message


def test_words_names_and_files_are_read(  # a Vietnamese name travels as RFC 2231
) -> None:
    read = read_mail(attach(answer(), "Báo cáo kết quả.pdf").as_bytes(), reading=READING)
    assert (read.sender, read.subject, read.text) == (
        "vp@batmot.example",
        "Báo cáo kết quả",
        "Đã gửi.",
    )
    assert read.sender_text == "Nguyễn Văn An <vp@batmot.example>"
    assert read.tokens == (TOKEN,)
    (file,) = read.attachments
    assert (file.name, file.media_type, file.size) == ("Báo cáo kết quả.pdf", "application/pdf", 8)
    assert file.sha256 == keep(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..\\..\\x.pdf", "x.pdf"),
        ("../../etc/passwd", "passwd"),
        ("=?utf-8?b?QsOhby5wZGY=?=", "Báo.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("Ba\u0301o.pdf", "Báo.pdf"),
        ("a" * 5_000 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_names_of_files_are_cleaned_for_people(name: str, shown: str) -> None:
    raw = mail(f'--x\nContent-Type: application/pdf; name="{name}"\n\n%PDF\n--x--',
               headers={"Content-Type": "multipart/mixed; boundary=x"})  # fmt: skip
    (file,) = read_mail(raw, reading=READING).attachments
    assert file.name == shown


def test_html_alone_is_read_without_its_marks_and_its_quotation() -> None:
    raw = mail(
        "<style>p{}</style><p>Đã gửi &amp; xong.</p><div>30<br>người</div>"
        "<div class=gmail_quote>Kính gửi</div>",
        headers={"Content-Type": "text/html; charset=utf-8"},
    )
    read = read_mail(raw, reading=READING)
    assert read.text.split() == ["Đã", "gửi", "&", "xong.", "30", "người"]
    assert "Kính gửi" in read.quoted


def test_plain_words_come_before_html() -> None:
    read = read_mail(answer("Chữ thường", html="<p>HTML</p>").as_bytes(), reading=READING)
    assert read.text == "Chữ thường"


@pytest.mark.parametrize("charset", ["khong-co", "utf-8\x00", "windows-1258", "us-ascii"])
def test_an_unknown_or_wrong_charset_hides_no_mail(charset: str) -> None:
    raw = mail("Đã gửi.", headers={"Content-Type": f"text/plain; charset={charset}"})
    assert "g" in read_mail(raw, reading=READING).text


def test_raw_8_bit_headers_are_read_as_utf_8() -> None:
    raw = "From: vp@batmot.example\r\nSubject: Báo cáo\r\n\r\nx".encode()
    assert read_mail(raw, reading=READING).subject == "Báo cáo"


def test_a_nested_message_is_one_file() -> None:
    outer = answer("Xem thư kèm.")
    outer.add_attachment(answer("Bên trong"))
    read = read_mail(outer.as_bytes(), reading=READING)
    assert read.text == "Xem thư kèm."
    assert [file.media_type for file in read.attachments] == ["message/rfc822"]


def test_what_is_no_message_at_all_is_an_empty_mail() -> None:
    for raw in (b"", b"\x00\xff" * 100, b"\r\n\r\n", b"Content-Type: multipart/mixed\r\n\r\nx"):
        assert read_mail(raw, reading=READING).sender is None


def test_broken_base64_is_kept_as_a_file() -> None:
    raw = mail("--x\nContent-Type: application/ms-tnef; name=winmail.dat\n"
               "Content-Transfer-Encoding: base64\n\n*** not base64 ***\n--x--",
               headers={"Content-Type": "multipart/mixed; boundary=x"})  # fmt: skip
    (file,) = read_mail(raw, reading=READING).attachments
    assert (file.name, file.media_type) == ("winmail.dat", "application/ms-tnef")


def test_a_report_names_address_code_and_the_letter_returned() -> None:
    report = read_mail(dsn(), reading=READING).report
    assert report is not None
    assert (report.recipient, report.status) == ("vp@batmot.example", "5.1.1")
    assert report.action is DeliveryAction.FAILED
    assert report.message_id == "<lettertovp.E01@batmot.example>"
    assert report.tokens == (TOKEN,)


def test_of_several_recipients_the_failed_one_is_told() -> None:
    twice = dsn(action="delivered", status="2.0.0").replace(
        b"\r\n--dsn\r\nContent-Type: message/rfc822",
        b"\r\nFinal-Recipient: rfc822; b@x.vn\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--dsn\r\nContent-Type: message/rfc822",
    )
    report = read_mail(twice, reading=READING).report
    assert report is not None
    assert (report.action, report.recipient) == (DeliveryAction.FAILED, "b@x.vn")


def test_the_token_is_found_where_servers_note_the_recipient() -> None:
    for header in ("Delivered-To", "X-Original-To", "Envelope-To"):
        raw = mail("x", to="an@khac.example", headers={header: ANSWER_TO.upper()})
        assert read_mail(raw, reading=READING).tokens == (TOKEN,)
    served = "from a by b with LMTP id x for <" + ANSWER_TO + ">; Mon, 11 May 2026 08:00:00 +0700"
    raw = mail("x", to="an@khac.example", headers={"Received": served})
    assert read_mail(raw, reading=READING).tokens == (TOKEN,)
    assert read_mail(mail("x", to=VERP), reading=READING).tokens == ()  # of another base address


def test_the_limits_let_ordinary_mail_through() -> None:
    assert fault_of(deep(25)) is None
    assert fault_of(many_parts(MOST_BOUNDARIES - 1)) is None
    siblings = "".join(
        f"--b0\nContent-Type: multipart/mixed; boundary=s{n}\n\n--s{n}\n\nx\n--s{n}--\n"
        for n in range(100)
    )
    assert fault_of(mail(siblings, headers={"Content-Type": "multipart/x; boundary=b0"})) is None


def test_nesting_hidden_from_the_scan_is_caught_by_the_reader() -> None:
    folded = "Content-Type:\n message/rfc822\n\n" * 3_000
    read = read_mail(mail(folded, headers={"Content-Type": "message/rfc822"}), reading=READING)
    assert (read.fault, read.subject) == ("E-IN-DEPTH", "Re: Giao nhiệm vụ")


@pytest.mark.slow
def test_hostile_mails_cost_little_time() -> None:
    dashes = mail("--\n" * 300_000)
    started = time.process_time()
    assert read_mail(dashes, reading=READING).fault == "E-IN-PARTS"
    assert read_mail(many_parts(100_000), reading=READING).fault == "E-IN-PARTS"
    assert read_mail(mail("x=y; boundary=\n" * 100_000), reading=READING).fault is None
    assert time.process_time() - started < 10


def test_the_head_of_an_unreadable_mail_is_still_known() -> None:
    read = read_head(mail("x")[:300], reading=READING, fault="E-IN-SIZE")
    assert (read.sender, read.fault, read.tokens) == ("vp@batmot.example", "E-IN-SIZE", (TOKEN,))


@given(
    st.sampled_from([sample.raw for sample in CORPUS if len(sample.raw) < 20_000]),
    st.integers(min_value=0, max_value=4_000),
    st.binary(max_size=40),
)
def test_no_mutation_of_a_mail_stops_the_reader(raw: bytes, at: int, junk: bytes) -> None:
    place = at % (len(raw) + 1)
    read_mail(raw[:place] + junk + raw[place + len(junk) :], reading=READING)
