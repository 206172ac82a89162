"""A unit downloads its own report: blank before, as sent after, and nobody else's."""

import pytest

from models.submissions import Answer
from services.files import DOCX, PDF
from tests.nd30_seeds import judged
from tests.portal.conftest import JUNE, PLAN, Site

SHEET = f"{PLAN}/PSL/thon-01/1"


def sent(site: Site) -> None:
    site.submit(SHEET, Answer(values={"TT10": 2, "TT12": 80}), nonce="n", now=JUNE)


def test_the_page_offers_the_blank_form_and_then_the_document_sent(site: Site) -> None:
    page = site.open("thon-01")
    assert f"{page}/van-ban/0/docx/{SHEET}" in site.client.get(page).text
    sent(site)
    for place in (page, f"{page}/bien-nhan/1/{SHEET}"):
        assert f"{page}/van-ban/1/pdf/{SHEET}" in site.client.get(place).text


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "media_type"), [("docx", DOCX), ("pdf", PDF)])
def test_what_is_downloaded_is_sound_and_the_same_each_time(
    site: Site, ending: str, media_type: str
) -> None:
    page = site.open("thon-01")
    sent(site)
    before = site.row_counts()
    for version in (0, 1):
        path = f"{page}/van-ban/{version}/{ending}/{SHEET}"
        once, again = (site.client.get(path) for _ in range(2))
        assert once.status_code == 200
        assert once.content == again.content
        assert once.headers["content-type"] == media_type
        assert "attachment" in once.headers["content-disposition"]
        assert judged(once.content, name=f"mau.{ending}").breaches == ()
    assert site.row_counts() == before


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (f"0/docx/{PLAN}/PSL/thon-02/1", 404),  # another village's
        (f"7/docx/{SHEET}", 404),
        (f"0/exe/{SHEET}", 422),
        (f"-1/docx/{SHEET}", 404),
        (f"0/docx/{PLAN}/XN/thon-01/1", 409),  # a confirmation is no document
        ("0/docx/khong-co/X/thon-01/1", 404),
    ],
)
def test_nothing_else_is_given_out(site: Site, what: str, status: int) -> None:
    page = site.open("thon-01")
    assert site.client.get(f"{page}/van-ban/{what}").status_code == status
