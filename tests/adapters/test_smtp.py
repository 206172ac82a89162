"""The line tells exactly how far a letter got, whatever the relay does."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.smtp import Envelope, RelayLine, RelaySettings, TlsMode
from adapters.smtp_verdicts import Fault
from models.letters import Verdict
from tests.adapters.faulty_relay import FaultyRelay
from tests.adapters.smtp_modes import FAULT_MODES, LETTER, A, FaultMode, N
from tests.adapters.smtp_sending import ENVELOPE, FOLLOWING, LAST, send

AT_A_TIME = 12
WAYS = ("one by one", "pipelined", "announced")


@dataclass(frozen=True)
class Outcome:
    """What the line said, what the relay took, and how the next letter fared."""

    fault: Fault
    taken: int
    following: Fault
    following_taken: int


@asynccontextmanager
async def listening(mode: FaultMode, way: str) -> AsyncIterator[FaultyRelay]:
    before = 1 if way == "announced" else 0
    async with mode.relay(is_pipelining=way != "one by one", letters_before=before) as relay:
        yield relay


async def outcome(mode: FaultMode, way: str) -> Outcome:
    async with listening(mode, way) as relay:
        port = relay.port if mode.is_listening else free_port()
        line = RelayLine(mode.settings(port))
        first = int(way == "announced")
        if first:
            assert (await send(line, LAST, announce=ENVELOPE)).verdict is A
        fault = await send(line, message=mode.letter, mark_seconds=mode.mark_seconds)
        taken = len(relay.letters) - first
        following = await send(line, FOLLOWING)
        following_taken = len(relay.letters) - first - taken
        await line.close()
        assert not line.is_open
    return Outcome(fault, taken, following, following_taken)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


def cases() -> Iterator[tuple[FaultMode, str]]:
    for mode in FAULT_MODES:
        for way in WAYS:
            if way == "one by one" and mode.needs_pipelining:
                continue
            if way != "announced" or mode.is_of_an_envelope:
                yield mode, way


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], Outcome]:
    """All modes, several at a time: most of their time is waiting."""

    async def run() -> dict[tuple[str, str], Outcome]:
        room = asyncio.Semaphore(AT_A_TIME)

        async def one(mode: FaultMode, way: str) -> Outcome:
            async with room:
                return await outcome(mode, way)

        todo = list(cases())
        done = await asyncio.gather(*(one(*case) for case in todo))
        return {(mode.name, way): out for (mode, way), out in zip(todo, done, strict=True)}

    return asyncio.run(run())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "way"), [pytest.param(*case, id=f"{case[0].name}-{case[1]}") for case in cases()]
)
def test_each_fault_has_its_verdict_and_hinders_no_other_letter(
    outcomes: dict[tuple[str, str], Outcome], mode: FaultMode, way: str
) -> None:
    found = outcomes[mode.name, way]
    if way == "announced" and mode.looks_stale:  # an idle connection that ended costs nothing
        assert (found.fault.verdict, found.taken) == (A, 1)
    else:
        assert (found.fault.verdict, found.fault.phase, found.fault.code) == (
            mode.verdict, mode.phase, mode.code,
        ), found.fault  # fmt: skip
        assert found.taken == mode.taken
    assert found.fault.text.isprintable()
    expected = (A, 1) if mode.is_listening else (N, 0)
    assert (found.following.verdict, found.following_taken) == expected, found.following


def test_there_are_enough_modes() -> None:
    assert len({mode.name for mode in FAULT_MODES}) == len(FAULT_MODES) >= 60


def line_to(relay: FaultyRelay) -> RelayLine:
    return RelayLine(RelaySettings(host="127.0.0.1", port=relay.port, tls=TlsMode.NONE))


PIPELINING = ("PIPELINING",)


@pytest.mark.parametrize("extensions", [(), PIPELINING])
def test_letters_share_one_connection_and_keep_their_dots(extensions: tuple[str, ...]) -> None:
    async def run() -> None:
        async with FaultyRelay(extensions=extensions) as relay:
            line = line_to(relay)
            for envelope in (ENVELOPE, FOLLOWING, LAST):
                assert (await send(line, envelope, announce=FOLLOWING)).verdict is A
                line.drop() if envelope is FOLLOWING else None
            assert relay.letters == [LETTER.replace(b"\r\n.", b"\r\n..")] * 3
            await line.close()

    asyncio.run(run())


def test_an_announced_envelope_is_said_once_and_behind_the_dot() -> None:
    async def run() -> None:
        async with FaultyRelay(extensions=PIPELINING) as relay:
            line = line_to(relay)
            assert await line.offer(ENVELOPE, LETTER) is None
            assert relay.letters == []
            assert (await line.dot(FOLLOWING)).verdict is A
            equal = Envelope(sender=FOLLOWING.sender, recipient=FOLLOWING.recipient)
            assert (await send(line, equal)).verdict is A
            assert relay.verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2]
            assert relay.connections == 1
            await line.close()
            assert relay.verbs[-1] == "QUIT"

    asyncio.run(run())


def test_another_letter_than_the_announced_one_gets_a_new_connection() -> None:
    async def run() -> None:
        async with FaultyRelay(extensions=PIPELINING) as relay:
            line = line_to(relay)
            assert (await send(line, announce=FOLLOWING)).verdict is A
            assert (await send(line, LAST)).verdict is A
            await line.close()
            assert (relay.connections, len(relay.letters)) == (2, 2)
            assert "RCPT TO:<d@x.vn>" in relay.lines

    asyncio.run(run())


def test_an_envelope_that_nobody_follows_up_is_dropped() -> None:
    async def run() -> None:
        async with FaultyRelay(extensions=PIPELINING) as relay:
            line = line_to(relay)
            assert (await send(line, announce=FOLLOWING)).verdict is A
            await line.close()
            assert "QUIT" not in relay.verbs
            assert len(relay.letters) == 1

    asyncio.run(run())


def test_what_was_offered_is_not_sent_when_it_is_dropped_or_forgotten() -> None:
    async def run() -> None:
        async with FaultyRelay() as relay:
            line = line_to(relay)
            assert await line.offer(ENVELOPE, LETTER) is None
            line.drop()
            assert (await line.dot()).verdict is N
            assert await line.offer(ENVELOPE, LETTER) is None
            await line.close()
            assert await line.offer(ENVELOPE, LETTER) is None
            assert (await send(line, FOLLOWING)).verdict is A
            await line.close()
        assert len(relay.letters) == 1

    asyncio.run(run())


@pytest.mark.parametrize("answer", ["drop", "reset", "421 4.4.2 idle too long"])
@pytest.mark.parametrize("extensions", [(), PIPELINING])
def test_a_stale_connection_is_replaced_unseen(answer: str, extensions: tuple[str, ...]) -> None:
    async def run() -> None:
        async with FaultyRelay({"MAIL": [None, answer]}, extensions=extensions) as relay:
            line = line_to(relay)
            assert [(await send(line)).verdict for _ in range(2)] == [A, A]
            assert relay.connections == 2
            await line.close()

    asyncio.run(run())


def test_a_relay_that_speaks_unasked_between_two_letters_is_not_believed() -> None:
    async def run() -> None:
        async with FaultyRelay({"AFTER": ["250 and the next one too"]}) as relay:
            line = line_to(relay)
            assert (await send(line)).verdict is A
            await asyncio.sleep(0.02)
            assert (await send(line)).verdict is A
            assert relay.connections == 2
            await line.close()

    asyncio.run(run())


def test_a_cancelled_offer_leaves_no_half_letter() -> None:
    async def run() -> None:
        async with FaultyRelay({"DATA": ["hang"]}) as relay:
            line = line_to(relay)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await line.offer(ENVELOPE, LETTER)
            assert not line.is_open
            assert (await send(line)).verdict is A
            assert len(relay.letters) == 1
            await line.close()

    asyncio.run(run())


def test_a_refused_recipient_costs_no_connection() -> None:
    async def run() -> None:
        for extensions in ((), PIPELINING):
            async with FaultyRelay({"RCPT": ["550 no", "450 no"]}, extensions=extensions) as relay:
                line = line_to(relay)
                verdicts = [(await send(line)).verdict for _ in range(3)]
                assert verdicts == [
                    Verdict.REFUSED_PERMANENTLY, Verdict.REFUSED_TEMPORARILY, A
                ]  # fmt: skip
                assert (relay.connections, relay.verbs.count("RSET")) == (1, 2)
                await line.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "address",
    ["b@y.vn,c@y.vn", "", "b@y.vn> SIZE=1\r\nRCPT TO:<c@y.vn>", "bác@x.vn", "b@y.vn\n"],
)
def test_an_address_that_is_not_one_mailbox_never_reaches_the_wire(address: str) -> None:
    async def run() -> None:
        async with FaultyRelay(extensions=PIPELINING) as relay:
            line = line_to(relay)
            wrong = Envelope(sender="", recipient=address)
            refused = await line.offer(wrong, LETTER)
            assert refused is not None
            assert (refused.verdict, refused.phase) == (Verdict.REFUSED_PERMANENTLY, "rcpt")
            assert relay.connections == 0
            assert (await send(line, announce=wrong)).verdict is A
            assert relay.verbs == ["EHLO", "MAIL", "RCPT", "DATA"]
            await line.close()

    asyncio.run(run())


def test_an_address_is_sent_in_the_form_of_the_wire_and_no_sender_as_the_null_path() -> None:
    async def run() -> None:
        async with FaultyRelay() as relay:
            line = line_to(relay)
            assert (await send(line, Envelope(sender="", recipient="B@XÃ.vn"))).verdict is A
            assert relay.lines[1:3] == ["MAIL FROM:<>", "RCPT TO:<B@xn--x-yfa.vn>"]
            await line.close()

    asyncio.run(run())
