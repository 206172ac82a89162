"""Uploads in a real server: flat memory, nothing half stored, no link in any log."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from adapters.blobs import UNFINISHED
from config.settings import inherited_environment
from models.accounts import Role
from models.file_kinds import MAX_FILE_BYTES
from portal.posted import MAX_BODY_BYTES
from services.held_uploads import find_held
from tests.adapters.test_upload_checks import docx
from tests.portal.conftest import JUNE, PLAN, Site
from tests.portal.test_forms import PDF, SHEET, answer_of

MEGABYTE = 2**20
LARGEST = f"{PLAN}/BC/dt-hnd/1"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass
class Child:
    """The portal in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def resident_megabytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) // 1024


@pytest.fixture
def child(site: Site, free_port: int, tmp_path: Path) -> Iterator[Child]:
    """The site behind a real server, which can be killed."""
    environment = inherited_environment() | {
        "DONDOC_HOME": str(site.settings.home), "DONDOC_CLOCK_FILE": str(site.clock),
        "DONDOC_PORTAL_PORT": str(free_port), "TMPDIR": str(tmp_path),
    }  # fmt: skip
    log = tmp_path / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.serve", "--no-catcher"], env=environment, stdout=sink,
            stderr=sink,
        )  # fmt: skip
    url = f"http://127.0.0.1:{free_port}"
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(f"{url}/tinh/x", timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield Child(process, url, log)
    process.kill()
    process.wait()


def multipart(fields: dict[str, str], sizes: list[int]) -> Iterator[bytes]:
    """A form whose files are made while they are sent."""
    for name, text in fields.items():
        yield f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    for number, size in enumerate(sizes):
        head = f'--b\r\nContent-Disposition: form-data; name="tep"; filename="{number}.pdf"\r\n\r\n'
        yield head.encode() + b"%PDF-1.7 "
        for _ in range(size // MEGABYTE):
            yield bytes([number]) * (MEGABYTE - 20)
        yield b"startxref\r\n"
    yield b"--b--\r\n"


@pytest.mark.slow
def test_fifty_megabytes_stream_with_flat_memory_and_no_link_is_logged(
    site: Site, child: Child
) -> None:
    token = site.token("thon-01")
    with httpx.Client(base_url=child.url, follow_redirects=True, timeout=120) as browser:
        page = browser.get(f"/l/{token}")
        fields = site.hidden(browser.get(f"{page.url.path}/nop/{SHEET}").text) | {"v.TT01": "1"}
        before = child.resident_megabytes()
        kind = {"content-type": "multipart/form-data; boundary=b"}
        body = multipart(fields, [25 * MEGABYTE, 25 * MEGABYTE])
        sent = browser.post(f"{page.url.path}/nop/{SHEET}", content=body, headers=kind)
        assert sent.status_code == 200
        assert "TN-" in sent.text
        assert child.resident_megabytes() - before < 25
        body = multipart(fields, [300 * MEGABYTE])
        with suppress(httpx.TransportError):  # the server may hang up while we still send
            endless = browser.post(f"{page.url.path}/nop/{SHEET}", content=body, headers=kind)
            assert endless.status_code == 413
        assert child.resident_megabytes() - before < 25
        browser.get(f"/l/{token[:-1]}")
        browser.get("/l/x")
    assert [file.size // MEGABYTE for file in answer_of(site, SHEET).attachments] == [24, 24]
    said = child.log.read_text()
    for secret in (token, token[:-1], *browser.cookies.values()):
        assert secret[:30] not in said


@pytest.mark.slow
def test_a_server_killed_in_the_middle_leaves_no_row_and_the_answer_can_be_sent_again(
    site: Site, child: Child
) -> None:
    with httpx.Client(base_url=child.url, follow_redirects=True, timeout=30) as browser:
        page = browser.get(f"/l/{site.token('thon-01')}").url.path
        fields = site.hidden(browser.get(f"{page}/nop/{SHEET}").text) | {"v.TT01": "1"}
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    before = site.row_counts()
    host, port = child.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(
            f"POST {page}/nop/{SHEET} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n".encode()
        )
        for piece in list(multipart(fields, [8 * MEGABYTE]))[:-3]:
            line.sendall(piece)
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
    assert site.row_counts() == before
    unfinished = site.settings.blob_folder / UNFINISHED
    assert not unfinished.exists() or not list(unfinished.iterdir())
    own = site.open("thon-01")
    assert site.send(own, SHEET, fields, files=[("tep", ("a.pdf", PDF))]).status_code == 303


def test_a_file_in_doubt_reaches_a_person_whether_it_is_taken_or_not(site: Site) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "1"}
    macros = docx(**{"word/vbaProject.bin": b"x"})
    refused = site.send(page, SHEET, fields, files=[("tep", ("bc.docx", macros))])
    assert refused.status_code == 422
    assert "không có macro" in refused.text
    assert site.row_counts()["submissions"] == 0
    taken = site.send(page, SHEET, fields, files=[("tep", ("bc.doc", OLE + b"cu"))])
    assert taken.status_code == 303
    receipt = site.client.get(taken.headers["location"]).text
    assert "giữ để cán bộ kiểm tra" in receipt
    assert "chưa được quét vi-rút" in receipt
    desk = site.desk(JUNE)
    held = [(one.name, one.is_refused) for one in find_held(desk.engine, commune="bat-mot")]
    assert held == [("bc.docx", True), ("bc.doc", False)]
    assert desk.blobs.get(find_held(desk.engine, commune="bat-mot")[0].sha256) == macros
    desk.engine.dispose()


def test_the_office_fetches_a_held_file_as_octets_and_says_what_it_found(site: Site) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "1"}
    name, hostile = '"><script>a</script>.doc', OLE + b"<script>"
    assert site.send(page, SHEET, fields, files=[("tep", (name, hostile))]).status_code == 303
    site.sign_in(Role.VIEWER)
    shown = site.client.get("/tep-giu-lai").text
    assert "<script>" not in shown
    assert 'Tệp giữ lại <span class="count">1' in shown
    assert "<button" not in shown.partition("<main")[2]
    assert site.client.get("/tep-giu-lai/1/tep").status_code == 403
    site.sign_in(Role.OFFICE)
    file = site.client.get("/tep-giu-lai/1/tep")
    assert (file.content, file.headers["content-type"]) == (hostile, "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in file.headers["content-security-policy"]
    given = site.hidden(site.client.get("/tep-giu-lai").text)
    assert "Hãy ghi kết quả" in site.client.post("/tep-giu-lai/1", data=given).text
    for said in ("Đã ghi nhận kết quả", "đã có người kiểm tra trước"):
        done = site.client.post("/tep-giu-lai/1", data=given | {"ket_qua": "Đã quét, sạch."})
        assert said in done.text
    assert 'class="count"' not in site.client.get("/tep-giu-lai").text
    assert site.client.post("/tep-giu-lai/9", data=given | {"ket_qua": "x"}).status_code == 404


def test_a_file_that_cannot_be_opened_is_taken_and_the_unit_is_told_at_once(site: Site) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "1", "luu_nhap": "1"}
    shown = site.send(page, SHEET, fields, files=[("tep", ("a.pdf", b"%PDF-1.7 cut"))])
    assert "không mở được" in shown.text


def test_names_are_cleaned_for_people(site: Site) -> None:
    page = site.open("thon-01")
    names = ["..\\..\\x.pdf", "/etc/pas\u202efdp.swd.pdf", "a" * 500 + ".pdf"]
    files = [("tep", (name, PDF + bytes([n]))) for n, name in enumerate(names)]
    assert site.send(page, SHEET, site.form(page, SHEET), files=files).status_code == 303
    kept = [file.name for file in answer_of(site, SHEET).attachments]
    assert kept[0] == "x.pdf"
    assert "\u202e" not in kept[1]
    assert len(kept[2]) <= 124


def test_a_picture_is_kept_as_it_was_sent_with_what_its_camera_wrote(site: Site) -> None:
    exif = b"\xff\xe1\x00\x1cExif\x00\x00GPSLatitude 20.05 N"
    picture = b"\xff\xd8" + exif + b"\xff\xc0\x00\x0b\x08\x00\x02\x00\x02\x01\x01\x11\x00\xff\xd9"
    page = site.open("thon-01")
    sent = site.send(page, SHEET, site.form(page, SHEET), files=[("tep", ("anh.jpg", picture))])
    assert sent.status_code == 303
    (kept,) = answer_of(site, SHEET).attachments
    desk = site.desk(JUNE)
    assert desk.blobs.get(kept.sha256) == picture
    desk.engine.dispose()


def test_too_many_and_too_large_files_are_refused_in_words(site: Site) -> None:
    page = site.open("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "1"}
    large = site.send(page, SHEET, fields, files=[("tep", ("a.pdf", PDF + b"x" * MAX_FILE_BYTES))])
    assert large.status_code == 422
    assert "lớn hơn 25 MB" in large.text
    many = [("tep", (f"{n}.pdf", PDF + bytes([n]))) for n in range(21)]
    crowd = site.send(page, SHEET, fields, files=many)
    assert crowd.status_code == 422
    assert "tối đa 20 tệp" in crowd.text
    announced = {
        "content-length": str(MAX_BODY_BYTES + 1),
        "content-type": "multipart/form-data; boundary=b",
    }
    assert (
        site.client.post(f"{page}/nop/{SHEET}", content=b"", headers=announced).status_code == 413
    )
    assert site.row_counts()["submissions"] == 0


def test_every_page_is_small_enough_for_a_poor_line(site: Site) -> None:
    page = site.open("dt-hnd", "contact")
    style = re.search(r'href="(/tinh/[^"]+\.css)"', site.client.get(page).text)
    assert style
    fixed = site.client.get(style[1])
    assert "immutable" in fixed.headers["cache-control"]
    weights = {path: len(site.client.get(path).content) for path in (page, f"{page}/nop/{LARGEST}")}
    assert {
        path: size for path, size in weights.items() if size + len(fixed.content) >= 50_000
    } == {}
