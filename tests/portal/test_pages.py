"""The officer's pages tell the truth of the ledger, and reading them changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from models.submissions import Answer
from portal.app import make_app
from services.pauses import PauseKind, pause
from services.reports import assemble
from services.reviews import accept
from tests.portal.conftest import COOKIE, JUNE, PLAN, Site

HOSTILE = "<script>alert('x')</script>"
SHEET = f"{PLAN}/PSL/thon-01/1"


def with_report(site: Site) -> None:
    values = {"TT01": 12, "TT02": 180, "TT07": 2}
    answer = Answer(values=values, narrative={"thuyet_minh": HOSTILE})
    site.submit(SHEET, answer, nonce="1", now=JUNE)
    desk = site.desk(JUNE)
    accept(desk.engine, SHEET, reviewer="vhxh", now=JUNE)
    assemble(desk.engine, PLAN, outline=None, blobs=desk.blobs, actor="t", now=JUNE)
    desk.engine.dispose()


def test_the_first_page_counts_down_to_the_province_s_deadline(site: Site) -> None:
    page = site.client.get("/").text
    assert "Còn 07 ngày làm việc" in page
    assert "trước ngày 30/6/2026" in page
    assert "0/69" in page
    assert site.settings.prefect_url in page


def test_a_portal_without_a_plan_tells_how_to_load_one(site: Site) -> None:
    other = site.settings.model_copy(update={"commune": "dong-hoa"})
    with TestClient(make_app(other), base_url="http://127.0.0.1") as client:
        client.cookies.set(COOKIE, replace(site, settings=other).session())
        assert "dondoc plan import" in client.get("/").text
        assert client.get(f"/ke-hoach/{PLAN}").status_code == 404


def test_the_board_filters_by_phase_and_standing(site: Site) -> None:
    page = site.client.get(f"/ke-hoach/{PLAN}?giai_doan=P3&tinh_trang=due_soon").text
    assert "Số liệu phần việc được giao" in page
    assert "Báo cáo định kỳ" not in page


def test_the_board_as_of_an_earlier_day_forgets_what_came_later(site: Site) -> None:
    site.submit(SHEET, Answer(values={"TT01": 1}), nonce="1", now=JUNE)
    assert "Chờ thẩm định: 1" in site.client.get(f"/ke-hoach/{PLAN}").text
    earlier = site.client.get(f"/ke-hoach/{PLAN}?ngay=2026-05-20").text
    assert "Chờ thẩm định" not in earlier.split("<form")[0]
    assert "20/5/2026" in earlier


@pytest.mark.parametrize("query", ["ngay=abc", "tinh_trang=x", "giai_doan=" + "x" * 60])
def test_a_wrong_filter_is_refused_in_vietnamese(site: Site, query: str) -> None:
    answer = site.client.get(f"/ke-hoach/{PLAN}?{query}")
    assert answer.status_code == 422
    assert "Thông tin chưa đúng" in answer.text


def test_the_unit_page_tells_history_and_reasons(site: Site) -> None:
    site.submit(SHEET, Answer(values={"TT01": 1}), nonce="1", now=JUNE)
    desk = site.desk(JUNE)
    pause(desk.engine, commune="bat-mot", unit_id="thon-01", kind=PauseKind.CALL, reason=HOSTILE,
          by="vp", until=datetime(2026, 6, 25, tzinfo=UTC), now=JUNE)  # fmt: skip
    desk.engine.dispose()
    page = site.client.get(f"/ke-hoach/{PLAN}/don-vi/thon-01").text
    assert "Nhận bản gửi" in page
    assert "Đã gọi điện thoại" in page
    assert "đầu mối" in page
    assert HOSTILE not in page
    assert site.client.get(f"/ke-hoach/{PLAN}/don-vi/khong-co").status_code == 404


def test_the_report_page_shows_text_sources_and_files(site: Site) -> None:
    with_report(site)
    newest = site.client.get(f"/ke-hoach/{PLAN}/bao-cao")
    assert newest.url.path.endswith("/bao-cao/1")
    assert "DỰ THẢO" in newest.text
    assert f'href="/ke-hoach/{PLAN}/bao-cao/1/so-lieu/TT01"' in newest.text
    assert "Đang chờ lãnh đạo quyết định" in newest.text
    assert HOSTILE not in newest.text
    name = next(p for p in newest.text.split('"') if p.endswith(".pdf"))
    download = site.client.get(name)
    assert download.content.startswith(b"%PDF-")
    assert download.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in download.headers["content-security-policy"]
    assert site.client.get(name + "x").status_code == 404
    assert site.client.get(f"/ke-hoach/{PLAN}/bao-cao/9").status_code == 404


@pytest.mark.slow
def test_reading_every_page_changes_no_row(site: Site) -> None:
    with_report(site)
    before = site.row_counts()
    link = site.open("thon-02")
    paths = [
        *("/", "/suc-khoe", "/hop-thu", f"/ke-hoach/{PLAN}", f"/ke-hoach/{PLAN}/don-vi/thon-01"),
        *(f"/ke-hoach/{PLAN}/bao-cao/1", link, f"{link}/nop/{PLAN}/PSL/thon-02/1"),
        *(site.open("ubnd"), f"{site.open('ubnd')}/bao-cao/{PLAN}"),
    ]
    for path in paths:
        assert site.client.get(path).status_code == 200, path
    for path in (link, f"{link}/nop/{PLAN}/PSL/thon-02/1"):
        assert site.client.head(path).status_code == 200, path
    for path in ("xac-nhan", "gia-han", "cam-ket"):
        assert site.client.get(f"{link}/{path}/{PLAN}/XN/thon-02/1").status_code == 405
    assert site.row_counts() == before


def test_pages_carry_the_security_headers_even_when_they_fail(site: Site) -> None:
    for path in ("/", "/khong-co", "/docs", "/openapi.json", "/d/sai"):
        answer = site.client.get(path)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.status_code == (200 if path == "/" else 404)
        assert "Traceback" not in answer.text


def test_a_foreign_host_name_is_refused(site: Site) -> None:
    assert site.client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_portal_open_to_the_network_answers_by_any_name(site: Site) -> None:
    settings = site.settings.model_copy(update={"host": "0.0.0.0", "smtp_host": "relay.example"})
    with TestClient(make_app(settings), base_url="http://may-chu.example") as client:
        assert client.get("/suc-khoe").status_code == 200
        assert client.get("/hop-thu").status_code == 404


def test_a_fault_of_ours_shows_no_trace_and_tells_nothing_of_itself(site: Site) -> None:
    site.clock.write_text("không phải giờ")
    answer = site.client.get("/")
    assert answer.status_code == 500
    assert "Hệ thống gặp lỗi" in answer.text
    assert "fromisoformat" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_busy_ledger_is_told_as_such(site: Site) -> None:
    broken = site.settings.model_copy(update={"database_url": "postgresql://127.0.0.1:1/x"})
    app = make_app(broken)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/suc-khoe")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
