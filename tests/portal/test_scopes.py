"""One unit's session on everything of another: not found, on every route, by every method."""

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.routing import BaseRoute, Route

from models.submissions import Answer, Attachment
from portal.visitors import PAGE
from services.journal import read_journal
from services.questions import ask
from services.reports import assemble
from services.reviews import accept
from tests.portal.conftest import JUNE, PLAN, Site

SHEET, FOREIGN = f"{PLAN}/PSL/thon-01/1", f"{PLAN}/PSL/thon-02/1"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OF_A_UNIT = re.compile(r"\{(obligation|question)_id")
HOSTILE = "<img src=x onerror=alert(1)>\"'><b>"


def routes_of(site: Site) -> dict[str, set[str]]:
    """Every path of personal pages with its methods, also those added later."""
    found: list[BaseRoute] = list(site.client.app.routes)  # type: ignore[attr-defined]  # FastAPI
    own: dict[str, set[str]] = {}
    while found:
        one = found.pop()
        found += getattr(one, "routes", None) or []
        inner = getattr(one, "original_router", None)
        found += inner.routes if inner is not None else []
        if isinstance(one, Route) and one.path.startswith(PAGE):
            own.setdefault(one.path, set()).update(one.methods or ())
    return own


def path_of(pattern: str, values: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str(values[found[1]]), pattern)


def units_cookies(site: Site) -> dict[str, str]:
    """Sessions of units in the browser, beside the officer's."""
    jar = site.client.cookies.jar
    return {cookie.name: str(cookie.value) for cookie in jar if cookie.name.startswith("dv-")}


def with_files_question_and_report(site: Site) -> int:
    """What a stranger could reach for; returns the question asked of the other unit."""
    sha256 = site.desk(JUNE).blobs.put(b"%PDF-1.7 of the other unit")
    file = Attachment(sha256=sha256, name="rieng.pdf", size=26)
    for unit in ("thon-01", "thon-02"):
        answer = Answer(values={"TT01": 12, "TT02": 180}, attachments=(file,))
        site.submit(f"{PLAN}/PSL/{unit}/1", answer, nonce=unit, now=JUNE)
    desk = site.desk(JUNE)
    accept(desk.engine, SHEET, reviewer="vhxh", now=JUNE)
    question = ask(desk.engine, FOREIGN, text="Gồm những ai?", by="vhxh", now=JUNE)
    assemble(desk.engine, PLAN, outline=None, blobs=desk.blobs, actor="t", now=JUNE)
    desk.engine.dispose()
    return question


@pytest.mark.slow
def test_no_session_reaches_another_unit(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.sign_out()
    question = with_files_question_and_report(site)
    mine = site.open("thon-01")
    fields = site.hidden(site.client.get(mine).text) | {
        "ly_do": "x",
        "ngay": "2026-06-20",
        "tra_loi": "dong_y",
    }
    sealed = next(iter(units_cookies(site).values()))
    routes = routes_of(site)
    assert len(routes) >= 10
    before = site.row_counts()
    tried = 0
    for pattern, methods in routes.items():
        for who, obligation in (
            ("thon-01.head", FOREIGN),
            ("thon-02.head", FOREIGN),
            ("thon-02.head", SHEET),
        ):
            if who == "thon-01.head" and not OF_A_UNIT.search(pattern):
                continue
            values: dict[str, Any] = {
                "who": who, "obligation_id": obligation, "plan_id": PLAN, "question_id": question,
                "version": 1, "place": 1, "name": "a.pdf", "ending": "docx",
            }  # fmt: skip
            path = path_of(pattern, values)
            for method in METHODS:
                data = fields if method == "POST" else None
                answer = site.client.request(method, path, data=data, follow_redirects=False)
                assert answer.status_code in {404, 405}, (method, path)
                assert (answer.status_code == 404) == (method in methods), (method, path)
                tried += 1
    assert tried >= 120
    after = site.row_counts()
    assert {name for name in after if after[name] != before[name]} == {"journal"}
    assert after["journal"] == before["journal"] + 1, "one row a day, however many the tries"
    site.client.cookies.clear()
    for name in ("dv-" + "0" * 16, "session"):
        site.client.cookies.set(name, str(sealed))
    assert site.client.get("/dv/thon-02.head").status_code == 404
    assert str(sealed) not in caplog.text


def test_a_session_under_another_contacts_name_is_put_down_once_a_day(site: Site) -> None:
    site.sign_out()
    site.open("thon-01")
    sealed = next(iter(units_cookies(site).values()))
    site.open("thon-02")
    names = [name for name, value in units_cookies(site).items() if value != sealed]
    site.client.cookies.clear()
    site.client.cookies.set(names[0], str(sealed))
    for now in (JUNE, JUNE + timedelta(hours=23), JUNE + timedelta(hours=25)):
        site.move_to(now)
        assert site.client.get("/dv/thon-02.head?x=1").status_code == 404
    desk = site.desk(JUNE)
    entries = read_journal(desk.engine, commune=desk.commune, subject_prefix="thon-01.head")
    desk.engine.dispose()
    told = [(e.action, e.actor, e.detail) for e in entries if e.action == "link.strayed"]
    assert told == [("link.strayed", "thon-01.head", {"path": "/dv/thon-02.head"})] * 2
    assert site.client.get("/dv/thon-03.head").status_code == 404  # without a session: nobody's


def test_a_units_session_decides_nothing_and_administers_nothing(site: Site) -> None:
    site.sign_out()
    with_files_question_and_report(site)
    mine = site.open("thon-01")
    fields = site.hidden(site.client.get(mine).text) | {
        "lan": "1", "quyet_dinh": "approved", "ma_noi_dung": "", "y_kien": "x", "ly_do": "x",
    }  # fmt: skip
    before = site.row_counts()
    for path in (f"{mine}/bao-cao/{PLAN}", f"{mine}/bao-cao/{PLAN}/tep/1/a.pdf"):
        assert site.client.get(path).status_code == 404
    assert site.client.post(f"{mine}/bao-cao/{PLAN}", data=fields).status_code == 404
    for path in ("/thu/1/nguoi-giai-quyet", f"/ke-hoach/{PLAN}/bao-cao/1", "/thu"):
        answer = site.client.post(path, data=fields, follow_redirects=False)
        assert answer.status_code in {303, 401, 403, 404, 405}, path
    assert site.row_counts() | {"journal": before["journal"]} == before


def test_a_file_is_fetched_by_unit_and_version_and_never_by_its_hash(site: Site) -> None:
    with_files_question_and_report(site)
    mine = site.open("thon-01")
    sha256 = site.desk(JUNE).blobs.put(b"%PDF-1.7 of the other unit")
    got = site.client.get(f"{mine}/tep/1/1/{SHEET}")
    assert got.content == b"%PDF-1.7 of the other unit"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''rieng.pdf"
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cross-origin-resource-policy"] == "same-origin"
    assert got.headers["cache-control"] == "no-store"
    for path in (f"/files/{sha256}", f"/tep/{sha256}", f"{mine}/tep/{sha256}", f"{mine}/tep/1/2/{SHEET}",
                 f"{mine}/tep/1/0/{SHEET}", f"{mine}/tep/2/1/{SHEET}", f"{mine}/tep/1/1/{FOREIGN}"):  # fmt: skip
        assert site.client.get(path).status_code == 404, path


@pytest.mark.slow
def test_no_text_of_a_unit_leaves_its_place_on_any_page(site: Site) -> None:
    page = site.open("thon-01")
    reason = {"ly_do": HOSTILE, "ngay": "2026-06-22"}
    fields = site.hidden(site.client.get(page).text)
    site.client.post(f"{page}/gia-han/{SHEET}", data=fields | reason)
    changed = site.client.post(f"{page}/dau-moi", data=fields | reason | {"ho_ten": HOSTILE})
    assert changed.status_code == 200
    wrong = site.send(
        page, SHEET, site.form(page, SHEET) | {"v.TT01": HOSTILE, "t.thuyet_minh": HOSTILE}
    )
    sent = site.send(
        page, SHEET, site.form(page, SHEET) | {"v.TT01": "1", "n.TT01": HOSTILE, "t.thuyet_minh": HOSTILE},
        files=[("tep", (f"{HOSTILE}.pdf", b"%PDF-1.7"))],
    )  # fmt: skip
    assert sent.status_code == 303
    pages = [wrong, changed] + [
        site.client.get(path)
        for path in (
            page,
            sent.headers["location"],
            f"{page}/nop/{SHEET}",
            f"{page}/dau-moi",
            f"/ke-hoach/{PLAN}/don-vi/thon-01",
            f"/ke-hoach/{PLAN}",
        )
    ]
    for answer in pages:
        assert "<img" not in answer.text
        assert "onerror=alert(1)>" not in answer.text
        assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [("t.thuyet_minh", "x" * 60_000, 422), ("t.thuyet_minh", "x" * 2_000_000, 413),
     ("v.TT01", "9" * 60_000, 422), ("v.TT01", "x" * 30_000_000, 413)],
)  # fmt: skip
def test_a_text_that_is_too_long_is_refused_in_words(
    site: Site, name: str, value: str, status: int
) -> None:
    page = site.open("thon-01")
    answer = site.send(page, SHEET, site.form(page, SHEET) | {name: value})
    assert answer.status_code == status
    assert "đề nghị" in answer.text.lower()
    assert site.row_counts()["submissions"] == 0


@pytest.mark.parametrize("media", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "application/json"])  # fmt: skip
def test_a_body_that_is_no_form_changes_nothing(site: Site, media: str) -> None:
    page = site.open("thon-01")
    before = site.row_counts()
    answer = site.client.post(
        f"{page}/xac-nhan/{PLAN}/XN/thon-01/1", content=b'{"ma_bieu_mau": "x"}',
        headers={"content-type": media},
    )  # fmt: skip
    assert answer.status_code in {400, 403}
    assert site.row_counts() == before
