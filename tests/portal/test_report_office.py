"""The office enters the signed PDF on the report page, and fetches the package."""

from datetime import date, timedelta

import pytest

from services.decisions import Verdict, decide
from services.dispatch_packages import make_package, verify_package
from services.report_numbers import number_report
from services.reports import find_report
from tests.pdf_signing import sign_pdf
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_decisions_page import draft

NOW = JUNE + timedelta(hours=2)
PAGE = f"/ke-hoach/{PLAN}/bao-cao"


@pytest.fixture
def numbered(site: Site) -> Site:
    draft(site, "thon-01")
    desk = site.desk(NOW)
    report = find_report(desk.engine, PLAN)
    assert report is not None
    decide(
        desk.engine, PLAN, version=1, sha256_prefix=report.sha256, verdict=Verdict.APPROVED,
        by="ubnd.head", now=NOW, calendar=desk.calendar,
    )  # fmt: skip
    number_report(
        desk.engine, PLAN, number=9, issued_on=date(2026, 6, 18), by="vt", blobs=desk.blobs, now=NOW
    )
    desk.engine.dispose()
    site.move_to(NOW)
    return site


def issued_pdf(site: Site) -> bytes:
    page = site.client.get(PAGE).text
    path = next(part for part in page.split('"') if part.endswith(".pdf"))
    return bytes(site.client.get(path).content)


def upload(site: Site, content: bytes, **fields: str) -> int:
    given = site.hidden(site.client.get(PAGE).text) | fields
    files = {"tep": ("da-ky.pdf", content, "application/pdf")}
    return int(site.client.post(f"{PAGE}/ky", data=given, files=files).status_code)


@pytest.mark.slow
def test_the_signed_pdf_is_entered_once_and_offered(numbered: Site) -> None:
    content = issued_pdf(numbered)
    assert upload(numbered, content, ma_bieu_mau="x") == 403
    assert upload(numbered, b"PK") == 422
    fields = numbered.hidden(numbered.client.get(PAGE).text)
    assert upload(numbered, sign_pdf(content, "Lê Văn Công")) == 200
    page = numbered.client.get(PAGE).text
    assert "PDF đã ký" in page
    assert "cần 2: người ký rồi đến cơ quan" in page
    files = {"tep": ("khac.pdf", sign_pdf(content, "A"), "application/pdf")}
    again = numbered.client.post(f"{PAGE}/ky", data=fields, files=files)
    assert again.status_code == 409
    assert "công văn" in again.text


@pytest.mark.slow
def test_no_file_enters_nothing(numbered: Site) -> None:
    fields = numbered.hidden(numbered.client.get(PAGE).text)
    assert numbered.client.post(f"{PAGE}/ky", data=fields).status_code == 422
    assert numbered.row_counts()["signed_files"] == 0


@pytest.mark.slow
def test_the_package_is_listed_and_fetched(numbered: Site) -> None:
    desk = numbered.desk(NOW)
    made = make_package(desk.engine, PLAN, by="vt", blobs=desk.blobs, now=NOW)
    desk.engine.dispose()
    assert made.name in numbered.client.get(PAGE).text
    fetched = numbered.client.get(f"{PAGE}/1/goi/{made.sha256}")
    assert verify_package(fetched.content) == ()
    assert numbered.client.get(f"{PAGE}/1/goi/{'0' * 64}").status_code == 404
