"""What the kernel knows and the event loop does not yet, still counts for the verdict."""

import asyncio
import socket
import struct
import time

import pytest

from adapters.smtp import SmtpTimeouts
from adapters.smtp_opening import Opened
from adapters.smtp_pipe import RelayPipe
from adapters.smtp_replies import UNREADABLE, ReplyReader
from adapters.smtp_verdicts import Fault
from models.letters import Verdict

SHORT = SmtpTimeouts(block_seconds=0.2, dot_seconds=0.2)
RESET = struct.pack("ii", 1, 0)
SMALL_OCTETS = 4096


async def connected(*, send_buffer: int | None = None) -> tuple[asyncio.Transport, socket.socket]:
    """Our transport, and the relay's end as a plain socket that acts without the event loop."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_OCTETS)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        ours = socket.socket()
        if send_buffer is not None:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        ours.connect(listening.getsockname())
        peer, _ = listening.accept()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    return transport, peer


@pytest.mark.parametrize(
    ("last_words", "verdict", "code"),
    [(b"", Verdict.NOT_SENT, None), (b"552 too big\r\n", Verdict.REFUSED_PERMANENTLY, 552)],
)
def test_a_dot_that_the_kernel_refused_was_not_sent_and_the_last_words_are_read(
    last_words: bytes, verdict: Verdict, code: int | None
) -> None:
    async def run() -> Fault:
        transport, peer = await connected()
        pipe = RelayPipe(Opened(transport, is_pipelining=True), SHORT)
        peer.sendall(last_words)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        peer.close()
        time.sleep(0.02)  # noqa: ASYNC251 - the event loop must not learn of it
        return await pipe.end_letter(None)

    fault = asyncio.run(run())
    assert (fault.verdict, fault.code, fault.breaks_connection) == (verdict, code, True)


@pytest.mark.parametrize(
    ("octets", "send_buffer"),
    [(200_000, None), (15_000, SMALL_OCTETS)],
    ids=["in the kernel", "in this process"],
)
def test_a_letter_that_has_not_left_this_machine_is_not_offered(
    octets: int, send_buffer: int | None
) -> None:
    async def run() -> Fault | None:
        transport, peer = await connected(send_buffer=send_buffer)
        pipe = RelayPipe(Opened(transport, is_pipelining=False), SHORT)
        fault = await pipe.write_letter(b"x" * octets)
        peer.close()
        pipe.abort()
        return fault

    fault = asyncio.run(run())
    assert fault is not None
    assert fault.verdict is Verdict.NOT_SENT


def test_a_flood_of_replies_ends_the_connection() -> None:
    async def run() -> None:
        transport, peer = await connected()
        reader = ReplyReader(transport)
        peer.sendall(b"250 x\r\n" * 20)
        await asyncio.sleep(0.05)
        assert reader.failure == UNREADABLE
        peer.close()

    asyncio.run(run())
