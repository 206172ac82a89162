"""The catcher's folder as a mailbox: mails to us, by numbers that are never given twice."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTP

import pytest

from adapters.caught_mail import CaughtMailbox, open_caught
from adapters.mail_catcher import MailCatcher, holds
from adapters.mail_folders import LyingMail
from adapters.reply_tokens import address_with_token
from models.errors import TransientError
from tests.incoming_mails import REPLY_TO, SENDER, TOKEN, UNIT_ADDRESS

NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
MAIL = b"Message-ID: <%s@x.vn>\r\nSubject: x\r\n\r\nChao\r\n"
ANSWER_TO = address_with_token(REPLY_TO, TOKEN)


@pytest.fixture
def mailbox(tmp_path: Path) -> CaughtMailbox:
    return CaughtMailbox(path=tmp_path / "mail", addresses=(REPLY_TO, SENDER))


def arrive(mailbox: CaughtMailbox, *recipients: str) -> None:
    with (
        MailCatcher(mailbox.path, clock=lambda: NOW) as catcher,
        SMTP("127.0.0.1", catcher.port, "localhost") as client,
    ):
        for to in recipients:
            client.sendmail("a@x.vn", [to], MAIL % to.encode())


def uids(mailbox: CaughtMailbox) -> list[int]:
    with open_caught(mailbox) as folder:
        return [mail.uid for mail in folder.list_mails()]


def test_mails_to_us_are_listed_whatever_stands_in_their_headers(mailbox: CaughtMailbox) -> None:
    arrive(mailbox, UNIT_ADDRESS, REPLY_TO.upper(), ANSWER_TO, "x@batmot.example", SENDER)
    assert uids(mailbox) == [2, 3, 5]
    with open_caught(mailbox) as folder:
        raw = folder.read(3)
        assert raw is not None
        assert raw.endswith(MAIL % ANSWER_TO.encode())
        assert folder.read_head(3) == raw
        assert folder.list_mails()[1].size == len(raw)


def test_what_is_put_aside_is_kept_and_its_number_never_given_again(mailbox: CaughtMailbox) -> None:
    arrive(mailbox, UNIT_ADDRESS, ANSWER_TO)
    with open_caught(mailbox) as folder:
        (lying,) = folder.list_mails()
        assert folder.put_aside(lying)
        assert not folder.put_aside(lying)
        assert (folder.read(lying.uid), folder.read_head(lying.uid)) == (None, None)
    assert holds(mailbox.path, f"<{ANSWER_TO}@x.vn>")
    arrive(mailbox, ANSWER_TO)
    assert uids(mailbox) == [3]


def test_a_folder_made_anew_is_another_folder(mailbox: CaughtMailbox) -> None:
    with open_caught(mailbox) as first, open_caught(mailbox) as again:
        assert first.uid_validity == again.uid_validity
    shutil.rmtree(mailbox.path)
    with open_caught(mailbox) as anew:
        assert anew.uid_validity != first.uid_validity


def test_a_disk_that_refuses_is_told_as_an_outage(mailbox: CaughtMailbox) -> None:
    arrive(mailbox, ANSWER_TO)
    (mailbox.path / "Da-nhan").write_text("không phải thư mục")
    with open_caught(mailbox) as folder, pytest.raises(TransientError, match="hộp thư thử"):
        folder.put_aside(LyingMail(uid=1, size=1, is_seen=False))
