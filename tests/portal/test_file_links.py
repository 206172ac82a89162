"""A file too large for its letter: fetched by the letter's own link, and by nothing else."""

from datetime import timedelta

import pytest

from adapters.blobs import BlobStore
from adapters.install_key import read_install_key
from adapters.links import FileScope, make_file_token
from tests.portal.conftest import JUNE, Site

PDF = b"%PDF-1.7 " + b"x" * 300_000
NAME = 'Phụ lục "1"\r\nSet-Cookie: a=b.pdf'


def link_to(site: Site, sha256: str, *, days: int = 30) -> str:
    scope = FileScope(
        sha256=sha256,
        name=NAME,
        media_type="application/pdf",
        expires_at=JUNE + timedelta(days=days),
    )
    return f"/tep/{make_file_token(read_install_key(site.settings.home), scope)}"


@pytest.fixture
def stored(site: Site) -> str:
    return BlobStore(site.settings.blob_folder).put(PDF)


def test_the_file_comes_whole_under_its_name(site: Site, stored: str) -> None:
    answer = site.client.get(link_to(site, stored))
    assert answer.status_code == 200
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Ph%E1%BB%A5%20l%E1%BB%A5c%20%221%22%20Set-Cookie%3A%20a%3Db.pdf"
    )
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_fetching_it_changes_nothing(site: Site, stored: str) -> None:
    before = site.row_counts()
    for _ in range(3):
        assert site.client.head(link_to(site, stored)).status_code == 200
        assert site.client.get(link_to(site, stored)).status_code == 200
    assert site.row_counts() == before
    assert site.client.post(link_to(site, stored)).status_code == 405


def test_an_expired_link_is_gone(site: Site, stored: str) -> None:
    answer = site.client.get(link_to(site, stored, days=-1))
    assert answer.status_code == 410
    assert "đã hết hạn" in answer.text
    assert PDF not in answer.content


def test_a_link_that_is_not_ours_finds_nothing(site: Site, stored: str) -> None:
    link = link_to(site, stored)
    for wrong in (
        f"/tep/{stored}",
        "/tep/x",
        link.swapcase(),
        link[:-1],
        link.replace("/tep/", "/d/"),
    ):
        answer = site.client.get(wrong)
        assert answer.status_code == 404, wrong
        assert "Không tìm thấy trang" in answer.text
    personal = site.token("thon-01")
    assert site.client.get(f"/tep/{personal}").status_code == 404


def test_a_lost_or_altered_file_is_not_given(site: Site, stored: str) -> None:
    path = site.settings.blob_folder / stored[:2] / stored
    path.write_bytes(b"%PDF-1.7 altered")
    altered = site.client.get(link_to(site, stored))
    path.unlink()
    lost = site.client.get(link_to(site, stored))
    assert (altered.status_code, lost.status_code) == (404, 404)
    assert b"altered" not in altered.content
    assert "không còn trên máy chủ" in lost.text
