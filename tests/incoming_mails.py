"""Mails as strangers' servers and programs write them: builders and the words of common servers."""

from collections.abc import Mapping
from email.header import Header
from textwrap import dedent
from zlib import crc32

from adapters.reply_tokens import address_with_token

SENDER = "don-doc@batmot.example"
REPLY_TO = "vhxh@batmot.example"
UNIT_ADDRESS = "vp@batmot.example"
HEAD_ADDRESS = "lanhdao.vp@batmot.example"
OTHER_UNIT = "kt@batmot.example"
AUTHSERV = "mx.batmot.example"
TOKEN = "abcdefghijklmnopqrstuvwxyz"
OLD_TOKEN = "zyxwvutsrqponmlkjihgfedcba"
WRONG_TOKEN = "a" * 26
LETTER_ID = "<lettertovp.E01@batmot.example>"
VERP = address_with_token(SENDER, TOKEN)
ANSWER_TO = address_with_token(REPLY_TO, TOKEN)
PASSED = f"{AUTHSERV}; dmarc=pass (p=none dis=none) header.from=batmot.example"


def mail(
    body: str,
    *,
    sender: str = f"Nguyễn Văn An <{UNIT_ADDRESS}>",
    to: str = ANSWER_TO,
    subject: str = "Re: Giao nhiệm vụ",
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
) -> bytes:
    """A message with these headers; beyond ASCII they travel as encoded words."""
    given = {
        "From": sender, "To": to, "Subject": subject,
        "Message-ID": message_id or f"<{crc32((sender + subject + to + body).encode())}@may.example>",
        "Date": "Mon, 11 May 2026 09:00:00 +0700", "MIME-Version": "1.0",
    } | dict(headers or {})  # fmt: skip
    if not any(name.lower() == "content-type" for name in given):
        given |= {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    lines = [f"{name}: {_encoded(name, text)}" for name, text in given.items()]
    return ("\n".join([*lines, "", dedent(body)])).replace("\n", "\r\n").encode()


def _encoded(name: str, text: str) -> str:
    if text.isascii():
        return text
    words, bracket, address = text.partition(" <") if name == "From" else (text, "", "")
    return Header(words, "utf-8", maxlinelen=10_000).encode() + bracket + address


_DSN = """\
--dsn
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.batmot.example.

<{address}>: {diagnostic}

--dsn
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.batmot.example
Arrival-Date: Mon, 11 May 2026 08:00:00 +0700

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--dsn
Content-Type: {returned_type}

From: {sender}
To: {address}
Reply-To: {reply_to}
Subject: Giao nhiem vu
{head}
Thu cua UBND xa
--dsn--
"""


def dsn(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
    to: str = VERP,
    returned: str | None = LETTER_ID,
    reply_to: str = ANSWER_TO,
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.batmot.example>",
    returned_type: str = "message/rfc822",
) -> bytes:
    """A delivery status notification as Postfix writes it."""
    head = f"Message-ID: {returned}\n" if returned else ""
    body = _DSN.format(
        address=UNIT_ADDRESS, sender=SENDER, diagnostic=diagnostic, action=action, status=status,
        returned_type=returned_type, reply_to=reply_to, head=head,
    )  # fmt: skip
    return mail(
        body, sender=sender, to=to, subject="Undelivered Mail Returned to Sender",
        headers={
            "Return-Path": "<>", "Auto-Submitted": "auto-replied",
            "Content-Type": 'multipart/report; report-type=delivery-status; boundary="dsn"',
        },
    )  # fmt: skip


def plain_bounce(body: str, *, sender: str, subject: str, to: str = VERP, **headers: str) -> bytes:
    """A bounce in words only."""
    given = {"Return-Path": "<>"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return mail(body, sender=sender, subject=subject, to=to, headers=given)


EXIM = f"""\
    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      {UNIT_ADDRESS}
        host mx.coquan.example [203.0.113.5]
        SMTP error from remote mail server after RCPT TO:<{UNIT_ADDRESS}>:
        550 5.1.1 User unknown

    ------ This is a copy of the message, including all the headers. ------

    Message-ID: {LETTER_ID}
"""
QMAIL = f"""\
    Hi. This is the qmail-send program at mx.coquan.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <{UNIT_ADDRESS}>:
    Sorry, no mailbox here by that name. (#5.1.1)

    --- Below this line is a copy of the message.

    Message-ID: {LETTER_ID}
"""
QMAIL_FULL = QMAIL.replace("Sorry, no mailbox here by that name. (#5.1.1)", "Mailbox is full, 552")
EXCHANGE = f"""\
    Your message to {UNIT_ADDRESS} couldn't be delivered.

    vp wasn't found at batmot.example.

    Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'
"""
GMAIL = f"""\
    ** Address not found **

    Your message wasn't delivered to {UNIT_ADDRESS} because the address couldn't be
    found, or is unable to receive mail.

    The response was:
    550 5.1.1 The email account that you tried to reach does not exist.
"""
GMAIL_VN = f"""\
    ** Không tìm thấy địa chỉ **

    Thư của bạn không được gửi tới {UNIT_ADDRESS} vì không tìm thấy địa chỉ này hoặc
    địa chỉ không thể nhận thư. Không gửi được thư.
"""
VN_FULL = f"""\
    Hệ thống thư công vụ thông báo: không thể gửi thư tới {UNIT_ADDRESS}.
    Lý do: hộp thư của người nhận đã đầy, đề nghị gửi lại sau.
"""
VN_UNKNOWN = f"""\
    Hệ thống thư công vụ thông báo: thư gửi tới {UNIT_ADDRESS} bị trả lại.
    Lý do: tài khoản không tồn tại trên hệ thống.
"""
EXIM_DELAY = f"""\
    This message was created automatically by mail delivery software.
    A message that you sent has not yet been delivered to one or more of its
    recipients after more than 24 hours on the queue on mx.coquan.example.

      {UNIT_ADDRESS}

    No action is required on your part. Delivery attempts will continue for
    some time, and this warning may be repeated.
"""
FORWARDED_BODY = f"""\
    Chị xem giúp em.

    ---------- Forwarded message ----------
    From: {SENDER}
    Subject: Giao nhiệm vụ
"""


def deep(levels: int) -> bytes:
    """Multiparts within multiparts."""
    body = "".join(
        f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(levels)
    )
    return mail(body, headers={"Content-Type": "multipart/mixed; boundary=b0"})


def many_parts(count: int) -> bytes:
    """A multipart of empty parts."""
    return mail("--b\n\n\n" * count, headers={"Content-Type": "multipart/mixed; boundary=b"})
