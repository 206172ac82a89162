"""Nothing is said to a relay whose encryption or certificate is not sound."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Taken
from pydantic import SecretStr

from adapters.smtp import RelayLine, RelaySettings, TlsMode, tls_context_for
from adapters.smtp_verdicts import Fault, attempt_of, is_relay_fault
from models.errors import PermanentError
from models.letters import Verdict
from tests.adapters.faulty_relay import FaultyRelay
from tests.adapters.smtp_certificates import Authority, authority
from tests.adapters.smtp_modes import LETTER, A
from tests.adapters.smtp_sending import ENVELOPE, FOLLOWING, LAST, send
from tests.adapters.smtp_tls_modes import (
    BAD_MODES,
    GOOD_MODES,
    LOGIN_MODES,
    TLS_MODES,
    EncryptionMode,
)

NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def signer() -> Authority:
    return authority()


def named(modes: tuple[EncryptionMode, ...]) -> list[object]:
    return [pytest.param(mode, id=mode.name) for mode in modes]


async def two_letters(
    relay: FaultyRelay, mode: EncryptionMode, trusted: ssl.SSLContext
) -> tuple[Fault, Fault]:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # the relay's
    line = RelayLine(mode.settings(relay.port), tls_context=trusted)
    faults = await send(line, announce=FOLLOWING), await send(line, FOLLOWING)
    await line.close()
    return faults


async def outcome(
    mode: EncryptionMode, signer: Authority, folder: Path
) -> tuple[Fault, FaultyRelay]:
    async with mode.relay(signer, folder) as relay:
        first, second = await two_letters(relay, mode, signer.trusted())
        assert (first.verdict, first.code) == (second.verdict, second.code)
    return first, relay


@pytest.mark.parametrize("mode", named((*BAD_MODES, *LOGIN_MODES)))
def test_a_relay_that_is_not_sound_gets_no_password_and_no_letter(
    mode: EncryptionMode, signer: Authority, tmp_path: Path
) -> None:
    fault, relay = asyncio.run(outcome(mode, signer, tmp_path))
    assert (fault.verdict, fault.phase, fault.code) == (Verdict.NOT_SENT, mode.phase, mode.code)
    assert fault.text.startswith("E-SMTP-TLS") == (mode in BAD_MODES), fault.text
    assert "mật khẩu" not in fault.text
    assert set(relay.verbs) <= mode.verbs
    assert relay.letters == []
    assert is_relay_fault(attempt_of(fault, at=NOW))


@pytest.mark.parametrize("mode", named(GOOD_MODES))
def test_a_sound_relay_gets_its_letters_over_one_encrypted_connection(
    mode: EncryptionMode, signer: Authority, tmp_path: Path
) -> None:
    fault, relay = asyncio.run(outcome(mode, signer, tmp_path))
    assert (fault.verdict, len(relay.letters), relay.connections) == (A, 2, 1), fault
    assert ("AUTH" in relay.verbs) == mode.has_login


def test_there_are_enough_modes() -> None:
    assert len({mode.name for mode in TLS_MODES}) == len(TLS_MODES) >= 20


def test_no_plain_connection_leaves_this_machine() -> None:
    with pytest.raises(PermanentError, match="E-SMTP-TLS"):
        RelayLine(RelaySettings(host="mail.example.vn", port=25, tls=TlsMode.NONE))


def test_only_an_encrypted_relay_has_a_context_and_it_checks_names_and_certificates() -> None:
    here = RelaySettings(host="127.0.0.1", port=25, tls=TlsMode.NONE)
    assert tls_context_for(here) is None
    context = tls_context_for(RelaySettings(host="mail.example.vn", port=587))
    assert context is not None
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


class Mailbox:
    """What a real server hands over."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.logins: list[bytes] = []

    def log_in(
        self, _server: SMTP, _session: Session, _taken: Taken, _mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.password)
        return AuthResult(success=given.password == b"secret", handled=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, taken: Taken) -> str:  # noqa: N802
        assert isinstance(taken.content, bytes)
        self.letters.append(taken.content)
        return "250 2.0.0 kept"


async def to_real_server(
    mode: TlsMode, password: str, signer: Authority, folder: Path
) -> tuple[list[Fault], Mailbox]:
    mailbox, loop, tls = Mailbox(), asyncio.get_running_loop(), signer.relay(folder)

    def session() -> SMTP:
        is_starttls = mode is TlsMode.STARTTLS
        return SMTP(
            mailbox, authenticator=mailbox.log_in, auth_required=is_starttls, loop=loop,
            tls_context=tls if is_starttls else None, require_starttls=is_starttls,
            auth_require_tls=is_starttls, hostname="relay",
        )  # fmt: skip

    implicit_tls = tls if mode is TlsMode.IMPLICIT else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=implicit_tls)
    settings = RelaySettings(
        host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls=mode,
        username="commune", password=SecretStr(password),
    )  # fmt: skip
    line = RelayLine(settings, tls_context=signer.trusted())
    faults = [await send(line, e, announce=LAST) for e in (ENVELOPE, FOLLOWING, LAST)]
    await line.close()
    server.close()
    await server.wait_closed()
    return faults, mailbox


@pytest.mark.parametrize("mode", [TlsMode.STARTTLS, TlsMode.IMPLICIT])
@pytest.mark.parametrize("password", ["secret", "wrong"])
def test_a_real_server_takes_letters_after_its_log_in_only(
    mode: TlsMode, password: str, signer: Authority, tmp_path: Path
) -> None:
    faults, mailbox = asyncio.run(to_real_server(mode, password, signer, tmp_path))
    assert set(mailbox.logins) == {password.encode()}, faults
    if password == "secret":
        assert [fault.verdict for fault in faults] == [A] * 3
        assert mailbox.letters == [LETTER] * 3
    else:
        assert {(f.verdict, f.phase, f.code) for f in faults} == {
            (Verdict.NOT_SENT, "auth", 535)
        }  # fmt: skip
        assert mailbox.letters == []
