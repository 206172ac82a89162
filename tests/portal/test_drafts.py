"""What was typed is never lost: drafts, conflicts, an outage; and counts for nothing before it is sent."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.submissions import Answer
from portal.app import make_app
from services.reviews import return_to_unit
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_forms import PDF, SHEET, answer_of

HOSTILE = "\"><script>alert('x')</script>"


def typed(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def test_a_draft_comes_back_with_its_files_and_is_not_sent(site: Site) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "12", "v.TT02": "nhiều", "luu_nhap": "1"}
    saved = site.send(page, SHEET, fields, files=[("tep", ("a.pdf", PDF))])
    assert saved.status_code == 200
    assert "Bản nháp lưu lúc 09 giờ 00" in saved.text
    assert site.row_counts()["submissions"] == 0
    assert "Có bản nháp lưu lúc" in site.client.get(page).text
    again = site.client.get(f"{page}/nop/{SHEET}").text
    assert (typed(again, "v.TT01"), typed(again, "v.TT02")) == ("12", "nhiều")
    assert "a.pdf" in again
    other = site.client.get(f"{site.open('thon-02')}/nop/{PLAN}/PSL/thon-02/1").text
    assert typed(other, "v.TT01") == ""
    fields = site.form(page, SHEET) | {"v.TT01": "12", "tep_da_gui": typed(again, "tep_da_gui")}
    sent = site.send(page, SHEET, fields)
    assert sent.status_code == 303
    assert [file.name for file in answer_of(site, SHEET).attachments] == ["a.pdf"]
    assert site.row_counts()["drafts"] == 0


def test_a_form_that_was_refused_is_kept_as_a_draft_and_can_be_thrown_away(site: Site) -> None:
    page = site.open("thon-01")
    wrong = site.send(page, SHEET, site.form(page, SHEET) | {"v.TT01": f"x{HOSTILE}"})
    assert wrong.status_code == 422
    kept = site.client.get(f"{page}/nop/{SHEET}").text
    assert typed(kept, "v.TT01") == f"x{HOSTILE}"
    assert HOSTILE not in kept
    thrown = site.send(page, SHEET, site.form(page, SHEET) | {"bo_nhap": "1"})
    assert thrown.status_code == 303
    assert typed(site.client.get(thrown.headers["location"]).text, "v.TT01") == ""
    assert site.row_counts()["drafts"] == 0


def test_whoever_saves_second_sees_what_differs(site: Site) -> None:
    page = site.open("thon-01")
    mine = site.form(page, SHEET)
    answer = Answer(values={"TT01": 1, "TT07": 5}, narrative={"thuyet_minh": HOSTILE})
    site.submit(SHEET, answer, nonce="1", now=JUNE)
    late = site.send(page, SHEET, mine | {"v.TT01": "2", "v.TT07": "5"})
    assert late.status_code == 409
    table = late.text.split("Các mục khác với bản đã gửi")[1].split("</table>")[0]
    rows = re.findall(r'data-label="[^"]+">([^<]*)', table)
    assert rows == ["2", "1", "chưa ghi", html.escape(HOSTILE, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")]  # fmt: skip
    assert site.row_counts()["submissions"] == 1
    opened = site.client.get(f"{page}/nop/{SHEET}").text
    assert typed(opened, "v.TT01") == "2"


def test_a_draft_of_a_return_holds_only_what_is_open(site: Site) -> None:
    site.submit(SHEET, Answer(values={"TT01": 12, "TT07": 2}), nonce="1", now=JUNE)
    desk = site.desk(JUNE)
    return_to_unit(desk.engine, SHEET, remarks={"TT07": "Chưa khớp"},
                   due_at=JUNE + timedelta(days=2), reviewer="vhxh", now=JUNE)  # fmt: skip
    desk.engine.dispose()
    page = site.open("thon-01")
    site.send(page, SHEET, site.form(page, SHEET) | {"v.TT07": "4", "v.TT01": "9", "luu_nhap": "1"})
    form = site.client.get(f"{page}/nop/{SHEET}").text
    assert typed(form, "v.TT07") == "4"
    assert 'name="v.TT01"' not in form
    assert site.send(page, SHEET, site.form(page, SHEET) | {"v.TT07": "4"}).status_code == 303
    assert answer_of(site, SHEET, 2).values == {"TT01": 12, "TT07": 4}
    receipt = site.client.get(f"{page}/bien-nhan/2/{SHEET}").text
    assert "Các lần gửi" in receipt
    assert "Trả lại để bổ sung" in receipt
    assert answer_of(site, SHEET, 2).values["TT07"] == 4


def test_a_late_answer_is_taken_and_marked_late(site: Site) -> None:
    site.move_to(JUNE + timedelta(days=6))
    page = site.open("thon-01")
    sent = site.send(page, SHEET, site.form(page, SHEET) | {"v.TT01": "1"})
    assert sent.status_code == 303
    receipt = site.client.get(sent.headers["location"]).text
    assert "Nhận trễ" in receipt
    assert re.search(r"<code[^>]*>[0-9a-f]{64}</code>", receipt)


def out_of_order(site: Site, **changed: Any) -> TestClient:
    """The same portal whose ledger or store has gone, with the browser's cookies."""
    app = make_app(site.settings.model_copy(update=changed))
    client = TestClient(app, base_url="http://127.0.0.1:4280", raise_server_exceptions=False)
    client.cookies.update(site.client.cookies)
    return client


@pytest.mark.parametrize("part", ["ledger", "store"])
def test_an_outage_keeps_the_typed_text_and_gives_no_receipt(site: Site, part: str) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {
        "v.TT01": "12",
        "t.thuyet_minh": f"Dài\n{HOSTILE}",
        "them": "",
    }
    changed: dict[str, Any] = {"database_url": "postgresql://127.0.0.1:1/x"}
    if part == "store":
        site.settings.blob_folder.parent.mkdir(exist_ok=True)
        site.settings.blob_folder.write_bytes(b"")
        changed = {}
    with out_of_order(site, **changed) as client:
        answer = client.post(f"{page}/nop/{SHEET}", data=fields, files=[("tep", ("a.pdf", PDF))])
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "TN-" not in answer.text
    assert HOSTILE not in answer.text
    assert typed(answer.text, "v.TT01") == "12"
    assert 'name="them"' not in answer.text
    if part == "store":
        site.settings.blob_folder.unlink()
    held = site.hidden(answer.text)
    assert held["t.thuyet_minh"].replace("\r", "") == f"Dài\n{HOSTILE}"
    assert site.send(page, SHEET, held).status_code == 303
    assert answer_of(site, SHEET).values == {"TT01": 12}


def test_a_locked_ledger_is_an_outage(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "12"}
    monkeypatch.setattr("adapters.database.BUSY_TIMEOUT_MS", 20)
    desk = site.desk(JUNE)
    with desk.engine.begin():
        answer = site.send(page, SHEET, fields)
    desk.engine.dispose()
    assert answer.status_code == 503
    assert "chưa có mã biên nhận nào được cấp" in answer.text
    assert typed(answer.text, "v.TT01") == "12"
    assert site.row_counts()["submissions"] == 0
