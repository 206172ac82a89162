"""A unit proposes another contact; the holder of the old address says yes or no, by POST only."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from adapters.install_key import read_install_key
from adapters.links import ChangeScope, make_change_token
from models.accounts import Role
from tests.portal.conftest import JUNE, Site

WANTED = {
    "ho_ten": "Lò Văn Hoa",
    "dia_chi": "lo.hoa@vin.example",
    "dien_thoai": "0912",
    "ly_do": "Nghỉ hưu",
}


def propose(site: Site, **changed: str) -> str:
    page = site.open("thon-01")
    fields = site.hidden(site.client.get(f"{page}/dau-moi").text) | WANTED | changed
    return site.client.post(f"{page}/dau-moi", data=fields).text


def token(site: Site, *, days: int = 14) -> str:
    scope = ChangeScope("bat-mot", "thon-01.head", 1, expires_at=JUNE + timedelta(days=days))
    return make_change_token(read_install_key(site.settings.home), scope)


def email(site: Site) -> str:
    desk = site.desk(JUNE)
    c = tables.contacts.c
    with transaction(desk.engine) as connection:
        found = connection.execute(select(c.email).where(c.id == "thon-01.head")).scalar_one()
    desk.engine.dispose()
    return str(found)


def test_the_page_masks_the_registered_address_and_says_what_is_wrong(site: Site) -> None:
    page = site.open("thon-01")
    shown = site.client.get(f"{page}/dau-moi").text
    assert "t•••@batmot.example" in shown
    assert email(site) not in shown
    assert "Hãy ghi lý do" in propose(site, ly_do=" ")
    assert "không phải là một địa chỉ" in propose(site, dia_chi="không phải")
    assert "đang chờ" not in site.client.get(page).text.lower()


@pytest.mark.parametrize(("reply", "moved"), [("dong_y", True), ("khong", False)])
def test_the_old_address_decides(site: Site, reply: str, moved: bool) -> None:  # noqa: FBT001 - a case
    page, old = site.open("thon-01"), email(site)
    assert "Đã ghi nhận đề nghị đổi đầu mối" in propose(site)
    assert "Đang chờ xác nhận thay đổi" in site.client.get(page).text
    link = f"/dau-moi/{token(site)}"
    before = site.row_counts()
    for _ in range(3):
        entered = site.client.get(link, follow_redirects=False)
        assert entered.headers["location"] == "/doi-dau-moi/1"
        shown = site.client.get("/doi-dau-moi/1")
        assert site.client.head("/doi-dau-moi/1").status_code == 200
    assert site.row_counts() == before
    assert email(site) == old
    assert token(site) not in shown.text
    fields = site.hidden(shown.text) | {"tra_loi": reply}
    assert site.client.post("/doi-dau-moi/1", data={"tra_loi": reply}).status_code == 403
    assert site.client.post("/doi-dau-moi/1", data=fields | {"tra_loi": "x"}).status_code == 409
    assert site.client.post("/doi-dau-moi/1", data=fields).status_code == 200
    assert (email(site) == "lo.hoa@vin.example") is moved
    assert site.client.get(page).status_code == (410 if moved else 200)


def test_only_the_letter_opens_the_question(site: Site) -> None:
    propose(site)
    assert site.client.get("/doi-dau-moi/1").status_code == 404
    assert site.client.get(f"/dau-moi/{site.token('thon-01')}").status_code == 404
    assert site.client.get(f"/dau-moi/{token(site, days=-1)}").status_code == 410
    site.client.get(f"/dau-moi/{token(site)}")
    assert site.client.get("/doi-dau-moi/1").status_code == 200
    assert site.client.get("/doi-dau-moi/2").status_code == 404
    assert site.client.get("/dv/change:1").status_code == 410
    assert not re.search(r"/dau-moi/[\w-]{30}", site.client.get("/doi-dau-moi/1").text)


def act(site: Site, **fields: str) -> str:
    given = site.hidden(site.client.get("/dau-moi-moi").text) | fields
    return str(site.client.post("/dau-moi-moi/1", data=given).text)


@pytest.mark.parametrize(
    ("choice", "moved", "said"),
    [("dong-y", True, "liên kết cũ hết hiệu lực"), ("tu-choi", False, "Đã từ chối")],
)
def test_the_office_answers_in_the_stead_of_the_old_address(
    site: Site,
    choice: str,
    moved: bool,  # noqa: FBT001 - a case
    said: str,
) -> None:
    page = site.open("thon-01")
    propose(site, ly_do="<b>Nghỉ hưu</b>")
    site.sign_in(Role.OFFICE)
    shown = site.client.get("/dau-moi-moi").text
    assert "&lt;b&gt;Nghỉ hưu" in shown
    assert 'Đầu mối <span class="count">1' in shown
    assert "Hãy chọn Đồng ý" in act(site)
    assert "Hãy ghi lý do từ chối" in act(site, viec="tu-choi")
    assert email(site) == "thon-01@batmot.example"
    assert said in act(site, viec=choice, ly_do="Đã gọi điện cho thôn")
    assert (email(site) == "lo.hoa@vin.example") is moved
    assert site.client.get(page).status_code == (410 if moved else 200)
    after = site.client.get("/dau-moi-moi").text
    assert 'class="count"' not in after
    assert ("Đã gọi điện cho thôn" in after) is not moved
    other = {"dong-y": "tu-choi", "tu-choi": "dong-y"}[choice]
    fields = site.hidden(site.client.get("/tai-khoan").text) | {"viec": other, "ly_do": "x"}
    assert site.client.post("/dau-moi-moi/1", data=fields).status_code == 409


@pytest.mark.slow
def test_others_see_what_is_proposed_and_decide_nothing(site: Site) -> None:
    propose(site)
    for role in (Role.VIEWER, Role.LEADER):
        site.sign_in(role)
        page = site.client.get("/dau-moi-moi").text
        assert "lo.hoa@vin.example" in page
        assert "<button" not in page.partition("<main")[2]
        fields = site.hidden(page) | {"viec": "dong-y"}
        assert site.client.post("/dau-moi-moi/1", data=fields).status_code == 403
    assert email(site) == "thon-01@batmot.example"
