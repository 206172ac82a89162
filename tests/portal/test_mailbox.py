"""The mailbox page shows hostile letters without trusting them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from adapters.mail_catcher import MailCatcher
from adapters.mime import build_message, message_id_for
from models.addresses import Mailbox
from models.letters import Composed, LetterKind, Part
from portal.mailbox import KIND_LABELS, clean_html, day_label, links_of, mailbox_routes, size_label
from portal.pages import NavLink, make_templates, security_headers

INSTANTS = [datetime(2026, 6, 21, 23, 0, tzinfo=UTC), datetime(2026, 6, 21, 16, 59, tzinfo=UTC)]
EVIL = "<script>alert(1)</script>"


def letter(number: int, *, subject: str, html: str, parts: tuple[Part, ...] = ()) -> bytes:
    return build_message(
        composed=Composed(
            subject=subject, text=f"Xin mời {EVIL} https://x.vn/a?b=1&c=2", html=html, parts=parts
        ),
        sender=Mailbox(address="a@x.vn", name=f"Phòng {EVIL}"),
        recipient=Mailbox(address="b@x.vn", name="Thôn Vịn"),
        reply_to="a@x.vn",
        message_id=message_id_for(b"k", str(number), "E03", "x.vn"),
        date=INSTANTS[0],
        headers={"X-Dondoc-Kind": "E03"},
    )


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    instants = iter(reversed(INSTANTS))
    part = Part(name='báo "cáo".html', media_type="text/html", content=EVIL.encode())
    letters = [
        letter(1, subject="Báo cáo cũ", html="<p>Kính gửi</p>"),
        letter(
            2,
            subject=f"Nhắc hạn {EVIL}",
            html=f'{EVIL}<a href="javascript:x">y</a><b>Kính gửi</b>',
            parts=(part,),
        ),
    ]
    with (
        MailCatcher(tmp_path, clock=lambda: next(instants)) as catcher,
        SMTP("127.0.0.1", catcher.port, "localhost") as smtp,
    ):
        for octets in letters:
            smtp.sendmail("a@x.vn", ["b@x.vn"], octets)
    app = FastAPI(openapi_url=None)
    app.middleware("http")(security_headers)
    app.include_router(
        mailbox_routes(tmp_path, make_templates((NavLink(label="Hộp thư", href="/hop-thu"),)))
    )
    with TestClient(app, raise_server_exceptions=True) as it:
        yield it


def first_id(client: TestClient) -> str:
    return client.get("/hop-thu").text.split('href="/hop-thu/')[1].split('"')[0]


def test_letters_are_grouped_by_local_day(client: TestClient) -> None:
    page = client.get("/hop-thu")
    assert page.status_code == 200
    assert page.text.index("Thứ Hai, ngày 22/6/2026") < page.text.index("Chủ nhật, ngày 21/6/2026")
    assert "06:00" in page.text
    assert "23:59" in page.text
    assert 'aria-current="page"' in page.text
    assert EVIL not in page.text


def test_search_finds_by_recipient_and_text_without_diacritics(client: TestClient) -> None:
    assert "Có 2 thư" in client.get("/hop-thu").text
    assert "Tìm thấy 1 thư" in client.get("/hop-thu", params={"q": "bao cao CU"}).text
    assert "Tìm thấy 2 thư" in client.get("/hop-thu", params={"q": "thon vin b@x.vn"}).text
    nothing = client.get("/hop-thu", params={"q": f'"{EVIL}'})
    assert "Không có thư nào khớp" not in client.get("/hop-thu", params={"q": "script"}).text
    assert EVIL not in nothing.text


@pytest.mark.parametrize("tab", ["html", "van-ban", "nguon", "", "khac", EVIL])
def test_a_hostile_letter_is_shown_as_text_in_every_tab(client: TestClient, tab: str) -> None:
    page = client.get(f"/hop-thu/{first_id(client)}", params={"xem": tab})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "javascript:" not in page.text
    assert "script-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_text_tab_links_to_what_the_letter_links_to(client: TestClient) -> None:
    page = client.get(f"/hop-thu/{first_id(client)}", params={"xem": "van-ban"}).text
    assert 'href="https://x.vn/a?b=1&amp;c=2"' in page


def test_the_body_is_framed_without_any_right(client: TestClient) -> None:
    letter_id = first_id(client)
    assert (
        f'sandbox="" referrerpolicy="no-referrer" title="Nội dung thư" src="/hop-thu/{letter_id}/noi-dung"'
        in client.get(f"/hop-thu/{letter_id}").text
    )
    body = client.get(f"/hop-thu/{letter_id}/noi-dung")
    assert "<b>Kính gửi</b>" in body.text
    assert "script" not in body.text
    policy = body.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox")


def test_an_attachment_is_only_ever_downloaded(client: TestClient) -> None:
    page = client.get(f"/hop-thu/{first_id(client)}/tep/0")
    assert page.content == EVIL.encode()
    assert page.headers["content-type"] == "application/octet-stream"
    assert (
        page.headers["content-disposition"]
        == "attachment; filename*=UTF-8''b%C3%A1o%20%22c%C3%A1o%22.html"
    )
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["content-security-policy"].startswith("sandbox")
    assert client.get(f"/hop-thu/{first_id(client)}/tep/1").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e",
        "00001-" + "0" * 32,
        "%00",
        "00001-" + "0" * 32 + "%0a",
    ],
)
@pytest.mark.parametrize("tail", ["", "/noi-dung", "/tep/0"])
def test_what_is_no_letter_is_not_found(client: TestClient, path: str, tail: str) -> None:
    assert client.get(f"/hop-thu/{path}{tail}").status_code == 404


def test_a_name_with_line_breaks_cannot_split_a_header(client: TestClient, tmp_path: Path) -> None:
    message = EmailMessage()
    message["X-Received-At"] = INSTANTS[0].isoformat()
    message.add_attachment(b"x", maintype="a", subtype="b", filename="x")
    octets = message.as_bytes().replace(
        b'filename="x"', b"filename*=utf-8''x%0D%0ASet-Cookie%3A%20a%3Db%00"
    )
    (tmp_path / f"00009-{'a' * 32}.eml").write_bytes(octets)
    page = client.get(f"/hop-thu/00009-{'a' * 32}/tep/0")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert client.get(f"/hop-thu/00009-{'a' * 32}").status_code == 200


def test_many_letters_come_in_pages(client: TestClient, tmp_path: Path) -> None:
    for number in range(10, 130):
        (tmp_path / f"{number:05d}-{number:032x}.eml").write_bytes(b"broken")
    first, second = client.get("/hop-thu").text, client.get("/hop-thu?trang=2").text
    assert "Có 122 thư" in first
    assert "Cũ hơn" in first
    assert "Mới hơn" not in first
    assert "Hỏng" in second
    assert "Mới hơn" in second
    assert client.get("/hop-thu?trang=0").status_code == 422


def test_cleaning_keeps_the_look_and_drops_what_acts() -> None:
    html = '<p style="color:red;position:fixed;background:url(http://t.vn/x)" onclick="x">a</p><img src="http://t.vn/p.gif"><form action="/x"><input></form><a href="data:text/html,x">z</a>'
    cleaned = clean_html(html)
    assert 'style="color:red' in cleaned
    assert not any(bad in cleaned for bad in ("position", "onclick", "p.gif", "form", "data:"))


def test_links_of_a_letter_are_each_listed_once() -> None:
    html = '<a href="https://x.vn/a?b=1&amp;c=2">1</a><a href="https://x.vn/a?b=1&amp;c=2">2</a><a href="mailto:a@x.vn">3</a>'
    assert links_of(html) == ("https://x.vn/a?b=1&c=2",)


@pytest.mark.parametrize(
    ("octets", "label"), [(5, "5 byte"), (24_064, "23,5 KB"), (5_242_880, "5,0 MB")]
)
def test_sizes_are_written_with_a_comma(octets: int, label: str) -> None:
    assert size_label(octets) == label


def test_every_kind_has_a_label() -> None:
    assert set(KIND_LABELS) == set(LetterKind)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 6, 5), "thứ Sáu, ngày 05/6/2026"),
        (date(2026, 2, 1), "Chủ nhật, ngày 01/02/2026"),
    ],
)
def test_days_are_written_as_in_letters(day: date, label: str) -> None:
    assert day_label(day) == label
