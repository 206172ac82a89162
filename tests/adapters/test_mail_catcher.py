"""The loopback catcher keeps every letter it accepted, and only those."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTP, SMTPDataError, SMTPRecipientsRefused

import pytest

from adapters.loopback_connections import awaits_hearing
from adapters.mail_catcher import (
    LOOPBACK,
    MAX_LETTER_OCTETS,
    PATIENCE_SECONDS,
    MailCatcher,
    holds,
)
from adapters.smtp import Envelope, RelayLine, RelaySettings, TlsMode
from models.letter_policies import QUIET_LOOPBACK
from models.letters import Verdict
from services.sending import LONGEST_TO_DOT_SECONDS

NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
LETTER = b"Message-ID: <%d@x.vn>\r\nSubject: x\r\n\r\n.a\r\n.\r\n..\r\nb\r\n"


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    with MailCatcher(tmp_path / "mail", clock=lambda: NOW, refuse=frozenset({"gone@x.vn"})) as it:
        yield it


def test_a_letter_is_kept_untouched_below_its_envelope(
    catcher: MailCatcher, tmp_path: Path
) -> None:
    with SMTP("127.0.0.1", catcher.port, "localhost") as client:
        client.sendmail("a@x.vn", ["b@x.vn"], LETTER % 1)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name.startswith("00001-")
    assert path.read_bytes() == (
        b"X-Envelope-From: a@x.vn\r\nX-Envelope-To: b@x.vn\r\n"
        b"X-Received-At: 2026-06-22T00:30:00+00:00\r\n" + LETTER % 1
    )
    assert catcher.holds("<1@x.vn>")
    assert holds(tmp_path / "mail", "<1@x.vn>")
    assert not catcher.holds("<2@x.vn>")


def test_a_refused_address_bounces_at_once(catcher: MailCatcher) -> None:
    with SMTP("127.0.0.1", catcher.port, "localhost") as client:
        with pytest.raises(SMTPRecipientsRefused) as refusal:
            client.sendmail("a@x.vn", ["Gone@x.vn"], LETTER % 1)
        assert refusal.value.recipients["Gone@x.vn"][0] == 550
    assert not catcher.holds("<1@x.vn>")


@pytest.mark.slow
def test_a_letter_that_is_too_big_is_refused(catcher: MailCatcher) -> None:
    line = b"a" * 70 + b"\r\n"
    with SMTP("127.0.0.1", catcher.port, "localhost") as client:
        client.ehlo()
        assert not client.has_extn("starttls")
        client.mail("a@x.vn")
        client.rcpt("b@x.vn")
        code, _ = client.data(line * (MAX_LETTER_OCTETS // len(line) + 2))
        assert code == 552


def test_numbering_continues_after_a_restart(tmp_path: Path) -> None:
    for number in (1, 2):
        with (
            MailCatcher(tmp_path, clock=lambda: NOW) as catcher,
            SMTP("127.0.0.1", catcher.port, "localhost") as client,
        ):
            client.sendmail("a@x.vn", ["b@x.vn"], LETTER % number)
    assert sorted(path.name[:5] for path in tmp_path.iterdir()) == ["00001", "00002"]


def test_a_full_disk_is_a_temporary_refusal(catcher: MailCatcher, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.rename(tmp_path / "gone")
    with SMTP("127.0.0.1", catcher.port, "localhost") as client:
        with pytest.raises(SMTPDataError) as refusal:
            client.sendmail("a@x.vn", ["b@x.vn"], LETTER % 1)
        assert refusal.value.smtp_code == 452


def test_a_taken_port_is_told(catcher: MailCatcher, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="address already in use"):
        MailCatcher(tmp_path, clock=lambda: NOW, port=catcher.port).start()


def test_stopping_twice_and_with_an_open_connection_is_fine(tmp_path: Path) -> None:
    catcher = MailCatcher(tmp_path, clock=lambda: NOW)
    catcher.start()
    client = SMTP("127.0.0.1", catcher.port, "localhost")
    catcher.stop()
    catcher.stop()
    client.close()


async def _send_many(port: int, sender: int) -> list[Verdict]:
    line = RelayLine(RelaySettings(host="127.0.0.1", port=port, tls=TlsMode.NONE))
    verdicts = []
    for n in range(10):
        envelope = Envelope(sender="a@x.vn", recipient="b@x.vn")
        assert await line.offer(envelope, LETTER % (100 * sender + n)) is None
        verdicts.append((await line.dot()).verdict)
    await line.close()
    return verdicts


def test_no_letter_is_lost_under_eight_connections(tmp_path: Path) -> None:
    async def send_all() -> list[list[Verdict]]:
        async with MailCatcher(tmp_path, clock=lambda: NOW) as catcher:
            return await asyncio.gather(*(_send_many(catcher.port, s) for s in range(8)))

    verdicts = asyncio.run(send_all())
    assert {v for one in verdicts for v in one} == {Verdict.ACCEPTED}
    assert sorted(path.name[:5] for path in tmp_path.iterdir()) == [
        f"{n:05d}" for n in range(1, 81)
    ]
    assert all(holds(tmp_path, f"<{100 * s + n}@x.vn>") for s in range(8) for n in range(10))


def test_a_client_that_hung_up_and_was_not_heard_to_the_end_is_known(catcher: MailCatcher) -> None:
    with socket.create_server((LOOPBACK, 0)) as deaf:
        port = deaf.getsockname()[1]
        client = socket.create_connection((LOOPBACK, port))
        served, _ = deaf.accept()
        client.sendall(b"QUIT\r\n")
        assert not awaits_hearing(port)
        client.close()
        assert awaits_hearing(port)
        assert not awaits_hearing(catcher.port)
        served.recv(100)
        served.close()
        assert not awaits_hearing(port)


def test_a_sender_that_does_not_end_its_letter_is_left(tmp_path: Path) -> None:
    with (
        MailCatcher(tmp_path / "mail", clock=lambda: NOW, patience_seconds=0.1) as hasty,
        socket.create_connection((LOOPBACK, hasty.port)) as client,
    ):
        client.sendall(
            b"EHLO x\r\nMAIL FROM:<a@x.vn>\r\nRCPT TO:<b@x.vn>\r\nDATA\r\nSubject: x\r\n"
        )
        while client.recv(4096):
            pass  # its answers, then the end of the connection
        assert list((tmp_path / "mail").iterdir()) == []


def test_the_catcher_leaves_a_silent_sender_before_a_doubt_about_its_letter_is_settled() -> None:
    assert LONGEST_TO_DOT_SECONDS < PATIENCE_SECONDS < QUIET_LOOPBACK.total_seconds()
