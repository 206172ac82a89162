"""The mailer tells exactly how far a letter got, whatever the relay does."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from adapters.smtp import Mailer, RelaySettings, SmtpTimeouts, TlsMode
from adapters.smtp_verdicts import is_relay_fault
from models.errors import PermanentError
from models.letters import Attempt, Verdict
from tests.adapters.faulty_relay import FaultyRelay

NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
LETTER = b"Subject: x\r\n\r\n.dot\r\n.\r\nend\r\n"
SHORT = SmtpTimeouts(connect_seconds=0.3, command_seconds=0.3, data_seconds=0.3, dot_seconds=0.3)


def yes() -> bool:
    return True


def settings(port: int, **more: object) -> RelaySettings:
    given = {"host": "127.0.0.1", "port": port, "timeouts": SHORT, "tls": TlsMode.NONE} | more
    return RelaySettings.model_validate(given)


async def send(
    mailer: Mailer, mark: Callable[[], bool] = yes, *, to: str = "b@x.vn", message: bytes = LETTER
) -> Attempt:
    return await mailer.send(
        message=message, envelope_from="a@x.vn", recipient=to, mark=mark, now=NOW
    )


async def outcome(answers: dict[str, str | list[str]]) -> tuple[Attempt, int]:
    async with FaultyRelay(answers) as server, Mailer(settings(server.port)) as mailer:
        return await send(mailer), len(server.letters)


A, T, P, N, U = (
    Verdict.ACCEPTED,
    Verdict.REFUSED_TEMPORARILY,
    Verdict.REFUSED_PERMANENTLY,
    Verdict.NOT_SENT,
    Verdict.UNKNOWN,
)


@pytest.mark.parametrize(
    ("key", "answer", "verdict", "phase", "code"),
    [
        ("greeting", "drop", N, "connect", None),
        ("greeting", "hang", N, "connect", None),
        ("greeting", "421 busy", N, "connect", 421),
        ("greeting", "554 no", N, "connect", 554),
        ("greeting", "hello", N, "connect", None),
        ("EHLO", "drop", N, "connect", None),
        ("EHLO", "502 what", A, "data", 250),
        ("MAIL", "421 busy", T, "mail", 421),
        ("MAIL", "450 later", T, "mail", 450),
        ("MAIL", "550 no", P, "mail", 550),
        ("MAIL", "550 5.7.1 not you", N, "mail", 550),
        ("MAIL", "drop", N, "mail", None),
        ("MAIL", "hang", N, "mail", None),
        ("RCPT", "421 busy", T, "rcpt", 421),
        ("RCPT", "450 4.2.2 full", T, "rcpt", 450),
        ("RCPT", "550 5.1.1 unknown", P, "rcpt", 550),
        ("RCPT", "drop", N, "rcpt", None),
        ("RCPT", "hang", N, "rcpt", None),
        ("RCPT", "x" * 40000, N, "rcpt", None),
        ("DATA", "421 busy", T, "data", 421),
        ("DATA", "450 later", T, "data", 450),
        ("DATA", "550 no", P, "data", 550),
        ("DATA", "250 what", N, "data", 250),
        ("DATA", "drop", N, "data", None),
        ("DATA", "hang", N, "data", None),
        ("BODY", "421 busy", T, "data", 421),
        ("BODY", "552 too big", P, "data", 552),
        ("DOT", "252 taken", A, "data", 252),
        ("DOT", "421 busy", T, "data", 421),
        ("DOT", "451 later", T, "data", 451),
        ("DOT", "554 5.7.1 content", P, "data", 554),
        ("DOT", "drop", U, "data", None),
        ("DOT", "hang", U, "data", None),
        ("DOT", "OK queued", U, "data", None),
        ("DOT", "354 what", U, "data", 354),
        ("QUIT", "hang", A, "data", 250),
        ("QUIT", "drop", A, "data", 250),
    ],
)
def test_each_fault_has_its_verdict(  # noqa: PLR0917 - one argument for each column
    key: str, answer: str, verdict: Verdict, phase: str, code: int | None
) -> None:
    attempt, letters = asyncio.run(outcome({key: answer}))
    assert (attempt.verdict, attempt.phase) == (verdict, phase)
    assert attempt.code == code
    assert attempt.at == NOW
    if verdict in {N, T, P}:
        assert letters == 0
    if phase == "connect":
        assert is_relay_fault(attempt)


def test_nobody_listening_is_a_relay_fault() -> None:
    async def run() -> Attempt:
        async with FaultyRelay() as server:
            port = server.port
        async with Mailer(settings(port)) as mailer:
            return await send(mailer)

    attempt = asyncio.run(run())
    assert (attempt.verdict, attempt.phase) == (N, "connect")
    assert is_relay_fault(attempt)


def test_letters_share_one_connection_and_keep_their_dots() -> None:
    async def run() -> None:
        async with FaultyRelay() as server, Mailer(settings(server.port)) as mailer:
            attempts = [await send(mailer) for _ in range(5)]
            assert {a.verdict for a in attempts} == {A}
            assert server.connections == 1
            assert server.letters == [LETTER.replace(b"\r\n.", b"\r\n..")] * 5

    asyncio.run(run())


def test_a_refused_letter_does_not_hinder_the_next_one() -> None:
    async def run() -> None:
        answers: dict[str, str | list[str]] = {
            "RCPT": ["550 5.1.1 no", "250 OK", "drop", "250 OK", "250 OK", "250 OK"],
            "DOT": ["554 content", "250 OK", "drop", "250 OK"],
        }
        async with FaultyRelay(answers) as server, Mailer(settings(server.port)) as mailer:
            verdicts = [(await send(mailer)).verdict for _ in range(7)]
        assert verdicts == [P, P, N, A, U, A, A]

    asyncio.run(run())


@pytest.mark.parametrize("answer", ["drop", "421 4.4.2 idle too long"])
def test_a_stale_connection_is_replaced_unseen(answer: str) -> None:
    async def run() -> None:
        answers: dict[str, str | list[str]] = {"MAIL": ["250 OK", answer]}
        async with FaultyRelay(answers) as server, Mailer(settings(server.port)) as mailer:
            assert [(await send(mailer)).verdict for _ in range(2)] == [A, A]
            assert server.connections == 2

    asyncio.run(run())


def test_a_letter_no_longer_wanted_is_not_sent() -> None:
    async def run() -> None:
        async with FaultyRelay() as server, Mailer(settings(server.port)) as mailer:
            withdrawn = await send(mailer, lambda: False)
            assert (withdrawn.verdict, server.verbs[-1], server.letters) == (N, "RSET", [])
            assert not is_relay_fault(withdrawn)
            assert (await send(mailer)).verdict is A
            assert server.connections == 1

    asyncio.run(run())


def test_the_mark_is_asked_once_and_only_when_the_recipient_was_taken() -> None:
    marks: list[bool] = []

    def mark() -> bool:
        marks.append(True)
        return True

    async def run() -> None:
        async with (
            FaultyRelay({"RCPT": ["550 no"]}) as server,
            Mailer(settings(server.port)) as mailer,
        ):
            await send(mailer, mark)
            assert marks == []
            await send(mailer, mark)
            assert marks == [True]

    asyncio.run(run())


def test_a_mark_that_fails_leaves_no_open_envelope() -> None:
    def mark() -> bool:
        raise LookupError

    async def run() -> None:
        async with FaultyRelay() as server, Mailer(settings(server.port)) as mailer:
            with pytest.raises(LookupError):
                await send(mailer, mark)
            assert (await send(mailer)).verdict is A
            assert (server.connections, len(server.letters)) == (2, 1)

    asyncio.run(run())


@pytest.mark.parametrize(
    "address",
    ["b@y.vn,c@y.vn", "", "b@y.vn> SIZE=1\r\nRCPT TO:<c@y.vn>", "bác@x.vn"],
)
def test_an_address_that_is_not_one_mailbox_never_reaches_the_wire(address: str) -> None:
    async def run() -> None:
        async with FaultyRelay() as server, Mailer(settings(server.port)) as mailer:
            attempt = await send(mailer, to=address)
            assert (attempt.verdict, attempt.phase, server.connections) == (P, "rcpt", 0)

    asyncio.run(run())


def test_no_plain_connection_leaves_this_machine() -> None:
    with pytest.raises(PermanentError, match="E-SMTP-TLS"):
        Mailer(RelaySettings(host="mail.example.vn", port=25, tls=TlsMode.NONE))


def test_a_relay_that_does_not_know_us_burns_no_letter() -> None:
    async def run() -> None:
        password = SecretStr("sai mật khẩu")
        answers: dict[str, str | list[str]] = {"AUTH": "535 5.7.8 wrong"}
        async with (
            FaultyRelay(answers, extensions=("AUTH PLAIN",)) as server,
            Mailer(settings(server.port, username="u", password=password)) as mailer,
        ):
            attempt = await send(mailer)
        assert (attempt.verdict, attempt.phase, attempt.code) == (N, "auth", 535)
        assert is_relay_fault(attempt)
        assert "sai" not in attempt.text

    asyncio.run(run())


def test_an_address_is_sent_in_the_form_of_the_wire() -> None:
    async def run() -> None:
        async with FaultyRelay() as server, Mailer(settings(server.port)) as mailer:
            assert (await send(mailer, to="B@XÃ.vn")).verdict is A
            assert "RCPT TO:<B@xn--x-yfa.vn>" in server.lines

    asyncio.run(run())
