"""The form as a spreadsheet on the personal page: fetched, filled in, read back, never sent unseen."""

from io import BytesIO

import httpx2
import openpyxl
import pytest

from tests.portal.conftest import PLAN, Site
from tests.workbook_filling import filled

SHEET = f"{PLAN}/PSL/thon-01/1"
OTHER = f"{PLAN}/PSL/thon-02/1"


def fetch(site: Site, link: str, obligation_id: str = SHEET) -> bytes:
    got = site.client.get(f"{link}/bieu-mau/{obligation_id}")
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith("attachment")
    return got.content


def upload(site: Site, link: str, octets: bytes, obligation_id: str = SHEET) -> httpx2.Response:
    fields = site.form(link, obligation_id)
    return site.client.post(
        f"{link}/bieu-mau/{obligation_id}",
        data={"ma_bieu_mau": fields["ma_bieu_mau"]},
        files={"bieu_mau": ("bao cao.xlsx", octets)},
    )


def test_a_filled_form_comes_back_into_the_page_and_is_sent_from_there(site: Site) -> None:
    link = site.open("thon-01")
    octets = filled(fetch(site, link), {"TT01": "12", "TT02": "180 phút", "TT09": "1.500"})
    page = upload(site, link, octets)
    assert page.status_code == 200
    assert "nhưng chưa gửi" in page.text
    assert 'name="v.TT02" value="180"' in page.text
    assert site.row_counts()["submissions"] == 0
    fields = site.hidden(page.text) | {"v.TT01": "12", "v.TT02": "180", "v.TT09": "1500"}
    assert site.send(link, SHEET, fields).status_code == 303
    again = openpyxl.load_workbook(BytesIO(fetch(site, link)))
    assert "1.500" in {cell.value for row in again["Số liệu"].iter_rows() for cell in row}


def test_errors_are_shown_by_cell_with_what_was_typed(site: Site) -> None:
    link = site.open("thon-01")
    octets = filled(fetch(site, link), {"TT01": "12 buổi (3 thôn)", "TT07": 99_999})
    page = upload(site, link, octets)
    assert page.status_code == 422
    assert "Ô D" in page.text
    assert "trang “Số liệu”" in page.text
    assert 'value="12 buổi (3 thôn)"' in page.text
    assert "ngoài khoảng" in page.text
    assert site.row_counts()["submissions"] == 0


@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04", b"MZ", b"%PDF-1.7"])
def test_what_is_no_form_is_refused_with_what_to_do(site: Site, octets: bytes) -> None:
    link = site.open("thon-01")
    page = upload(site, link, octets)
    assert page.status_code == 422
    assert "đề nghị" in page.text


def test_another_units_or_another_tasks_form_is_refused(site: Site) -> None:
    mine, theirs = site.open("thon-01"), None
    octets = fetch(site, mine)
    theirs = site.open("thon-02")
    page = upload(site, theirs, octets, OTHER)
    assert page.status_code == 422
    assert "không phải của đơn vị" in page.text
    assert site.client.get(f"{theirs}/bieu-mau/{SHEET}").status_code == 404


def test_an_upload_without_our_token_changes_and_shows_nothing(site: Site) -> None:
    link = site.open("thon-01")
    octets = fetch(site, link)
    forged = site.client.post(f"{link}/bieu-mau/{SHEET}", files={"bieu_mau": ("a.xlsx", octets)})
    assert forged.status_code == 403
    assert site.client.head(f"{link}/bieu-mau/{SHEET}").status_code == 200
