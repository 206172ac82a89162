"""The office's own pages in a real browser: signing in, reviewing, and the sheet that is printed."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.submissions import Answer
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_browser import (  # noqa: F401 - fixtures are found by their names
    DESK,
    PHONE,
    address,
    browser,
    is_within,
    officer_page,
    shoot,
)
from tests.portal.test_reviews import KHCT, SHEET, send, with_plan

pytestmark = pytest.mark.slow


def look(page: Page, name: str) -> None:
    """Keep what the page looks like on a phone and on a desk; nothing scrolls sideways."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert is_within(page), (name, size)
        shoot(page, f"{size['width']}-{name}")


def test_the_office_reviews_from_the_link_to_a_verdict(
    browser: Browser,  # noqa: F811 - the fixture
    address: str,  # noqa: F811 - the fixture
    site: Site,
) -> None:
    first = Answer(
        values={"TT01": 12, "TT02": 180}, narrative={"thuyet_minh": "Đã phát 180 tờ rơi"}
    )
    send(site, answer=first)
    again = {
        "values": {"TT01": 12, "TT02": 210},
        "narrative": {"thuyet_minh": "Đã phát 210 tờ rơi"},
    }
    send(site, answer=first.model_copy(update=again), nonce="2")
    send(site, f"{PLAN}/PSL/thon-02/1")
    with_plan(site, "Tuyên truyền ngày 5/7/2026 tại nhà văn hóa; phụ trách: ông A")
    page = officer_page(browser, site, PHONE)
    page.goto(f"{address}/tham-dinh")
    look(page, "tham-dinh")
    page.get_by_role("link", name="Thôn").first.click()
    page.wait_for_url("**/viec/**")
    look(page, "tham-dinh-viec")
    page.goto(f"{address}/tham-dinh/viec/{SHEET}")
    page.get_by_text("Trả lại để bổ sung").first.click()
    page.locator("#nx-TT02").fill("Chưa khớp danh sách")
    look(page, "tham-dinh-tra-lai")
    page.get_by_role("button", name="Trả lại").press("Enter")
    page.wait_for_url("**?da=tra-lai")
    look(page, "tham-dinh-da-tra-lai")
    page.goto(f"{address}/tham-dinh/ra-soat/{KHCT}")
    look(page, "ra-soat")
    page.goto(f"{address}/tham-dinh/nhap-thay/{PLAN}/PSL/thon-03/1")
    look(page, "nhap-thay")
    for path in ("gia-han", "nhat-ky", "tai-khoan", f"nhat-ky/viec/{SHEET}"):
        page.goto(f"{address}/{path}")
        look(page, path.replace("/", "-")[:20])
    page.get_by_role("button", name="Đăng xuất").press("Enter")
    page.wait_for_url("**/dang-nhap")
    look(page, "dang-nhap")
    page.context.close()


def test_the_board_is_one_printed_page(
    browser: Browser,  # noqa: F811 - the fixture
    address: str,  # noqa: F811 - the fixture
    site: Site,
    tmp_path: Path,
) -> None:
    send(site)
    for unit in ("dt-hnd", "dt-mttq", "dt-pn"):
        plan = Answer(document_number="1/KH", narrative={"noi_dung": "Ngày 22/6/2026"})
        site.submit(f"{PLAN}/KHCT/{unit}/1", plan, nonce=unit, now=JUNE)
    page = officer_page(browser, site, DESK)
    page.goto(f"{address}/ke-hoach/{PLAN}")
    look(page, "bang")
    page.evaluate(  # a plan of 45 units
        """() => {
          const body = document.querySelector(".sheet tbody");
          while (body.rows.length < 45) body.append(body.rows[body.rows.length - 1].cloneNode(true));
          document.querySelector(".sheet").style.setProperty("--rows", 45);
        }"""
    )
    page.pdf(path=tmp_path / "bang.pdf", prefer_css_page_size=True, print_background=True)
    found = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "bang.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    assert found.count("\f") == 1
    for words in ("Thôn", "Ô trống: không phải gửi", "KHCT"):
        assert words in found
    subprocess.run(
        ["pdftoppm", "-r", "70", "-png", tmp_path / "bang.pdf", "test-output/bang-in"], check=True
    )
    page.context.close()
