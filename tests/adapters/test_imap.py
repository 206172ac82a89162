"""The mailbox by IMAP, against a real Dovecot: read whole, moved aside, nothing deleted."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from adapters.imap import ImapFolder, open_folder
from adapters.imap_client import ImapSettings, ImapTls
from adapters.mail_folders import DONE_FOLDER
from models.errors import PermanentError, TransientError
from tests.mail_servers import PASSWORD, Dovecot, missing_programs, running_dovecot

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing_programs() is not None, reason=str(missing_programs())),
]
ADDRESSES = [f"hop-thu-{n}@batmot.example" for n in range(40)]
RAW = "Subject: Báo cáo\r\n\r\nĐã gửi.\r\n".encode()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot(ADDRESSES) as server:
        yield server


@pytest.fixture(scope="module")
def unused() -> Iterator[str]:
    return iter(ADDRESSES)


@pytest.fixture
def settings(dovecot: Dovecot, unused: Iterator[str]) -> ImapSettings:
    """A mailbox that no other test has touched."""
    return ImapSettings(
        host="127.0.0.1", port=dovecot.imap_port, username=next(unused),
        password=SecretStr(PASSWORD), tls=ImapTls.NONE,
    )  # fmt: skip


def put(dovecot: Dovecot, settings: ImapSettings, *raws: bytes) -> None:
    for raw in raws:
        dovecot.put(settings.username, raw)


def lying(folder: ImapFolder) -> list[int]:
    return [mail.uid for mail in folder.list_mails()]


def test_mails_are_listed_by_uid_with_their_size(dovecot: Dovecot, settings: ImapSettings) -> None:
    put(dovecot, settings, RAW, RAW * 2)
    with open_folder(settings) as folder:
        found = [(mail.uid, mail.size, mail.is_seen) for mail in folder.list_mails()]
        assert found == [(1, len(RAW), False), (2, 2 * len(RAW), False)]
        assert folder.uid_validity > 0
        assert folder.account == f"{settings.username}@127.0.0.1"


def test_an_empty_folder_holds_nothing(settings: ImapSettings) -> None:
    with open_folder(settings) as folder:
        assert lying(folder) == []
        assert folder.read(1) is None
        assert folder.read_head(1) is None


def test_reading_changes_nothing_in_the_mailbox(dovecot: Dovecot, settings: ImapSettings) -> None:
    put(dovecot, settings, RAW)
    with open_folder(settings) as folder:
        assert folder.read(1) == RAW
        assert folder.read_head(1) == RAW.split(b"\r\n\r\n")[0] + b"\r\n\r\n"
        (mail,) = folder.list_mails()
    assert not mail.is_seen


def test_a_mail_put_aside_lies_in_the_done_folder(dovecot: Dovecot, settings: ImapSettings) -> None:
    put(dovecot, settings, RAW, RAW)
    with open_folder(settings) as folder:
        first, second = folder.list_mails()
        assert folder.put_aside(first)
        assert folder.put_aside(second)
        assert lying(folder) == []
    assert dovecot.letters(settings.username, DONE_FOLDER) == [RAW, RAW]


def test_numbers_are_never_given_twice(dovecot: Dovecot, settings: ImapSettings) -> None:
    put(dovecot, settings, RAW)
    with open_folder(settings) as folder:
        folder.put_aside(folder.list_mails()[0])
        validity = folder.uid_validity
    put(dovecot, settings, RAW)
    with open_folder(settings) as folder:
        assert (folder.uid_validity, lying(folder)) == (validity, [2])


def test_where_nothing_can_be_moved_a_mail_is_marked_as_read(
    dovecot: Dovecot, settings: ImapSettings
) -> None:
    put(dovecot, settings, RAW)
    blocked = dovecot.folder / "mail" / settings.username / f".{DONE_FOLDER}"
    blocked.write_text("no folder can be made here")
    with open_folder(settings) as folder:
        assert folder.put_aside(folder.list_mails()[0])
        (mail,) = folder.list_mails()
        assert mail.is_seen
        assert folder.put_aside(mail)
    assert dovecot.letters(settings.username) == [RAW]


def test_others_deleted_mails_are_read_and_never_expunged(
    dovecot: Dovecot, settings: ImapSettings
) -> None:
    put(dovecot, settings, RAW, RAW)
    connection = dovecot.mailbox(settings.username)
    connection.select("INBOX")
    connection.store("1", "+FLAGS", r"(\Deleted)")
    connection.unselect()
    connection.logout()
    with open_folder(settings) as folder:
        assert lying(folder) == [1, 2]
        folder.put_aside(folder.list_mails()[1])
    assert dovecot.letters(settings.username) == [RAW]


def test_a_wrong_password_is_refused_for_good(settings: ImapSettings) -> None:
    wrong = settings.model_copy(update={"password": SecretStr("sai")})
    with pytest.raises(PermanentError, match="E-IMAP-AUTH"), open_folder(wrong):
        pass


def test_a_server_that_is_away_is_asked_again_later(settings: ImapSettings, free_port: int) -> None:
    away = settings.model_copy(update={"port": free_port})
    with pytest.raises(TransientError, match="E-IMAP-AWAY"), open_folder(away):
        pass


def test_a_connection_that_breaks_is_an_outage(dovecot: Dovecot, settings: ImapSettings) -> None:
    put(dovecot, settings, RAW)
    with open_folder(settings) as folder:
        (mail,) = folder.list_mails()
        folder._client.socket().shutdown(2)  # type: ignore[attr-defined] # the wire itself
        with pytest.raises(TransientError):
            folder.read(mail.uid)
        with pytest.raises(TransientError):
            folder.put_aside(mail)
    assert dovecot.letters(settings.username) == [RAW]


def test_passwords_travel_in_the_clear_on_this_machine_only() -> None:
    remote = ImapSettings(
        host="mail.batmot.example", port=143, username="a", password=SecretStr("b"),
        tls=ImapTls.NONE,
    )  # fmt: skip
    with pytest.raises(PermanentError, match="E-IMAP-TLS"), open_folder(remote):
        pass
    with (
        pytest.raises(TransientError),
        open_folder(remote.model_copy(update={"host": "localhost", "port": 1})),
    ):
        pass


@pytest.mark.parametrize("tls", [ImapTls.IMPLICIT, ImapTls.STARTTLS])
def test_the_certificate_must_prove_the_server(
    dovecot: Dovecot, settings: ImapSettings, tls: ImapTls, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = dovecot.imaps_port if tls is ImapTls.IMPLICIT else dovecot.imap_port
    protected = settings.model_copy(update={"tls": tls, "port": port})
    with pytest.raises(TransientError, match="CERTIFICATE"), open_folder(protected):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.folder / "server.crt"))
    with open_folder(protected) as folder:
        assert lying(folder) == []


def test_a_read_only_folder_is_left_as_it_is(dovecot: Dovecot, settings: ImapSettings) -> None:
    put(dovecot, settings, RAW)
    with open_folder(settings) as folder:
        folder._client.select_folder("INBOX", readonly=True)
        folder.is_read_only = True
        assert not folder.put_aside(folder.list_mails()[0])
    assert dovecot.letters(settings.username) == [RAW]
