"""A round of reading from a desk: what the settings say, and what happens when nobody answers."""

from collections.abc import Iterator
from pathlib import Path
from smtplib import SMTP

import pytest
from pydantic import SecretStr

from adapters import owners
from adapters.database import migrate
from adapters.imap_client import ImapSettings, ImapTls
from adapters.mail_catcher import MailCatcher
from adapters.mail_store import list_letters
from config.settings import Settings
from models.errors import TransientError, UsageError
from services.alarms import read_alarms
from services.desk import Desk, open_desk
from services.fetching import READER, fetch_mail
from services.inbox import Fetched
from tests.incoming_mails import ANSWER_TO, REPLY_TO, SENDER, UNIT_ADDRESS, VERP, mail
from tests.mail_servers import PASSWORD, Dovecot, missing_programs, running_dovecot
from tests.services.stage import at

NOW = at((12, 5), "09:00")
ADDRESS = "hop-thu@batmot.example"


@pytest.fixture
def settings(tmp_path: Path, free_port: int) -> Settings:
    """A mailbox that nobody serves."""
    made = Settings(
        home=tmp_path, imap_host="127.0.0.1", imap_port=free_port, imap_username=ADDRESS,
        imap_password=SecretStr(PASSWORD), imap_tls="none", reply_address=REPLY_TO,
        sender_address=SENDER,
    )  # fmt: skip
    migrate(made.engine_url)
    return made


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with open_desk(settings, now=NOW) as opened:
        yield opened


def test_without_a_mailbox_nothing_is_read(tmp_path: Path) -> None:
    with open_desk(Settings(home=tmp_path, smtp_host="relay.example"), now=NOW) as desk:
        assert desk.mailbox is None
        assert fetch_mail(desk) == Fetched()


def test_a_mailbox_without_a_password_is_refused(tmp_path: Path) -> None:
    with (
        open_desk(Settings(home=tmp_path, imap_host="a.example"), now=NOW) as desk,
        pytest.raises(UsageError, match="DONDOC_IMAP_PASSWORD"),
    ):
        fetch_mail(desk)


def test_the_mailbox_is_what_the_settings_say(desk: Desk) -> None:
    mailbox = desk.mailbox
    assert isinstance(mailbox, ImapSettings)
    assert (mailbox.account, mailbox.folder) == (f"{ADDRESS}@127.0.0.1", "INBOX")
    assert mailbox.tls is ImapTls.NONE
    assert desk.intake.addresses == (REPLY_TO, SENDER)


def test_a_mailbox_that_cannot_be_read_is_an_alarm(desk: Desk) -> None:
    with pytest.raises(TransientError):
        fetch_mail(desk)
    (alarm,) = read_alarms(desk.engine, commune=desk.commune)
    assert alarm.text.startswith(f"Không đọc được hộp thư {ADDRESS}")


def test_while_another_reads_nothing_is_done(desk: Desk) -> None:
    with owners.living_owner(desk.engine, desk.locks, READER):
        assert fetch_mail(desk) == Fetched()


@pytest.mark.slow
def test_without_a_relay_replies_are_taken_from_the_catcher(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, reply_address=REPLY_TO, sender_address=SENDER)
    migrate(settings.engine_url)
    with (
        open_desk(settings, now=NOW) as desk,
        MailCatcher(settings.mail_folder, clock=lambda: NOW) as catcher,
        SMTP("127.0.0.1", catcher.port, "localhost") as client,
    ):
        for to in (ANSWER_TO, UNIT_ADDRESS, VERP):
            client.sendmail("ai@do.example", [to], mail("Chào", sender="ai@do.example", to=to))
        assert fetch_mail(desk) == Fetched(quarantined=2)
        assert fetch_mail(desk) == Fetched()
    assert [letter.address for letter in list_letters(settings.mail_folder)] == [
        VERP, UNIT_ADDRESS, ANSWER_TO,
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(missing_programs() is not None, reason=str(missing_programs()))
def test_a_mail_is_taken_in_and_the_alarm_about_silence_is_over(settings: Settings) -> None:
    with open_desk(settings, now=NOW) as desk:
        with pytest.raises(TransientError):
            fetch_mail(desk)
        with running_dovecot([ADDRESS]) as dovecot:
            fetched = _fetch_one(settings, dovecot)
        assert fetched.quarantined == 1
        kept = [alarm.dedupe_key for alarm in read_alarms(desk.engine, commune=desk.commune)]
    assert len(kept) == 1
    assert kept[0].startswith("inbox/")


def _fetch_one(settings: Settings, dovecot: Dovecot) -> Fetched:
    dovecot.put(ADDRESS, mail("Chào", sender="ai@do.example", to=REPLY_TO))
    served = settings.model_copy(update={"imap_port": dovecot.imap_port})
    with open_desk(served, now=NOW) as desk:
        return fetch_mail(desk)
