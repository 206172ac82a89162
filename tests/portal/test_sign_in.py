"""Signing in, out and by link: forms of our own, new sessions, growing delays."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.database import open_engine
from config.clock import set_simulated_now
from models.accounts import IDLE, LinkPurpose, Role
from portal.app import make_app
from services.accounts import disable_account, set_password
from services.sign_in_links import make_sign_in_link
from tests.portal.conftest import COOKIE, JUNE, PLAN, Site

GOOD, OTHER = "một câu dễ nhớ, khó đoán", "câu thứ hai cũng dài như thế"
NAME = "t-office"
BY: dict[str, Any] = {"commune": "bat-mot", "by": "t", "now": JUNE}


@pytest.fixture
def door(site: Site) -> Site:
    """The site with an office account that has a password; nobody is signed in."""
    site.session(Role.OFFICE)
    engine = open_engine(site.settings.engine_url)
    set_password(engine, NAME, GOOD, **BY)
    engine.dispose()
    site.sign_out()
    return site


def type_in(site: Site, password: str = GOOD, name: str = NAME, **more: str) -> Any:
    fields = site.hidden(site.client.get("/dang-nhap").text) | {"ten": name, "mat_khau": password}
    return site.client.post("/dang-nhap", data=fields | more, follow_redirects=False)


def test_a_reader_is_led_to_the_page_asked_for(door: Site) -> None:
    led = door.client.get(f"/ke-hoach/{PLAN}?giai_doan=P3")
    assert led.url.path == "/dang-nhap"
    fields = door.hidden(led.text) | {"ten": NAME.upper(), "mat_khau": GOOD}
    answer = door.client.post("/dang-nhap", data=fields)
    assert answer.status_code == 200
    assert str(answer.url).endswith(f"/ke-hoach/{PLAN}?giai_doan=P3")
    assert "Cán bộ office" in answer.text
    assert "Hộp thư thử" not in answer.text


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/a\tb",
             "x", "/dang-nhap", "http:/x"]
)  # fmt: skip
def test_nobody_is_led_to_another_site(door: Site, path: str) -> None:
    assert type_in(door, tiep=path).headers["location"] == "/"


@pytest.mark.slow
def test_the_cookie_is_kept_from_scripts_and_other_sites(door: Site) -> None:
    kept = type_in(door).headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert "Path=/" in kept
    assert "Secure" not in kept  # plain http on this machine only
    public = door.settings.model_copy(update={"public_url": "https://don-doc.example"})
    with TestClient(make_app(public), base_url="https://don-doc.example") as client:
        fields = door.hidden(client.get("/dang-nhap").text)
        answer = client.post(
            "/dang-nhap", data=fields | {"ten": NAME, "mat_khau": GOOD}, follow_redirects=False
        )
        kept = answer.headers["set-cookie"]
        assert kept.startswith("__Host-dondoc=")
        assert "Secure" in kept
        assert "Domain" not in kept
        # A cookie without the prefix, such as a neighbouring host can plant, opens nothing.
        client.cookies.clear()
        client.cookies.set("dondoc", kept.partition("=")[2].partition(";")[0])
        assert client.get("/", follow_redirects=False).status_code == 303


def test_a_planted_session_is_of_no_use_after_signing_in(door: Site) -> None:
    planted = door.session(Role.VIEWER)
    door.client.cookies.set(COOKIE, planted)
    answer = type_in(door)
    given = answer.cookies[COOKIE]
    assert given != planted
    for token, status in ((planted, 303), (given, 200)):
        door.client.cookies.clear()
        door.client.cookies.set(COOKIE, token)
        assert door.client.get("/", follow_redirects=False).status_code == status
    door.client.cookies.clear()
    door.client.cookies.set(COOKIE, "toi-tu-dat-ma-phien-nay")
    assert type_in(door).cookies[COOKIE] != "toi-tu-dat-ma-phien-nay"


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    token = site.client.cookies[COOKIE]
    assert site.client.post("/dang-xuat").status_code == 403
    fields = site.hidden(site.client.get("/").text)
    assert site.client.get("/dang-xuat").status_code == 405
    assert site.client.post("/dang-xuat", data=fields).url.path == "/dang-nhap"
    site.client.cookies.set(COOKIE, token)
    assert site.client.get("/", follow_redirects=False).status_code == 303


def test_a_session_left_alone_or_of_a_shut_account_ends(site: Site) -> None:
    site.sign_in(Role.OFFICE)
    set_simulated_now(site.clock, JUNE + IDLE + timedelta(seconds=1))
    assert site.client.get("/", follow_redirects=False).status_code == 303
    set_simulated_now(site.clock, JUNE)
    site.sign_in(Role.OFFICE)
    engine = open_engine(site.settings.engine_url)
    disable_account(engine, NAME, **BY)
    engine.dispose()
    assert site.client.get("/", follow_redirects=False).status_code == 303


def test_a_form_made_for_one_session_works_in_no_other(site: Site) -> None:
    mine = site.hidden(site.client.get("/tai-khoan").text)
    site.sign_in()
    fields = mine | {"mat_khau": GOOD, "mat_khau_moi": OTHER, "nhap_lai": OTHER}
    assert site.client.post("/tai-khoan", data=fields).status_code == 403
    assert site.client.post("/dang-xuat", data=mine).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"},
     {"sec-fetch-site": "same-site"}],
)  # fmt: skip
def test_another_site_signs_nobody_in(door: Site, headers: dict[str, str]) -> None:
    fields = door.hidden(door.client.get("/dang-nhap").text) | {"ten": NAME, "mat_khau": GOOD}
    answer = door.client.post("/dang-nhap", data=fields, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_name_nobody_has_is_answered_as_a_wrong_password(door: Site) -> None:
    def told(name: str) -> list[tuple[int, str]]:
        answers = [type_in(door, "sai mật khẩu", name=name) for _ in range(6)]
        return [(a.status_code, a.text.replace(name, "")) for a in answers]

    mine, nobodys = told(NAME), told("t-nobody")
    assert [status for status, _ in mine] == [401, 401, 401, 401, 401, 429]
    assert [status for status, _ in nobodys] == [401, 401, 401, 401, 401, 429]
    assert mine[-1] == nobodys[-1]
    assert "thử lại sau 15 giây" in mine[-1][1]


def test_too_many_tries_wait_as_long_as_the_page_says(door: Site) -> None:
    for _ in range(5):
        type_in(door, "sai mật khẩu")
    refused = type_in(door)
    assert refused.status_code == 429
    wait = int(refused.headers["retry-after"])
    set_simulated_now(door.clock, JUNE + timedelta(seconds=wait))
    assert type_in(door).status_code == 303


def test_one_s_own_password_is_changed(door: Site) -> None:
    type_in(door)
    page = door.client.get("/tai-khoan")
    wrong = [
        {"mat_khau": GOOD, "mat_khau_moi": OTHER, "nhap_lai": GOOD},
        {"mat_khau": "sai", "mat_khau_moi": OTHER, "nhap_lai": OTHER},
        {"mat_khau": GOOD, "mat_khau_moi": "ngắn", "nhap_lai": "ngắn"},
    ]
    for fields in wrong:
        answer = door.client.post("/tai-khoan", data=door.hidden(page.text) | fields)
        assert answer.status_code == 409
        assert "alert-bad" in answer.text
    fields = {"mat_khau": GOOD, "mat_khau_moi": OTHER, "nhap_lai": OTHER}
    answer = door.client.post("/tai-khoan", data=door.hidden(page.text) | fields)
    assert "Đã đổi mật khẩu" in answer.text
    door.sign_out()
    assert type_in(door).status_code == 401
    assert type_in(door, OTHER).status_code == 303


@pytest.mark.slow
def test_a_one_time_link_is_opened_often_and_used_once(site: Site) -> None:
    site.session(Role.OFFICE)
    site.sign_out()
    engine = open_engine(site.settings.engine_url)
    link = make_sign_in_link(engine, NAME, purpose=LinkPurpose.SET_PASSWORD, **BY)
    engine.dispose()
    before = site.row_counts()
    for _ in range(20):
        assert site.client.head(f"/vao/{link}").status_code == 200
        page = site.client.get(f"/vao/{link}")
    assert site.row_counts() == before
    assert site.client.post(f"/vao/{link}", data={"mat_khau_moi": GOOD}).status_code == 403
    fields = site.hidden(page.text) | {"mat_khau_moi": GOOD, "nhap_lai": GOOD}
    assert site.client.post(f"/vao/{link}", data=fields | {"nhap_lai": "x"}).status_code == 409
    short = fields | {"mat_khau_moi": "x", "nhap_lai": "x"}
    assert site.client.post(f"/vao/{link}", data=short).status_code == 409
    assert site.client.post(f"/vao/{link}", data=fields).url.path == "/"
    assert site.client.get(f"/vao/{link}").status_code == 409
    assert site.client.post(f"/vao/{link}", data=fields).status_code == 409
