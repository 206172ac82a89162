"""Every figure of the report page leads to its sources; the annex on units stays in the commune."""

import io
import re
import zipfile
from html import unescape

import pytest

from models.submissions import Answer
from services.reviews import accept
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_decisions_page import draft

REPORT = f"/ke-hoach/{PLAN}/bao-cao/1"


@pytest.fixture
def office(site: Site) -> Site:
    village = {"event_id": "TD/01 & 2", "title": "Tọa đàm", "date": "2026-06-10", "place": "Xã",
               "participants": 40, "role": "chủ trì", "topic": "nong_nghiep"}  # fmt: skip
    report = f"{PLAN}/BC/dt-hnd/1"
    answer = Answer.model_validate(
        {"values": {"HD01": (village,), "HD03": 40}, "document_number": "05/BC",
         "document_date": "2026-06-15", "narrative": {"x": "Đã làm"}}
    )  # fmt: skip
    site.submit(report, answer, nonce="bc", now=JUNE)
    desk = site.desk(JUNE)
    accept(desk.engine, report, reviewer="vhxh", now=JUNE)
    desk.engine.dispose()
    draft(site, "thon-01")
    return site


@pytest.mark.slow
def test_every_figure_is_a_link_that_opens(office: Site) -> None:
    page = office.client.get(REPORT).text
    links = {unescape(href) for href in re.findall(r'class="figure" href="([^"]+)"', page)}
    assert len(links) > 50
    for link in sorted(links):
        shown = office.client.get(link)
        assert shown.status_code == 200, link
        assert "Khớp" in shown.text
        assert "Không khớp" not in shown.text


@pytest.mark.slow
def test_a_figure_tells_submission_field_person_and_sum(office: Site) -> None:
    page = office.client.get(f"{REPORT}/so-lieu/TT01").text
    for words in (f"{PLAN}/PSL/thon-01/1@1", "Bản 1, mục TT01", "Thôn Vịn", "Cộng", "trang web",
                  "Tính lại từ nguồn", "truyền thanh xã: 12 lượt phát"):  # fmt: skip
        assert words in page
    computed = office.client.get(f"{REPORT}/so-lieu/KP03").text
    assert "KP01 + KP02" in computed
    assert "/so-lieu/KP01" in computed
    assert "Thôn Khẹo" in office.client.get(f"{REPORT}/so-lieu/coverage.missing").text


@pytest.mark.slow
@pytest.mark.parametrize("path", ["so-lieu/XX", "so-lieu/coverage.__class__", "so-lieu/quotes.x.9"])
def test_a_figure_that_is_not_there_is_a_clear_404(office: Site, path: str) -> None:
    answer = office.client.get(f"{REPORT}/{path}")
    assert answer.status_code == 404
    assert "Không có chỉ tiêu" in answer.text


@pytest.mark.slow
def test_who_reported_when_stays_in_the_commune(office: Site) -> None:
    page = office.client.get(REPORT).text
    assert "lưu tại xã, không gửi lên trên" in page
    paths = re.findall(rf'href="({REPORT}/tep/[^"]+docx)"', page)

    with zipfile.ZipFile(io.BytesIO(office.client.get(paths[0]).content)) as package:
        text = package.read("word/document.xml").decode()
    assert "TÌNH HÌNH GỬI BÁO CÁO CỦA CÁC ĐƠN VỊ" not in text
    assert "TỔNG HỢP KẾT QUẢ" in text
