"""The mailbox page shows hostile letters without trusting them."""

from datetime import UTC, datetime
from email.message import EmailMessage
from smtplib import SMTP

import pytest
from starlette.testclient import TestClient

from adapters.mail_catcher import MailCatcher
from adapters.mime import build_message, message_id_for
from models.addresses import Mailbox
from models.letters import Composed, LetterKind, Part
from portal.mail_reading import KIND_LABELS, Link, clean_html, links_of, size_label
from tests.incoming_mails import deep, many_parts
from tests.portal.conftest import JUNE, PLAN, Site

INSTANTS = [datetime(2026, 6, 21, 23, 0, tzinfo=UTC), datetime(2026, 6, 21, 16, 59, tzinfo=UTC)]
EVIL = "<script>alert(1)</script>"
EVIL_ID = f"00002-{'e' * 32}"


def letter(
    number: int, *, subject: str, html: str, thread: str, parts: tuple[Part, ...] = ()
) -> bytes:
    return build_message(
        composed=Composed(
            subject=subject, text=f"Xin mời {EVIL} https://x.vn/a?b=1&c=2", html=html, parts=parts
        ),
        sender=Mailbox(address="a@x.vn", name=f"Phòng {EVIL}"),
        recipient=Mailbox(address="b@x.vn", name="Trưởng thôn"),
        reply_to="a@x.vn",
        message_id=message_id_for(b"k", str(number), "E03", "x.vn"),
        date=INSTANTS[0],
        references=(thread,),
        headers={"X-Dondoc-Kind": "E03" if number == 1 else "E06"},
    )


def thread_to(site: Site, unit_id: str) -> str:
    return site.desk(JUNE).letterhead.thread_id(PLAN, unit_id)


@pytest.fixture
def client(site: Site) -> TestClient:
    instants = iter(reversed(INSTANTS))
    part = Part(name='báo "cáo".html', media_type="text/html", content=EVIL.encode())
    letters = [
        letter(1, subject="Báo cáo cũ", html="<p>Kính gửi</p>", thread=thread_to(site, "thon-01")),
        letter(
            2,
            subject=f"Nhắc hạn {EVIL}",
            html=f'{EVIL}<a href="javascript:x">y</a><b>Kính gửi</b>',
            thread=thread_to(site, "thon-01"),
            parts=(part,),
        ),
    ]
    with (
        MailCatcher(site.settings.mail_folder, clock=lambda: next(instants)) as catcher,
        SMTP("127.0.0.1", catcher.port, "localhost") as smtp,
    ):
        for octets in letters:
            smtp.sendmail("a@x.vn", ["b@x.vn"], octets)
    return site.client


def keep(site: Site, octets: bytes, letter_id: str = EVIL_ID) -> None:
    """Put a letter in the folder as if the catcher had kept it."""
    site.settings.mail_folder.mkdir(exist_ok=True)
    envelope = f"X-Envelope-To: b@x.vn\r\nX-Received-At: {JUNE.isoformat()}\r\n".encode()
    (site.settings.mail_folder / f"{letter_id}.eml").write_bytes(envelope + octets)


def first_id(client: TestClient) -> str:
    return client.get("/hop-thu").text.split('class="item-title" href="/hop-thu/')[1].split('"')[0]


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
    assert "Tìm thấy 2 thư" in client.get("/hop-thu", params={"q": "truong thon b@x.vn"}).text
    assert "Tìm thấy 2 thư" in client.get("/hop-thu", params={"q": "thon vin"}).text
    nothing = client.get("/hop-thu", params={"q": f'"{EVIL}'})
    assert "Không có thư nào khớp" not in client.get("/hop-thu", params={"q": "script"}).text
    assert EVIL not in nothing.text


@pytest.mark.parametrize("tab", ["html", "van-ban", "nguon", "", "khac", EVIL])
def test_a_hostile_letter_is_shown_as_text_in_every_tab(client: TestClient, tab: str) -> None:
    page = client.get(f"/hop-thu/{first_id(client)}", params={"xem": tab})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "javascript:" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy  # so the rule above holds for scripts
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
    assert policy.startswith(
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "frame-ancestors 'self'"
    )
    assert body.headers["x-content-type-options"] == "nosniff"


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


def test_a_name_with_line_breaks_cannot_split_a_header(site: Site) -> None:
    message = EmailMessage()
    message.add_attachment(b"x", maintype="a", subtype="b", filename="x")
    octets = message.as_bytes().replace(
        b'filename="x"', b"filename*=utf-8''x%0D%0ASet-Cookie%3A%20a%3Db%00%E2%80%AEfdp.exe"
    )
    keep(site, octets)
    page = site.client.get(f"/hop-thu/{EVIL_ID}/tep/0")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert "%E2%80%AE" not in page.headers["content-disposition"]
    assert site.client.get(f"/hop-thu/{EVIL_ID}").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["html", "van-ban", "chuoi", "nguon"])
@pytest.mark.parametrize(
    "octets",
    [
        deep(3_000),
        many_parts(5_000),
        b"Subject: x\r\nFrom: " + b"(" * 3_000 + b"\r\n\r\nx",
        b"Message-ID: <[x]@>\r\nReferences: " + b"<a@b> " * 5_000 + b"\r\n\r\nx",
        b'Content-Type: text/html; charset="\0"\r\n\r\n' + b"<div>" * 20_000,
        b"Content-Type: text/plain\r\n\r\n" + b"x " * 1_000_000,
    ],
    ids=["deep", "parts", "comments", "ids", "tags", "long"],
)
def test_no_letter_breaks_the_page(site: Site, octets: bytes, tab: str) -> None:
    keep(site, octets)
    assert "Có 1 thư" in site.client.get("/hop-thu").text
    page = site.client.get(f"/hop-thu/{EVIL_ID}", params={"xem": tab})
    assert page.status_code == 200
    assert len(page.content) < 1_000_000
    assert site.client.get(f"/hop-thu/{EVIL_ID}/noi-dung").status_code == 200


@pytest.mark.slow
def test_a_long_letter_is_shown_in_part_and_given_whole(site: Site) -> None:
    keep(site, b"Content-Type: text/plain\r\n\r\n" + b"x " * 1_000_000)
    assert "Thư dài" in site.client.get(f"/hop-thu/{EVIL_ID}").text
    whole = site.client.get(f"/hop-thu/{EVIL_ID}/thu.eml")
    assert len(whole.content) > 2_000_000
    assert whole.headers["content-type"] == "application/octet-stream"
    assert whole.headers["content-disposition"].startswith("attachment; filename*=UTF-8''00002-")


def test_a_remote_picture_is_never_loaded(site: Site) -> None:
    keep(
        site,
        b'Content-Type: text/html\r\n\r\n<img src="http://t.vn/p.gif">\
<p style="background:url(http://t.vn/q.gif)">a</p><link rel=stylesheet href="http://t.vn/s">',
    )
    body = site.client.get(f"/hop-thu/{EVIL_ID}/noi-dung")
    assert "t.vn" not in body.text
    assert "img-src data:" in body.headers["content-security-policy"]


def test_letters_are_narrowed_by_unit_and_kind(client: TestClient, site: Site) -> None:
    other = letter(7, subject="Thư khác", html="<p>x</p>", thread=thread_to(site, "vhxh"))
    keep(site, other, f"00007-{'a' * 32}")
    page = client.get("/hop-thu").text
    assert "<option>Thôn Vịn</option>" in page
    assert "<option>Nhắc hạn</option>" in page
    assert "Tìm thấy 2 thư" in client.get("/hop-thu", params={"don_vi": "Thôn Vịn"}).text
    one = client.get("/hop-thu", params={"don_vi": "Thôn Vịn", "loai": "Quá hạn"}).text
    assert "Tìm thấy 1 thư" in one
    assert "Tìm thấy 0 thư" in client.get("/hop-thu", params={"loai": "Gia hạn"}).text


def test_one_letter_leads_to_its_neighbours_of_the_same_search(client: TestClient) -> None:
    newest = first_id(client)
    page = client.get(f"/hop-thu/{newest}", params={"q": "thon vin"}).text
    assert "Thư cũ hơn" in page
    assert "Thư mới hơn" not in page
    assert "Kết quả tìm" in page
    alone = client.get(f"/hop-thu/{newest}", params={"q": "Nhắc"}).text
    assert "Thư cũ hơn" not in alone


def test_a_thread_is_read_in_order(client: TestClient) -> None:
    page = client.get(f"/hop-thu/{first_id(client)}", params={"xem": "chuoi"}).text
    assert "Chuỗi thư (2)" in page
    assert page.index("Báo cáo cũ") < page.index("Xin mời")
    assert page.count("Mở thư này") == 2
    assert "<script" not in page


def test_attachments_are_counted_in_the_list(client: TestClient) -> None:
    assert client.get("/hop-thu").text.count("Kèm 01 tệp") == 1


def test_many_letters_come_in_pages(client: TestClient, site: Site) -> None:
    for number in range(10, 130):
        (site.settings.mail_folder / f"{number:05d}-{number:032x}.eml").write_bytes(b"broken")
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


def test_links_of_a_letter_are_each_listed_once_with_their_words() -> None:
    html = '<a href="https://x.vn/a?b=1&amp;c=2"><b>Mở</b> trang</a><a href="https://x.vn/a?b=1&amp;c=2">2</a><a href="mailto:a@x.vn">3</a>'
    (link,) = links_of(html)
    assert link == Link(words="Mở trang", href="https://x.vn/a?b=1&c=2")
    assert link.target == "x.vn/a"


def test_a_link_shows_where_it_really_leads() -> None:
    (link,) = links_of('<a href="https://gia.example/' + "x" * 99 + '">https://that.vn</a>')
    assert link.target == f"gia.example/{'x' * 28}…"


@pytest.mark.parametrize(
    ("octets", "label"), [(5, "5 byte"), (24_064, "23,5 KB"), (5_242_880, "5,0 MB")]
)
def test_sizes_are_written_with_a_comma(octets: int, label: str) -> None:
    assert size_label(octets) == label


def test_every_kind_has_a_label() -> None:
    assert set(KIND_LABELS) == set(LetterKind)
