"""The personal page: only its own unit, nothing twice, nothing lost, nothing trusted."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from tests.portal.conftest import JUNE, PLAN, Site

SHEET = f"{PLAN}/PSL/thon-01/1"
ACK = f"{PLAN}/XN/thon-01/1"
HOSTILE = "<img src=x onerror=alert(1)>"


def test_the_page_lists_what_the_unit_owes_in_words(site: Site) -> None:
    page = site.client.get(site.open("thon-01")).text
    assert "Trưởng thôn Vịn" in page
    assert "Phiếu số liệu của thôn" in page
    assert "17 giờ 00 thứ Hai, ngày 22/6/2026" in page
    assert 'id="xac-nhan"' in page
    assert "Báo cáo kết quả thực hiện" not in page


def test_a_wrong_link_is_not_found_and_an_expired_one_is_gone(site: Site) -> None:
    link = site.token("thon-01")
    assert site.client.get(f"/l/{link[:-2]}").status_code == 404
    assert site.client.get(f"/l/{link.swapcase()}").status_code == 404
    old = site.token("thon-01", expires=datetime(2026, 6, 1, tzinfo=UTC))
    assert site.client.get(f"/d/{old}").status_code == 410
    assert site.client.get(f"/l/{site.token('thon-01', 'nghi-viec')}").status_code == 410
    assert "Gửi liên kết mới tới địa chỉ đã đăng ký" in site.client.get(f"/l/{old}").text


def test_confirming_twice_confirms_once(site: Site) -> None:
    link = site.open("thon-01")
    fields = site.hidden(site.client.get(link).text)
    for _ in range(2):
        answer = site.client.post(f"{link}/xac-nhan/{ACK}", data=fields)
        assert answer.status_code == 200
        assert "Đã ghi nhận xác nhận" in answer.text
    assert site.row_counts()["submissions"] == 1
    assert "đơn vị đã xác nhận lúc 09 giờ 00" in site.client.get(link).text


def test_only_a_confirmation_is_confirmed(site: Site) -> None:
    link = site.open("thon-01")
    fields = site.hidden(site.client.get(link).text)
    assert site.client.post(f"{link}/xac-nhan/{SHEET}", data=fields).status_code == 409


@pytest.mark.parametrize("action", ["nop", "xac-nhan", "gia-han", "cam-ket"])
@pytest.mark.parametrize("other", [f"{PLAN}/PSL/thon-02/1", "khong-co/X/thon-01/1", f"{PLAN}/x"])
def test_another_unit_s_task_does_not_exist(site: Site, action: str, other: str) -> None:
    link = site.open("thon-01")
    fields = site.hidden(site.client.get(link).text)
    before = site.row_counts()
    path = f"{link}/{action}/{other}"
    assert site.client.post(path, data=fields | {"ly_do": "x"}).status_code == 404
    if action == "nop":
        assert site.client.get(path).status_code == 404
        assert site.client.get(f"{link}/bien-nhan/1/{other}").status_code == 404
    assert site.row_counts() | {"journal": before["journal"]} == before


def test_a_forged_form_is_refused(site: Site) -> None:
    link = site.open("thon-01")
    path = f"{link}/xac-nhan/{ACK}"
    fields = site.hidden(site.client.get(link).text)
    foreign = site.hidden(site.client.get(site.open("thon-02")).text)
    before = site.row_counts()
    assert site.client.post(path).status_code == 403
    assert site.client.post(path, data=foreign).status_code == 403
    assert site.client.post(path, data={"ma_bieu_mau": "x"}).status_code == 403
    evil = {"origin": "http://evil.example"}
    assert site.client.post(path, data=fields, headers=evil).status_code == 403
    cross = {"sec-fetch-site": "cross-site"}
    assert site.client.post(path, data=fields, headers=cross).status_code == 403
    assert site.row_counts() == before
    own = {"origin": "http://127.0.0.1:4280"}
    assert site.client.post(path, data=fields, headers=own).status_code == 200


def asked(site: Site, path: str, **fields: Any) -> Any:
    link = site.open("thon-01")
    hidden = site.hidden(site.client.get(link).text)
    return site.client.post(f"{link}/{path}/{SHEET}", data=hidden | fields)


def test_an_extension_is_asked_for_once(site: Site) -> None:
    for _ in range(2):
        answer = asked(site, "gia-han", ly_do=f"Mưa lũ {HOSTILE}", ngay="2026-06-25")
        assert "Đã ghi nhận đề nghị gia hạn" in answer.text
    assert site.row_counts()["extensions"] == 1
    assert "đang chờ ý kiến" in answer.text
    assert asked(site, "gia-han", ly_do="  ").status_code == 409
    assert asked(site, "gia-han", ly_do="x", ngay="31/6/2026").status_code == 409


def test_a_commitment_pauses_the_ladder_but_not_for_ever(site: Site) -> None:
    assert asked(site, "cam-ket", ngay="2026-06-22").status_code == 200
    desk = site.desk(JUNE)
    with transaction(desk.engine) as connection:
        row = connection.execute(select(tables.pauses)).one()
    desk.engine.dispose()
    assert (row.kind, row.obligation_id) == ("commitment", SHEET)
    assert "Tạm dừng nhắc đến 17 giờ 00" in site.client.get(site.open("thon-01")).text
    for day in ("2099-01-01", "2026-06-01", ""):
        assert asked(site, "cam-ket", ngay=day).status_code == 409
    assert site.row_counts()["pauses"] == 1


def test_what_has_no_form_is_followed_not_sent(site: Site) -> None:
    link = site.open("vhxh")
    assert "dự thảo báo cáo tổng kết" in site.client.get(link).text.lower()
    assert site.client.get(f"{link}/nop/{PLAN}/TH/vhxh/1").status_code == 404
