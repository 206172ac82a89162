"""The corpus: mails that come in, each with what it must be taken for."""

from dataclasses import dataclass

from adapters.reply_tokens import address_with_token
from models.incoming import InboxState, MailClass
from models.incoming_bounces import Gravity
from tests.incoming_mails import (
    ANSWER_TO,
    AUTHSERV,
    EXCHANGE,
    EXIM,
    EXIM_DELAY,
    FORWARDED_BODY,
    GMAIL,
    GMAIL_VN,
    HEAD_ADDRESS,
    LETTER_ID,
    OLD_TOKEN,
    OTHER_UNIT,
    PASSED,
    QMAIL,
    QMAIL_FULL,
    REPLY_TO,
    SENDER,
    UNIT_ADDRESS,
    VN_FULL,
    VN_UNKNOWN,
    WRONG_TOKEN,
    deep,
    dsn,
    mail,
    many_parts,
    plain_bounce,
)
from tests.incoming_programs import (
    BROKEN_BASE64,
    ENCRYPTED,
    HTML_BOMB,
    HTML_ONLY,
    INLINE_LOGO,
    NAME_2047,
    NAME_2231,
    NAME_RAW,
    NESTED_ALTERNATIVE,
    NESTED_MAIL,
    RAW_8BIT,
    SMIME,
    VERIFIED,
    WINDOWS_1258,
    WINMAIL,
    large,
)

K, S, Q = InboxState.KEPT, InboxState.SETTLED, InboxState.QUARANTINED


@dataclass(frozen=True)
class Sample:
    """One mail and what it is."""

    name: str
    raw: bytes
    mail_class: MailClass
    state: InboxState
    gravity: Gravity | None = None
    reason: str = ""  # begins so


BOUNCES = (
    Sample("postfix 5.1.1", dsn(), MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("header-only return", dsn(returned_type="text/rfc822-headers"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("to the plain address, quoting letter and token", dsn(to=SENDER),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("disabled 5.2.1", dsn(status="5.2.1", diagnostic="smtp; 550 5.2.1 disabled"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("not authorized 5.7.1", dsn(status="5.7.1", diagnostic="smtp; 550 5.7.1 not allowed"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("spam 5.7.1", dsn(status="5.7.1", diagnostic="smtp; 554 5.7.1 rejected as spam"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.LETTER_REFUSED),
    Sample("too large 5.3.4", dsn(status="5.3.4", diagnostic="smtp; 552 5.3.4 too big"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.LETTER_REFUSED),
    Sample("full 5.2.2", dsn(status="5.2.2", diagnostic="smtp; 552 5.2.2 mailbox full"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.MAILBOX_FULL),
    Sample("full called 5.7.1", dsn(status="5.7.1", diagnostic="smtp; 550 User is over quota"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.MAILBOX_FULL),
    Sample("delayed", dsn(action="delayed", status="4.4.1", diagnostic="smtp; timed out"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.DELAYED),
    Sample("given up after 4.4.1", dsn(status="4.4.1", diagnostic="smtp; timed out"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.DELAYED),
    Sample("delivered", dsn(action="delivered", status="2.0.0"), MailClass.AUTO_REPLY, S),
    Sample("forged: no token", dsn(to=SENDER, reply_to=REPLY_TO), MailClass.BOUNCE_PERMANENT, Q,
           reason="E-IN-DSN"),
    Sample("forged: wrong token", dsn(to=address_with_token(SENDER, WRONG_TOKEN), returned=None),
           MailClass.BOUNCE_PERMANENT, Q, reason="E-IN-DSN"),
    Sample("forged: another letter returned", dsn(returned="<else@batmot.example>"),
           MailClass.BOUNCE_PERMANENT, Q, reason="E-IN-DSN"),
    Sample("exim", plain_bounce(EXIM, sender="Mail Delivery System <Mailer-Daemon@mx.example>",
                                subject="Mail delivery failed: returning message to sender",
                                X_Failed_Recipients=UNIT_ADDRESS),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("exim without its header",
           plain_bounce(EXIM, sender="Mailer-Daemon@mx.example", subject="Mail delivery failed"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("exim delay", plain_bounce(EXIM_DELAY, sender="Mailer-Daemon@mx.example",
                                      subject="Warning: message delayed 24 hours"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.DELAYED),
    Sample("qmail", plain_bounce(QMAIL, sender="MAILER-DAEMON@mx.example", subject="failure notice"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("qmail full", plain_bounce(QMAIL_FULL, sender="MAILER-DAEMON@mx.example",
                                      subject="failure notice"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.MAILBOX_FULL),
    Sample("exchange", plain_bounce(EXCHANGE, sender="Microsoft Outlook <postmaster@coquan.example>",
                                    subject="Undeliverable: Giao nhiem vu"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("gmail", plain_bounce(GMAIL, sender="Mail Delivery Subsystem <mailer-daemon@gmail.example>",
                                 subject="Delivery Status Notification (Failure)"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("gmail in Vietnamese",
           plain_bounce(GMAIL_VN, sender="Mail Delivery Subsystem <mailer-daemon@gmail.example>",
                        subject="Thông báo trạng thái gửi thư (Thất bại)"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("Vietnamese server, full", plain_bounce(VN_FULL, sender="postmaster@thcv.example",
                                                   subject="Thư không gửi được"),
           MailClass.BOUNCE_TEMPORARY, S, Gravity.MAILBOX_FULL),
    Sample("Vietnamese server, unknown", plain_bounce(VN_UNKNOWN, sender="postmaster@thcv.example",
                                                      subject="Thư bị trả lại"),
           MailClass.BOUNCE_PERMANENT, S, Gravity.DEAD_ADDRESS),
    Sample("plain, forged, without token", plain_bounce(VN_UNKNOWN, sender="postmaster@x.example",
                                                        subject="Thư bị trả lại", to=SENDER),
           MailClass.BOUNCE_PERMANENT, Q, reason="E-IN-DSN"),
)  # fmt: skip

AUTOMATIC = (
    Sample("auto-submitted", mail("Tôi đi vắng.", headers={"Auto-Submitted": "auto-replied"}),
           MailClass.AUTO_REPLY, S),
    Sample("precedence", mail("Away.", headers={"Precedence": "auto_reply"}),
           MailClass.AUTO_REPLY, S),
    Sample("bulk", mail("Bản tin", headers={"Precedence": "bulk"}), MailClass.AUTO_REPLY, S),
    Sample("x-autoreply", mail("Away.", headers={"X-Autoreply": "yes"}), MailClass.AUTO_REPLY, S),
    Sample("null return path", mail("Cảm ơn đã gửi thư.", headers={"Return-Path": "<>"}),
           MailClass.AUTO_REPLY, S),
    Sample("outlook in English", mail("I am away.", subject="Automatic reply: Giao nhiem vu"),
           MailClass.AUTO_REPLY, S),
    Sample("in Vietnamese", mail("Tôi nghỉ đến thứ Hai.", subject="Trả lời tự động: Giao nhiệm vụ"),
           MailClass.AUTO_REPLY, S),
    Sample("leave in Vietnamese", mail("Tôi nghỉ.", subject="Đang nghỉ phép từ 11/5 đến 15/5"),
           MailClass.AUTO_REPLY, S),
    Sample("another engine", mail("Kính gửi", sender="don-doc@khac.example",
                                  headers={"Auto-Submitted": "auto-generated"}),
           MailClass.AUTO_REPLY, S),
    Sample("reading receipt", mail("--r\nContent-Type: text/plain\n\nĐã đọc\n--r--", headers={
        "Content-Type": "multipart/report; report-type=disposition-notification; boundary=r"}),
           MailClass.AUTO_REPLY, S),
    Sample("our own letter", mail("Thư của xã", sender=SENDER, message_id=LETTER_ID),
           MailClass.OWN, S),
)  # fmt: skip

PEOPLE = (
    Sample("token and account", mail("Đã gửi.", headers={"Authentication-Results": PASSED}),
           MailClass.ANSWER, K),
    Sample("the head answers", mail("Đã gửi.", sender=HEAD_ADDRESS,
                                    headers={"Authentication-Results": PASSED}),
           MailClass.ANSWER, K),
    Sample("thread and account", mail("Đã gửi.", to=REPLY_TO, headers={
        "References": f"<x@y> {LETTER_ID}", "Authentication-Results": PASSED}),
           MailClass.ANSWER, K),
    Sample("dkim of the domain", mail("Đã gửi.", headers={
        "Authentication-Results": f"{AUTHSERV}; dkim=pass header.d=batmot.example"}),
           MailClass.ANSWER, K),
    Sample("token only", mail("Đã gửi."), MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("thread only", mail("Đã gửi.", to=REPLY_TO, headers={"In-Reply-To": LETTER_ID}),
           MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("another unit's account", mail("Đã gửi.", sender=OTHER_UNIT,
                                          headers={"Authentication-Results": PASSED}),
           MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("verdict of another server", mail("Đã gửi.", headers={
        "Authentication-Results": PASSED.replace(AUTHSERV, "mx.batmot.example.evil")}),
           MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("verdict about another domain", mail("Đã gửi.", headers={
        "Authentication-Results": PASSED.replace("from=batmot", "from=evil")}),
           MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("two addresses in From", mail("Đã gửi.", sender=f"{UNIT_ADDRESS}, x@evil.example",
                                         headers={"Authentication-Results": PASSED}),
           MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("spoofed", mail("Đã gửi.", to=REPLY_TO), MailClass.SPOOFED, Q, reason="E-IN-SPOOF"),
    Sample("spoofed as ourselves", mail("Duyệt ngay.", sender=SENDER), MailClass.SPOOFED, Q,
           reason="E-IN-SPOOF"),
    Sample("a unit's new mail", mail("Cho hỏi.", to=REPLY_TO, subject="Hỏi",
                                     headers={"Authentication-Results": PASSED}),
           MailClass.UNMATCHED, Q, reason="E-IN-THREAD"),
    Sample("a stranger", mail("Chào.", sender="ai@do.example", to=REPLY_TO, subject="Chào"),
           MailClass.UNMATCHED, Q, reason="E-IN-STRANGER"),
    Sample("token of a plan that ended", mail("Đã gửi.", to=address_with_token(REPLY_TO, OLD_TOKEN)),
           MailClass.UNMATCHED, Q, reason="E-IN-LATE"),
    Sample("forwarded to us", mail(FORWARDED_BODY, sender="ai@do.example", to=REPLY_TO,
                                   subject="Fwd: Giao nhiệm vụ"),
           MailClass.FORWARDED, Q, reason="E-IN-FORWARD"),
    Sample("forwarded with the token", mail(FORWARDED_BODY, sender="ai@do.example",
                                            subject="Chuyển tiếp: Giao nhiệm vụ"),
           MailClass.FORWARDED, Q, reason="E-IN-FORWARD"),
)  # fmt: skip

HOSTILE = (
    Sample("3,000 levels", deep(3_000), MailClass.UNREADABLE, Q, reason="E-IN-DEPTH"),
    Sample("100,000 parts", many_parts(100_000), MailClass.UNREADABLE, Q, reason="E-IN-PARTS"),
    Sample("1,500 parts", many_parts(1_500), MailClass.UNREADABLE, Q, reason="E-IN-PARTS"),
    Sample("long headers", mail("x", to=", ".join([ANSWER_TO] * 16_000)), MailClass.UNREADABLE, Q,
           reason="E-IN-HEADERS"),
    Sample("comments in From", mail("x", sender="(" * 2_000, to=REPLY_TO), MailClass.UNMATCHED, Q),
    Sample("broken Message-ID", mail("Đã gửi.", message_id="<[x]@>"), MailClass.UNVERIFIED, K),
)  # fmt: skip

PROGRAMS = (
    Sample("a name in RFC 2047", NAME_2047, MailClass.ANSWER, K),
    Sample("a name in RFC 2231", NAME_2231, MailClass.ANSWER, K),
    Sample("a name in raw UTF-8", NAME_RAW, MailClass.ANSWER, K),
    Sample("raw 8-bit headers and words", RAW_8BIT, MailClass.ANSWER, K),
    Sample("windows-1258", WINDOWS_1258, MailClass.ANSWER, K),
    Sample("winmail.dat", WINMAIL, MailClass.ANSWER, K),
    Sample("a logo in the signature", INLINE_LOGO, MailClass.ANSWER, K),
    Sample("signed by S/MIME", SMIME, MailClass.ANSWER, K),
    Sample("encrypted by S/MIME", ENCRYPTED, MailClass.ANSWER, K),
    Sample("a mail within a mail", NESTED_MAIL, MailClass.ANSWER, K),
    Sample("alternative within mixed", NESTED_ALTERNATIVE, MailClass.ANSWER, K),
    Sample("HTML only, the letter quoted", HTML_ONLY, MailClass.ANSWER, K),
    Sample("base64 that is none", BROKEN_BASE64, MailClass.ANSWER, K),
    Sample("20,000 open tags", HTML_BOMB, MailClass.ANSWER, K),
    Sample("20 MB", large(20), MailClass.ANSWER, K),
)
ANSWERS = (
    Sample("a confirmation", mail("Đã nhận được kế hoạch.", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("a confirmation without marks", mail("Da nhan ke hoach", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("a confirmation over the quoted letter", mail(
        "Đã nhận, cảm ơn.\n\nVào Th 2, UBND xã đã viết:\n> TT01: 99", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("a confirmation that nothing proves", mail("Đã nhận được kế hoạch."),
           MailClass.UNVERIFIED, K, reason="E-IN-AUTH"),
    Sample("not received", mail("Chưa nhận được kế hoạch.", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("a question", mail("Đã nhận được chưa?", headers=VERIFIED), MailClass.ANSWER, K),
    Sample("figures by code", mail("CD01: 2\nTT08: 3 chiếc", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("figures in the quoted letter only", mail(
        "Xem giúp.\n\n-----Original Message-----\nCD01: 2", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("figures that are doubtful", mail("CD01: 2-3", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("figures without codes", mail("Phòng có 2 văn bản, 3 khẩu hiệu.", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("nothing to report, with a reason", mail(
        "Không phát sinh: phòng không tổ chức hoạt động nào.", headers=VERIFIED),
           MailClass.ANSWER, K),
    Sample("nothing to report", mail("Không phát sinh.", headers=VERIFIED), MailClass.ANSWER, K),
    Sample("approval by mail", mail("Đồng ý, phê duyệt.", headers=VERIFIED), MailClass.ANSWER, K),
    Sample("spoofed figures", mail("CD01: 999", to=REPLY_TO), MailClass.SPOOFED, Q,
           reason="E-IN-SPOOF"),
    Sample("out of office that says received", mail(
        "Đã nhận được thư, tôi nghỉ phép.", headers=VERIFIED | {"Auto-Submitted": "auto-replied"}),
           MailClass.AUTO_REPLY, S),
)  # fmt: skip
# What becomes an answer without anybody's word; everything else waits, is asked back or ends.
BECOMES = {
    "a confirmation": "XN",
    "a confirmation without marks": "XN",
    "a confirmation over the quoted letter": "XN",
    "raw 8-bit headers and words": "XN",
    "a logo in the signature": "XN",
    "signed by S/MIME": "XN",
    "alternative within mixed": "XN",
    "HTML only, the letter quoted": "XN",
    "figures by code": "SL",
    "nothing to report, with a reason": "SL",
}

CORPUS = (*BOUNCES, *AUTOMATIC, *PEOPLE, *HOSTILE, *PROGRAMS, *ANSWERS)
