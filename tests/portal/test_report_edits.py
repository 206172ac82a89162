"""The office edits the report part by part; nothing is lost, nothing comes from elsewhere."""

from typing import Any

import pytest

from adapters import tables
from adapters.database import transaction
from adapters.outlines import read_outline
from models.report_edits import MAX_CHARACTERS
from models.submissions import Answer
from services.reports import assemble, find_report
from services.reviews import accept
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_decisions_page import draft

PAGE = f"/ke-hoach/{PLAN}/bao-cao/bien-tap"


@pytest.fixture
def office(site: Site) -> Site:
    draft(site, "thon-01")
    return site


def regenerate(site: Site) -> None:
    desk = site.desk(JUNE)
    outline = read_outline("khcn-2026")
    assemble(desk.engine, PLAN, outline=outline, blobs=desk.blobs, actor="t", now=JUNE)
    desk.engine.dispose()


def fields(site: Site, place: str) -> dict[str, str]:
    page = site.client.get(PAGE).text
    card = page[page.index(f'id="{place}"') :]
    return site.hidden(card[: card.index("</form>")])


def post(site: Site, place: str, act: str, text: str = "", **changes: str) -> Any:
    given = fields(site, place) | {"viec": act, "noi_dung": text} | changes
    return site.client.post(PAGE, data=given, follow_redirects=False)


def newest(site: Site) -> str:
    desk = site.desk(JUNE)
    report = find_report(desk.engine, PLAN)
    desk.engine.dispose()
    assert report is not None
    return f"{report.version} {report.content.report.model_dump_json()}"


@pytest.mark.slow
def test_a_part_is_edited_confirmed_and_given_back(office: Site) -> None:
    page = office.client.get(PAGE).text
    assert "đã phát 12 lượt" in page
    assert "đã phát {TT01} lượt" in page
    saved = post(office, "tuyen_truyen", "luu", "- Đài xã phát {TT01} lượt")
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PAGE}#tuyen_truyen")
    assert "Đài xã phát 12 lượt" in newest(office)
    draft(office, "thon-02")
    regenerate(office)
    page = office.client.get(PAGE).text
    assert "Cần xác nhận lại" in page
    assert '<del><span class="unseen">[bỏ: </span>12' in page
    assert '<ins><span class="unseen">[thêm: </span>24' in page
    assert "Cần xác nhận trước khi trình" in office.client.get(f"/ke-hoach/{PLAN}/bao-cao").text
    assert post(office, "tuyen_truyen", "xac-nhan").status_code == 303
    page = office.client.get(PAGE).text
    assert "Cần xác nhận lại" not in page
    assert "xác nhận lời đã sửa vẫn đúng" in page
    post(office, "tuyen_truyen", "bo")
    assert "Đài xã phát" not in newest(office)
    assert "trở lại bản máy soạn" in office.client.get(PAGE).text


@pytest.mark.slow
def test_what_cannot_be_kept_is_shown_again_in_full(office: Site) -> None:
    before = newest(office)
    text = "dòng đầu\n" + "x" * MAX_CHARACTERS + " <script>cuối"
    answer = post(office, "bai_hoc", "luu", text)
    assert answer.status_code == 409
    assert "quá 20.000 ký tự" in answer.text
    assert "x &lt;script&gt;cuối</textarea>" in answer.text.replace("x" * MAX_CHARACTERS, "x")
    assert "Nội dung vừa nhập vẫn còn" in answer.text
    assert newest(office) == before


@pytest.mark.slow
def test_the_second_of_two_writers_keeps_the_words_and_sees_why(office: Site) -> None:
    stale = fields(office, "bai_hoc")
    post(office, "bai_hoc", "luu", "Người thứ nhất")
    answer = post(office, "bai_hoc", "luu", "Người thứ hai", ban_da_xem=stale["ban_da_xem"])
    assert answer.status_code == 409
    assert "đã sửa lúc" in answer.text
    assert "Người thứ hai</textarea>" in answer.text
    assert "Người thứ nhất" in newest(office)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "status"),
    [({"viec": "x"}, 422), ({"ma_bieu_mau": "x"}, 403), ({"muc": "xx"}, 404)],
)
def test_a_form_that_is_not_ours_changes_nothing(
    office: Site, changes: dict[str, str], status: int
) -> None:
    given = fields(office, "bai_hoc") | {"viec": "luu", "noi_dung": "x"} | changes
    assert office.client.post(PAGE, data=given).status_code == status
    assert office.row_counts()["report_edits"] == 0


@pytest.mark.slow
def test_an_approved_report_is_only_shown(office: Site) -> None:
    desk = office.desk(JUNE)
    with transaction(desk.engine) as connection:
        row = {"report_id": f"{PLAN}/final/1", "sha256": "x", "verdict": "approved", "by": "x",
               "at": JUNE}  # fmt: skip
        connection.execute(tables.decisions.insert().values(row))
    desk.engine.dispose()
    page = office.client.get(PAGE).text
    assert "đã được phê duyệt nên không biên tập" in page
    assert "<textarea" not in page


@pytest.mark.slow
def test_a_get_changes_nothing(office: Site) -> None:
    before = office.row_counts()
    office.client.get(PAGE)
    assert office.row_counts() == before


@pytest.mark.slow
def test_units_words_are_text_on_every_page(site: Site) -> None:
    sheet = f"{PLAN}/PSL/thon-03/1"
    hostile = "<script>alert(1)</script> {{7*7}} “đóng” 👍"
    site.submit(sheet, Answer(values={"TT01": 1, "TT02": 9, "DG02": hostile}), nonce="h", now=JUNE)
    desk = site.desk(JUNE)
    accept(desk.engine, sheet, reviewer="vhxh", now=JUNE)
    desk.engine.dispose()
    draft(site, "thon-01")
    for path in (PAGE, f"/ke-hoach/{PLAN}/bao-cao", f"/ke-hoach/{PLAN}/bao-cao/1/so-lieu/DG02"):
        page = site.client.get(path, follow_redirects=True)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "{{7*7}}" in page.text
