"""The portal as a process: it migrates, serves, catches mail, keeps no link in its log, and stops."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from smtplib import SMTP

import pytest

from adapters.install_key import read_install_key
from config.settings import Settings, inherited_environment
from portal.serve import make_server

SECRET = "BI-MAT-TRONG-DUONG-DAN"


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def wait_for(url: str, child: subprocess.Popen[bytes]) -> bytes:
    for _ in range(300):
        assert child.poll() is None
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


@pytest.mark.slow
def test_the_portal_runs_and_stops_cleanly(tmp_path: Path) -> None:
    pages, mail = free_ports()
    environment = inherited_environment() | {
        "DONDOC_HOME": str(tmp_path), "DONDOC_PORTAL_PORT": str(pages),
        "DONDOC_MAIL_PORT": str(mail),
    }  # fmt: skip
    log = tmp_path / "log"
    with log.open("wb") as sink:
        child = subprocess.Popen(
            [sys.executable, "-m", "portal.serve"], env=environment, stdout=sink, stderr=sink
        )
        try:
            assert b'"ok"' in wait_for(f"http://127.0.0.1:{pages}/suc-khoe", child)
            assert read_install_key(tmp_path)
            with SMTP("127.0.0.1", mail, "localhost") as smtp:
                smtp.sendmail("a@x.vn", ["b@x.vn"], b"Subject: chao\r\n\r\nx")
            with pytest.raises(OSError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{pages}/d/{SECRET}", timeout=5)
            assert "Đăng nhập" in wait_for(f"http://127.0.0.1:{pages}/hop-thu", child).decode()
            (kept,) = (tmp_path / "mail").rglob("*.eml")
            assert b"Subject: chao" in kept.read_bytes()
        finally:
            started = time.monotonic()
            child.send_signal(signal.SIGTERM)
            child.wait(10)
    assert time.monotonic() - started < 3
    assert SECRET not in log.read_text()


def test_the_server_keeps_no_access_log(tmp_path: Path) -> None:
    server = make_server(Settings(home=tmp_path), catches_mail=False)
    assert not server.config.access_log
