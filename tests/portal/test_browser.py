"""The portal in a real browser, by keyboard, on a phone and on a desk."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from portal.app import make_app
from tests.portal.conftest import PLAN, Site
from tests.portal.test_decisions_page import draft

pytestmark = pytest.mark.slow
SHOTS = Path(__file__).parent.parent.parent / "test-output"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1200, "height": 900}


@pytest.fixture
def address(site: Site, free_port: int) -> Iterator[str]:
    """A real server over the site."""
    config = uvicorn.Config(
        make_app(site.settings), host="127.0.0.1", port=free_port, log_level="error",
        access_log=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{free_port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield found
        found.close()


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    page.screenshot(path=SHOTS / f"{name}-dau.png")


def is_within(page: Page) -> bool:
    """Whether nothing needs scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_village_head_confirms_and_sends_the_sheet_by_keyboard(
    browser: Browser, address: str, site: Site
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/d/{site.link('thon-01')}")
    assert is_within(page)
    shoot(page, "360-ca-nhan")
    page.get_by_role("button", name="Xác nhận đã nhận nhiệm vụ").press("Enter")
    assert "Đã ghi nhận xác nhận" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Điền và gửi").press("Enter")
    page.wait_for_url("**/nop/**")
    assert is_within(page)
    shoot(page, "360-bieu-mau")
    page.locator("#f-TT01").focus()
    for number in ("12", "180", "2", "4", "1,5", "3", "3", "210"):
        page.keyboard.type(number)
        page.keyboard.press("Tab")
    page.locator("#gui").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert-bad")
    assert "1,5" in page.get_by_role("alert").inner_text()
    assert page.locator("#f-TT01").input_value() == "12"
    shoot(page, "360-bieu-mau-sai")
    page.locator("#f-TT09").fill("1.500")
    page.locator("#gui").press("Enter")
    page.wait_for_url("**/bien-nhan/1/**")
    assert "TN-" in page.locator(".code").inner_text()
    assert is_within(page)
    shoot(page, "360-bien-nhan")
    page.goto(f"{address}/d/{site.link('thon-01')}")
    shoot(page, "360-ca-nhan-sau")
    page.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1200"])
def test_the_officer_s_pages_fit_the_screen(
    browser: Browser, address: str, site: Site, size: ViewportSize
) -> None:
    page = browser.new_page(viewport=size)
    for path, title in {
        "": "trang-dau",
        f"ke-hoach/{PLAN}": "bang",
        f"ke-hoach/{PLAN}/don-vi/dt-hnd": "don-vi",
        f"d/{site.link('dt-hnd', 'contact')}/nop/{PLAN}/BC/dt-hnd/1": "bieu-mau-lon",
    }.items():
        answer = page.goto(f"{address}/{path}")
        assert answer is not None
        assert answer.status == 200
        assert is_within(page), path
        shoot(page, f"{size['width']}-{title}")
    page.close()


def test_the_leader_approves_on_a_phone(browser: Browser, address: str, site: Site) -> None:
    draft(site, "thon-01")
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/d/{site.link('ubnd')}")
    shoot(page, "360-lanh-dao")
    page.get_by_role("link", name="Xem và cho ý kiến").click()
    page.wait_for_url("**/bao-cao/**")
    assert is_within(page)
    shoot(page, "360-phe-duyet")
    page.set_viewport_size(DESK)
    shoot(page, "1200-phe-duyet")
    page.get_by_role("button", name="Phê duyệt").press("Enter")
    assert "Lãnh đạo phê duyệt lúc" in page.get_by_role("status").inner_text()
    page.close()
