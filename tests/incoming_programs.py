"""Mails as programs of the world write them: names in old encodings, nested mails, large files."""

from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP

from tests.incoming_mails import ANSWER_TO, PASSED, UNIT_ADDRESS, mail

VERIFIED = {"Authentication-Results": PASSED}
PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200
TNEF = b"\x78\x9f\x3e\x22" + b"\x00" * 60
MEGABYTES = 1024 * 1024


def with_parts(*parts: str, text: str = "Gửi kế hoạch.", kind: str = "mixed") -> bytes:
    """An authenticated reply made of a text and these parts, headers and content together."""
    first = f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    body = "".join(f"--b\n{part}\n" for part in (first, *parts)) + "--b--\n"
    return mail(body, headers=VERIFIED | {"Content-Type": f"multipart/{kind}; boundary=b"})


def file_part(headers: str, content: bytes = PDF) -> str:
    """A file in base64 under the headers given."""
    encoded = b64encode(content).decode()
    return f"{headers}\nContent-Transfer-Encoding: base64\n\n{encoded}"


NAME_2047 = with_parts(
    file_part('Content-Type: application/pdf; name="=?UTF-8?B?S+G6vyBob+G6oWNoLnBkZg==?="\n'
              "Content-Disposition: attachment")
)  # fmt: skip
NAME_2231 = with_parts(
    file_part("Content-Type: application/pdf\nContent-Disposition: attachment;\n"
              " filename*0*=UTF-8''K%E1%BA%BF%20ho;\n filename*1*=%E1%BA%A1ch.pdf")
)  # fmt: skip
NAME_RAW = with_parts(
    file_part(
        'Content-Type: application/pdf\nContent-Disposition: attachment; filename="Kế hoạch.pdf"'
    )
)
RAW_8BIT = (
    f"From: Nguyễn Văn An <{UNIT_ADDRESS}>\r\nTo: {ANSWER_TO}\r\nSubject: Trả lời: Giao nhiệm vụ\r\n"
    f"Message-ID: <raw@may.example>\r\nAuthentication-Results: {PASSED}\r\n\r\n"
    "Đã nhận được kế hoạch.\r\n"
).encode()
WINDOWS_1258 = mail("x", headers=VERIFIED | {"Content-Type": "text/plain; charset=windows-1258"})
WINMAIL = with_parts(
    file_part('Content-Type: application/ms-tnef; name="winmail.dat"', TNEF), text="Xin gửi."
)
INLINE_LOGO = with_parts(
    'Content-Type: text/html\n\n<p>Đã nhận</p><img src="cid:logo@x">',
    file_part('Content-Type: image/png; name="logo.png"\nContent-ID: <logo@x>\n'
              "Content-Disposition: inline", PNG),
    text="Đã nhận được kế hoạch.", kind="related",
)  # fmt: skip
SMIME = with_parts(
    file_part('Content-Type: application/pkcs7-signature; name="smime.p7s"', b"\x30\x80"),
    text="Đã nhận được kế hoạch.", kind="signed",
)  # fmt: skip
NESTED_MAIL = with_parts(
    "Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: x\n\nbên trong", text="Xin gửi."
)
NESTED_ALTERNATIVE = mail(
    "--a\nContent-Type: multipart/alternative; boundary=c\n\n"
    "--c\nContent-Type: text/plain; charset=utf-8\n\nĐã nhận được kế hoạch.\n"
    "--c\nContent-Type: text/html; charset=utf-8\n\n<p>Đã nhận được kế hoạch.</p>\n--c--\n--a--\n",
    headers=VERIFIED | {"Content-Type": "multipart/mixed; boundary=a"},
)
HTML_ONLY = mail(
    "<div>Đã nhận được kế hoạch.</div><blockquote>Kính gửi: đã gửi ngày 11/5</blockquote>",
    headers=VERIFIED | {"Content-Type": "text/html; charset=utf-8"},
)
ENCRYPTED = mail(
    b64encode(b"\x30\x80" * 40).decode(),
    headers=VERIFIED
    | {
        "Content-Type": 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
        "Content-Transfer-Encoding": "base64",
    },
)
BROKEN_BASE64 = with_parts(
    'Content-Type: application/pdf; name="KH.pdf"\nContent-Transfer-Encoding: base64\n\n@@@@'
)
HTML_BOMB = mail("<b>" * 20_000, headers=VERIFIED | {"Content-Type": "text/html"})


def large(megabytes: int) -> bytes:
    """A reply whose one document is that large."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = UNIT_ADDRESS, ANSWER_TO
    made["Subject"], made["Message-ID"] = "Re: Giao nhiệm vụ", f"<{megabytes}mb@may.example>"
    made["Authentication-Results"] = PASSED
    made.set_content("Gửi kế hoạch.")
    content = PDF + b"\x00" * (megabytes * MEGABYTES)
    made.add_attachment(content, maintype="application", subtype="pdf", filename="KH.pdf")
    return made.as_bytes()
