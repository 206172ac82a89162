"""The portal in a real browser, by keyboard, on a phone and on a desk."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)

from adapters.database import open_engine
from models.letter_holds import HoldReason
from models.letters import LetterState
from portal.app import make_app
from services.brakes import hold
from tests.portal.conftest import COOKIE, JUNE, PLAN, Site
from tests.portal.test_decisions_page import draft
from tests.portal.test_mailbox import keep, letter, thread_to
from tests.portal.test_workbooks import SHEET
from tests.services.letter_rows import put_letter, state_of
from tests.workbook_filling import filled

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


def signed_in(context: BrowserContext, site: Site) -> BrowserContext:
    """Give the browser the session of an administrator."""
    context.add_cookies(
        [{"name": COOKIE, "value": site.session(), "domain": "127.0.0.1", "path": "/"}]
    )
    return context


def officer_page(browser: Browser, site: Site, size: ViewportSize) -> Page:
    return signed_in(browser.new_context(viewport=size), site).new_page()


def test_a_village_head_confirms_and_sends_the_sheet_by_keyboard(
    browser: Browser, address: str, site: Site
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/l/{site.token('thon-01')}")
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
    page.goto(f"{address}/l/{site.token('thon-01')}")
    shoot(page, "360-ca-nhan-sau")
    page.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1200"])
def test_the_officer_s_pages_fit_the_screen(
    browser: Browser, address: str, site: Site, size: ViewportSize
) -> None:
    page = officer_page(browser, site, size)
    for path, title in {
        "": "trang-dau",
        f"ke-hoach/{PLAN}": "bang",
        f"ke-hoach/{PLAN}/don-vi/dt-hnd": "don-vi",
        f"d/{site.token('dt-hnd', 'contact')}/nop/{PLAN}/BC/dt-hnd/1": "bieu-mau-lon",
    }.items():
        answer = page.goto(f"{address}/{path}")
        assert answer is not None
        assert answer.status == 200
        assert is_within(page), path
        shoot(page, f"{size['width']}-{title}")
    page.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1200"])
def test_letters_in_doubt_are_settled_on_any_screen(
    browser: Browser, address: str, site: Site, size: ViewportSize
) -> None:
    ledger = open_engine(site.settings.engine_url)
    said = "450 4.2.1 " + "máy-chủ-thư-trả-lời-rất-dài" * 5
    put_letter(ledger, "a", now=JUNE, contact="thon-01.head", attempt=2, last_text=said,
               not_before=JUNE.replace(hour=9))  # fmt: skip
    letter = put_letter(ledger, "b", now=JUNE, contact="thon-02.head", state="unknown", copies=1,
                        last_text=said, settled_at=JUNE)  # fmt: skip
    hold(ledger, commune="bat-mot", reason=HoldReason.STORM, detail=said, by="x", now=JUNE)
    page = officer_page(browser, site, size)
    page.goto(f"{address}/thu")
    assert is_within(page)
    shoot(page, f"{size['width']}-thu")
    page.get_by_role("button", name="Cho gửi tiếp").click()
    page.get_by_label("Lý do").first.fill("đã gọi điện, đơn vị đã nhận")
    page.get_by_role("button", name="Đã tới").click()
    page.wait_for_url(f"**/thu/{letter}", wait_until="load")
    assert is_within(page)
    shoot(page, f"{size['width']}-thu-mot")
    assert state_of(ledger, letter) == LetterState.ACCEPTED
    ledger.dispose()
    page.close()


def test_the_leader_approves_on_a_phone(browser: Browser, address: str, site: Site) -> None:
    draft(site, "thon-01")
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/l/{site.token('ubnd')}")
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


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1200"])
def test_the_mailbox_is_read_on_any_screen_without_scripts(
    browser: Browser, address: str, site: Site, size: ViewportSize
) -> None:
    thread = thread_to(site, "thon-01")
    long = "Báo cáo kết quả " * 12
    loud = '<img src="/bieu-tuong.gif"><p style="background:url(/nen.gif)">Kính gửi</p>'
    for number in (1, 2):
        octets = letter(number, subject=long, html=loud, thread=thread)
        keep(site, octets, f"{number:05d}-{number:032x}")
    context = browser.new_context(viewport=size, java_script_enabled=False)
    page = signed_in(context, site).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/hop-thu")
    shoot(page, f"{size['width']}-hop-thu")
    page.get_by_role("link", name="Báo cáo kết quả").first.click()
    page.wait_for_url("**/hop-thu/0*")
    assert page.frame_locator("iframe").get_by_text("Kính gửi").is_visible()
    shoot(page, f"{size['width']}-hop-thu-thu")
    for tab in ("Văn bản", "Chuỗi thư (2)", "Nguồn"):
        page.get_by_role("link", name=tab).click()
        page.wait_for_load_state()
        assert page.get_by_role("heading", level=1).inner_text().startswith("Báo cáo")
        assert is_within(page)
    assert not [url for url in asked if url.endswith(".gif")]
    context.close()


def test_the_report_is_edited_and_traced_on_a_phone(
    browser: Browser, address: str, site: Site
) -> None:
    draft(site, "thon-01")
    page = officer_page(browser, site, PHONE)
    page.goto(f"{address}/ke-hoach/{PLAN}/bao-cao/bien-tap")
    assert is_within(page)
    page.get_by_label("Lời của cán bộ").first.fill("- Xã đã phát {TT01} lượt")
    page.get_by_role("button", name="Lưu và lập lại dự thảo").first.press("Enter")
    page.wait_for_url("**/bien-tap#*")
    draft(site, "thon-02")
    page.goto(f"{address}/ke-hoach/{PLAN}/bao-cao/bien-tap")
    assert is_within(page)
    shoot(page, "360-bien-tap")
    page.goto(f"{address}/ke-hoach/{PLAN}/bao-cao")
    assert is_within(page)
    page.locator("a.figure").first.press("Enter")
    page.wait_for_url("**/so-lieu/**")
    assert "Khớp" in page.locator(".badge").first.inner_text()
    assert is_within(page)
    shoot(page, "360-so-lieu")
    page.set_viewport_size(DESK)
    page.goto(f"{address}/ke-hoach/{PLAN}/bao-cao/bien-tap")
    assert is_within(page)
    shoot(page, "1200-bien-tap")
    page.close()


def test_on_a_phone_the_form_is_fetched_filled_in_and_read_back(
    site: Site, address: str, browser: Browser, tmp_path: Path
) -> None:
    page = browser.new_page(viewport=PHONE, accept_downloads=True)
    page.goto(f"{address}/l/{site.token('thon-01')}")
    page.goto(f"{address}{site.open('thon-01')}/nop/{SHEET}")
    page.get_by_text("Điền bằng bảng tính").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Tải biểu mẫu").click()
    assert fetched.value.suggested_filename == "bieu-mau-psl-thon-vin.xlsx"
    octets = Path(fetched.value.path()).read_bytes()
    sent = tmp_path / "mau.xlsx"
    sent.write_bytes(filled(octets, {"TT01": "12 buổi (3 thôn)", "TT02": 180}))
    page.get_by_label("Tải biểu mẫu đã điền lên").set_input_files(sent)
    page.get_by_role("button", name="Đọc tệp").click()
    assert "nhưng chưa gửi" in page.content()
    assert page.locator("#f-TT01").input_value() == "12 buổi (3 thôn)"
    assert page.locator("#f-TT02").input_value() == "180"
    assert is_within(page)
    shoot(page, "360-bieu-mau-bang-tinh")
