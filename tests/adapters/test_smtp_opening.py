"""The contract with aiosmtplib: what we use of it, in the version we know."""

import asyncio
import socket

import aiosmtplib
import pytest

from adapters.smtp import RelaySettings, SmtpTimeouts, TlsMode
from adapters.smtp_opening import PINNED_AIOSMTPLIB, Opened, open_connection
from adapters.smtp_pipe import RelayPipe
from adapters.smtp_replies import MAX_REPLY_OCTETS, UNREADABLE, ReplyReader
from adapters.smtp_verdicts import Fault
from tests.adapters.faulty_relay import FaultyRelay, Raw, Script


def settings(port: int) -> RelaySettings:
    return RelaySettings(host="127.0.0.1", port=port, tls=TlsMode.NONE)


async def opened(relay: FaultyRelay) -> Opened:
    found = await open_connection(settings(relay.port), None)
    assert isinstance(found, Opened)
    return found


def test_the_library_is_the_one_that_was_read() -> None:
    assert aiosmtplib.__version__ == PINNED_AIOSMTPLIB


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",), ("SIZE 1", "pipelining", "DSN")])
def test_the_transport_is_ours_and_what_the_relay_can_is_known(
    extensions: tuple[str, ...],
) -> None:
    async def run() -> None:
        async with FaultyRelay(extensions=extensions) as relay:
            connection = await opened(relay)
            assert connection.is_pipelining == (len(extensions) > 0)
            reader = ReplyReader(connection.transport)
            assert connection.transport.get_protocol() is reader
            connection.transport.write(b"NOOP\r\nRSET\r\n")
            replies = [await reader.read(1), await reader.read(1)]
            assert [reply and reply.code for reply in replies] == [250, 250]
            assert relay.verbs == ["EHLO", "NOOP", "RSET"]
            reader.fail("")

    asyncio.run(run())


def test_what_came_before_the_hand_over_is_not_believed() -> None:
    async def run() -> None:
        answers: Script = {"EHLO": Raw(b"250-relay\r\n250 OK\r\n250 forged\r\n")}
        async with FaultyRelay(answers) as relay:
            pipe = RelayPipe(await opened(relay), SmtpTimeouts())
            assert pipe.is_fit_for((b"", b"", b""))
            await asyncio.sleep(0.02)
            assert pipe.is_fit_for((b"", b"", b""))
            pipe.abort()

    asyncio.run(run())


def test_the_library_lets_go_of_a_connection_that_is_taken_over() -> None:
    async def run() -> None:
        async with FaultyRelay() as relay:
            connection = await opened(relay)
            reader = ReplyReader(connection.transport)
            await asyncio.sleep(0.05)  # nothing of the library closes it or speaks
            assert not connection.transport.is_closing()
            assert relay.verbs == ["EHLO"]
            reader.fail("")

    asyncio.run(run())


def test_a_reader_has_room_for_one_long_reply_and_no_more() -> None:
    async def run() -> None:
        longest = b"250-" + b"x" * (MAX_REPLY_OCTETS - 20) + b"\r\n250 end\r\n"
        answers: Script = {"NOOP": [Raw(longest), Raw(b"250-" + b"x" * MAX_REPLY_OCTETS)]}
        async with FaultyRelay(answers) as relay:
            connection = await opened(relay)
            reader = ReplyReader(connection.transport)
            connection.transport.write(b"NOOP\r\nNOOP\r\n")
            first = await reader.read(1)
            assert first is not None
            assert (first.code, len(first.lines)) == (250, 2)
            assert await reader.read(1) is None
            assert reader.failure == UNREADABLE
            assert connection.transport.is_closing()

    asyncio.run(run())


def test_a_relay_that_does_not_answer_the_connection_is_given_up_soon() -> None:
    async def run() -> Opened | Fault:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
            port = busy.getsockname()[1]
            waiting = [socket.socket() for _ in range(4)]
            for one in waiting:
                one.settimeout(0)
                one.connect_ex(("127.0.0.1", port))
            short = SmtpTimeouts(connect_seconds=0.1)
            found = await open_connection(
                settings(port).model_copy(update={"timeouts": short}), None
            )
            for one in waiting:
                one.close()
        return found

    found = asyncio.run(run())
    assert isinstance(found, Fault)
    assert (found.verdict, found.phase) == ("not_sent", "connect")
    assert "hết giờ kết nối" in found.text


def test_a_relay_may_greet_later_than_it_must_answer() -> None:
    class SlowRelay(FaultyRelay):
        async def _reply(self, writer: asyncio.StreamWriter, key: str, default: str) -> str:
            if key == "greeting":
                await asyncio.sleep(0.3)
            return await super()._reply(writer, key, default)

    async def run() -> None:
        async with SlowRelay() as relay:
            short = SmtpTimeouts(connect_seconds=0.1)
            patient = settings(relay.port).model_copy(update={"timeouts": short})
            found = await open_connection(patient, None)
            assert isinstance(found, Opened)
            found.transport.abort()

    asyncio.run(run())
