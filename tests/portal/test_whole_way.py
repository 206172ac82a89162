"""From the letter's link to an accepted answer in a real browser, by keys alone; and axe on every page."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from adapters.database import open_engine, transaction
from adapters.ledger import read_obligation
from adapters.mail_catcher import MailCatcher
from config.clock import read_now
from config.settings import Settings
from models.obligations import ObligationState
from models.submissions import Answer
from portal.app import make_app
from services.desk import open_desk
from services.extensions import request_extension
from services.mailing import send_due
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_browser import DESK, PHONE, SHOTS, is_within, officer_page, shoot, signed_in
from tests.portal.test_browser import browser as browser  # noqa: PLC0414 - a fixture, shared
from tests.portal.test_decisions_page import draft
from tests.portal.test_mailbox import keep, letter
from tests.services.letter_rows import put_letter

pytestmark = pytest.mark.slow
SHEET = f"{PLAN}/PSL/thon-01/1"
MOST_TABS = 150
SERIOUS = frozenset({"serious", "critical"})
UNIT_PAGES = (
    "",
    f"/nop/{SHEET}",
    f"/nop/{PLAN}/KHCT/dt-hnd/1",
    f"/bien-nhan/1/{SHEET}",
    "/dau-moi",
)
OFFICE_PAGES = (
    "/", f"/ke-hoach/{PLAN}", f"/ke-hoach/{PLAN}/don-vi/thon-01", "/tham-dinh",
    f"/tham-dinh/viec/{SHEET}", f"/tham-dinh/viec/nhap-thay/{PLAN}/PSL/thon-04/1", "/gia-han",
    "/nhat-ky", "/nhat-ky/don-vi/thon-01", "/thu", "/thu/1", "/thu-den", "/dau-moi-moi", "/tep-giu-lai", "/hop-thu",
    "/tai-khoan", f"/ke-hoach/{PLAN}/bao-cao", f"/ke-hoach/{PLAN}/bao-cao/bien-tap",
    f"/ke-hoach/{PLAN}/bao-cao/1/so-lieu/TT01", "/lien-ket-moi", "/khong-co-trang-nay",
)  # fmt: skip


@pytest.fixture
def served(site: Site, free_port: int) -> Iterator[Site]:
    """The site behind a real server, with the mail catcher of this machine."""
    with MailCatcher(site.settings.mail_folder, clock=lambda: read_now(site.settings)) as catcher:
        ports = {"portal_port": free_port, "mail_port": catcher.port}
        settings = site.settings.model_copy(update=ports)
        server = uvicorn.Server(
            uvicorn.Config(make_app(settings), port=free_port, log_level="error", access_log=False)
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield Site(settings=settings, client=site.client)
        server.should_exit = True
        thread.join(10)


def send_letters(settings: Settings) -> None:
    # Playwright keeps a loop running in this thread.
    with (
        open_desk(settings, now=read_now(settings)) as desk,
        ThreadPoolExecutor(max_workers=1) as aside,
    ):
        assert aside.submit(asyncio.run, send_due(desk)).result().accepted > 0


def state_of(site: Site, obligation_id: str) -> ObligationState:
    engine = open_engine(site.settings.engine_url)
    with transaction(engine) as connection:
        found = read_obligation(connection, obligation_id).state
    engine.dispose()
    return found


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, and see that one sees it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            outline = "e => getComputedStyle(e).outlineStyle !== 'none'"
            assert target.evaluate(outline), "nobody sees where the focus is"
            return
    raise AssertionError(f"no way by Tab to {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Page, selector: str, text: str) -> None:
    reach(page, page.locator(selector))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_by_keys_alone_from_the_letter_to_an_accepted_sheet(browser: Browser, served: Site) -> None:
    office = officer_page(browser, served, DESK)
    unit = browser.new_context(viewport=PHONE).new_page()
    ask_for_a_letter(unit, served)
    unit.goto(link_in_letter(office, served))
    press(unit, unit.get_by_role("link", name="Điền và gửi"))
    unit.wait_for_url("**/nop/**")
    for field, number in {"TT01": "3", "TT02": "30", "TT10": "2"}.items():
        write(unit, f"#f-{field}", number)
    press(unit, unit.get_by_role("button", name="Lưu nháp"))
    shoot(unit, "duong-1-ban-nhap")
    assert unit.locator("#f-TT02").input_value() == "30"
    press(unit, unit.locator("#gui"))
    unit.wait_for_url("**/bien-nhan/1/**")
    shoot(unit, "duong-2-bien-nhan")
    give_back(office, served)
    mend(unit, served)
    accept(office, served)
    assert state_of(served, SHEET) is ObligationState.ACCEPTED
    for page in (office, unit):
        page.context.close()


def ask_for_a_letter(page: Page, site: Site) -> None:
    page.goto(f"{site.settings.portal_url}/lien-ket-moi")
    write(page, "#dia_chi", "thon-01@batmot.example")
    press(page, page.get_by_role("button", name="Gửi liên kết mới"))
    assert "Đã ghi nhận yêu cầu" in page.get_by_role("status").inner_text()
    send_letters(site.settings)


def link_in_letter(page: Page, site: Site) -> str:
    page.goto(f"{site.settings.portal_url}/hop-thu")
    press(page, page.get_by_role("link", name="LIÊN KẾT").first)
    shoot(page, "duong-0-thu")
    link = page.frame_locator("iframe").locator("a[href*='/l/']").first.get_attribute("href")
    assert link is not None
    assert link.startswith(site.settings.portal_url)
    return link


def give_back(page: Page, site: Site) -> None:
    page.goto(f"{site.settings.portal_url}/tham-dinh")
    press(page, page.locator(f"a[href$='{SHEET}']").first)
    shoot(page, "duong-3-tham-dinh")
    reach(page, page.locator("summary", has_text="Trả lại").first)
    page.keyboard.press("Enter")
    write(page, "#nx-TT02", "Số lượt người ít hơn danh sách; đề nghị kiểm tra.")
    press(page, page.get_by_role("button", name="Trả lại", exact=True))
    assert state_of(site, SHEET) is ObligationState.RETURNED
    assert is_within(page)


def mend(page: Page, site: Site) -> None:
    page.goto(f"{site.settings.portal_url}/l/{site.token('thon-01')}")
    press(page, page.get_by_role("link", name="Bổ sung và gửi lại"))
    page.wait_for_url("**/nop/**")
    assert page.locator("#f-TT01").count() == 0, "a field that was not returned is open"
    assert is_within(page)
    shoot(page, "duong-4-bo-sung")
    write(page, "#f-TT02", "35")
    press(page, page.locator("#gui"))
    page.wait_for_url("**/bien-nhan/2/**")


def accept(page: Page, site: Site) -> None:
    page.goto(f"{site.settings.portal_url}/tham-dinh/viec/{SHEET}")
    shoot(page, "duong-5-hai-ban")
    press(page, page.get_by_role("button", name="Chấp nhận bản 2"), key="Space")


@pytest.fixture
def busy(served: Site) -> Site:
    """A site where every page has something to show."""
    served.submit(SHEET, Answer(values={"TT01": 3, "TT02": 30}), nonce="1", now=JUNE)
    draft(served, "thon-02")
    engine = open_engine(served.settings.engine_url)
    request_extension(
        engine, f"{PLAN}/PSL/thon-03/1", reason="Trưởng thôn đi vắng", requested_by="thon-03.head",
        proposed_due_at=JUNE + timedelta(days=7), now=JUNE,
    )  # fmt: skip
    put_letter(engine, "a", now=JUNE, contact="thon-01.head", state="unknown", copies=1,
               last_text="451 4.3.0 try later", settled_at=JUNE)  # fmt: skip
    engine.dispose()
    keep(
        served,
        letter(1, subject="Báo cáo", html="<p>Kính gửi</p>", thread="<a@x>"),
        f"{1:05d}-{1:032x}",
    )
    return served


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1200"])
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_the_screen(
    browser: Browser, busy: Site, size: dict[str, int]
) -> None:
    base = busy.settings.portal_url
    context = signed_in(browser.new_context(viewport=size), busy)  # type: ignore[arg-type]
    page, found, axe = context.new_page(), {}, Axe()
    SHOTS.mkdir(exist_ok=True)
    for path in [*unit_pages(page, busy), *OFFICE_PAGES]:
        page.goto(f"{base}{path}")
        if not is_within(page):
            found[path] = {"width": str(page.evaluate("document.documentElement.scrollWidth"))}
        violations = axe.run(page).response["violations"]
        bad = {v["id"]: v["nodes"][0]["html"] for v in violations if v["impact"] in SERIOUS}
        if bad:
            found[path] = found.get(path, {}) | bad
            page.screenshot(path=SHOTS / f"axe-{size['width']}-{len(found)}.png", full_page=True)
    context.close()
    assert found == {}


def unit_pages(page: Page, site: Site) -> list[str]:
    """Open the pages of both units in this browser; returns the paths to look at."""
    paths = []
    for unit in ("thon-01", "dt-hnd"):
        role = "head" if unit == "thon-01" else "contact"
        page.goto(f"{site.settings.portal_url}/l/{site.token(unit, role)}")
        own = page.url.removeprefix(site.settings.portal_url).partition("?")[0]
        paths += [f"{own}{path}" for path in UNIT_PAGES if unit in path or not path.count("/nop")]
    return paths
