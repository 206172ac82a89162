"""The pages of a unit in a real browser, without scripts, by keyboard, on a phone."""

import pytest
from playwright.sync_api import Browser, Page

from models.submissions import Answer
from services.reviews import return_to_unit
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_browser import DESK, PHONE, address, browser, is_within, shoot

__all__ = ["address", "browser"]
pytestmark = pytest.mark.slow
SHEET = f"{PLAN}/PSL/thon-01/1"


def tab_to(page: Page, name: str) -> None:
    """Reach a control by the Tab key alone."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || document.activeElement.name") == name:
            return
    raise AssertionError(name)


def returned(site: Site) -> None:
    answer = Answer(values={"TT01": 12, "TT02": 100, "TT07": 2})
    site.submit(SHEET, answer, nonce="1", now=JUNE)
    desk = site.desk(JUNE)
    return_to_unit(desk.engine, SHEET, remarks={"TT07": "Số băng rôn chưa khớp với ảnh đã gửi"},
                   due_at=JUNE.replace(day=20), reviewer="vhxh", now=JUNE)  # fmt: skip
    desk.engine.dispose()


def test_a_unit_drafts_sends_and_changes_its_contact_by_keyboard(
    browser: Browser, address: str, site: Site
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=True)
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console",
        lambda said: refused.append(said.text) if "Content Security" in said.text else None,
    )
    page.goto(f"{address}/l/{site.token('thon-01')}")
    assert page.url == f"{address}/dv/thon-01.head"
    tab_to(page, "Điền và gửi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nop/**")
    tab_to(page, "v.TT01")
    page.keyboard.type("12")
    tab_to(page, "Lưu nháp")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Bản nháp lưu lúc")
    assert page.locator("#f-TT01").input_value() == "12"
    assert is_within(page)
    shoot(page, "360-ban-nhap")
    page.goto(f"{address}/dv/thon-01.head")
    shoot(page, "360-co-ban-nhap")
    tab_to(page, "Đề nghị đổi người, địa chỉ thư hoặc điện thoại")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dau-moi")
    assert is_within(page)
    shoot(page, "360-doi-dau-moi")
    page.get_by_label("Địa chỉ thư điện tử mới").fill("moi@vin.example")
    page.get_by_label("Lý do").fill("Thay đổi phân công")
    tab_to(page, "Gửi đề nghị")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Đã ghi nhận đề nghị đổi đầu mối")
    assert refused == []
    context.close()


def test_returns_conflicts_and_ended_links_read_well_on_any_screen(
    browser: Browser, address: str, site: Site
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/l/{site.token('thon-01')}")
    page.get_by_role("link", name="Điền và gửi").click()
    page.wait_for_url("**/nop/**")
    page.locator("#f-TT01").fill("15")
    returned(site)
    page.locator("#f-TT07").fill("3")
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.wait_for_selector("text=Các mục khác với bản đã gửi")
    shoot(page, "360-hai-nguoi")
    assert is_within(page), page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 361).map(e => e.outerHTML.slice(0, 80)).join('|')"
    )
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.wait_for_url("**/bien-nhan/2/**")
    assert is_within(page)
    shoot(page, "360-bien-nhan-lan-2")
    for path, name in {"/l/sai": "khong-thay", "/lien-ket-moi": "lien-ket-moi"}.items():
        page.goto(f"{address}{path}")
        assert is_within(page)
        shoot(page, f"360-{name}")
    page.goto(f"{address}/l/{site.token('thon-01', serial=5)}")
    page.get_by_role("button", name="Gửi liên kết mới tới địa chỉ đã đăng ký").click()
    page.wait_for_url("**/lien-ket-moi**")
    shoot(page, "360-da-gui-lien-ket")
    page.set_viewport_size(DESK)
    page.goto(f"{address}/dv/thon-01.head")
    shoot(page, "1200-ca-nhan")
    context.close()
