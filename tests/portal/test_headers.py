"""Headers on every answer, and no script or style in any page."""

import re
from pathlib import Path

import pytest

from portal.pages import SECURITY_HEADERS, TEMPLATE_FOLDER
from tests.portal.conftest import PLAN, Site

OF_LETTERS = {"mailbox_parts.html.j2"}
PATHS = (
    "/", "/khong-co", "/l/sai", "/d/sai/nop/x", "/tep/sai", "/dau-moi/sai", "/lien-ket-moi",
    "/suc-khoe", "/tinh/khong-co.css", "/dv/thon-01.head", f"/dv/thon-01.head/nop/{PLAN}/PSL/thon-01/1",
    "/dv/khong-co", "/ke-hoach/khong-co",
)  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "TRACE"])
def test_every_answer_carries_the_strict_headers(site: Site, method: str) -> None:
    site.open("thon-01")
    style = re.search(r'href="(/tinh/[^"]+)"', site.client.get("/lien-ket-moi").text)
    assert style
    for path in (*PATHS, style[1]):
        answer = site.client.request(method, path, follow_redirects=False)
        for name, text in SECURITY_HEADERS.items():
            if name != "Cache-Control":
                assert answer.headers[name] == text, (path, name)
        assert "strict-transport-security" not in answer.headers
        is_static = path == style[1] and answer.status_code == 200
        assert ("immutable" if is_static else "no-store") in answer.headers["cache-control"]
    foreign = site.client.request(method, "/", headers={"host": "evil.example"})
    assert foreign.status_code == 400
    assert foreign.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "template", sorted((TEMPLATE_FOLDER / "portal").glob("*.j2")), ids=lambda path: path.name
)
def test_no_page_carries_a_script_or_a_style_of_its_own(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|javascript:", text, re.IGNORECASE)
    assert template.name in OF_LETTERS or "data:," not in text
