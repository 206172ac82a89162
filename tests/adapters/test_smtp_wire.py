"""A letter is one letter for every server, and an address one mailbox."""

import asyncio
import re

import pytest
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Taken
from hypothesis import given
from hypothesis import strategies as st

from adapters.smtp import RelayLine, RelaySettings, TlsMode
from adapters.smtp_verdicts import Fault
from adapters.smtp_wire import Envelope, envelope_commands, letter_lines
from models.addresses import check_address
from models.errors import PermanentError
from tests.adapters.smtp_modes import A
from tests.adapters.smtp_sending import send

SECOND = b"MAIL FROM:<e@x.vn>\r\nRCPT TO:<f@x.vn>\r\nDATA\r\nforged\r\n.\r\n"
SMUGGLED = [
    end + SECOND for end in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r",
                             b"\r\n.\r\n", b"\r\n\x00.\r\n", b"\n\r.\n\r", b"\r\r\n.\r\r\n")
]  # fmt: skip
octets = st.lists(
    st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\r\n.", b"\n.", b"\xc3"])
).map(b"".join)


@given(octets)
def test_a_letter_has_no_end_inside_and_reads_back_with_its_lines(letter: bytes) -> None:
    lines = letter_lines(letter)
    on_the_wire = lines + b".\r\n"
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", on_the_wire)
    assert on_the_wire.index(b"\r\n.\r\n") == len(on_the_wire) - 5
    read = re.sub(rb"(?m)^\.", b"", lines)
    wanted = re.sub(rb"\r\n|\r|\n", b"\r\n", letter)
    assert read == wanted if wanted.endswith(b"\r\n") else read == wanted + b"\r\n"


def test_a_letter_that_needs_no_change_is_not_copied() -> None:
    letter = b"From: a.b@x.vn\r\n\r\nQUJD\r\n"
    assert letter_lines(letter) is letter


class Mailbox:
    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, taken: Taken) -> str:  # noqa: N802
        assert isinstance(taken.content, bytes)
        self.letters.append(taken.content)
        return "250 kept"


@pytest.mark.parametrize("inside", SMUGGLED)
def test_a_smuggled_letter_stays_inside_the_one_that_carries_it(inside: bytes) -> None:
    async def run() -> list[bytes]:
        mailbox, loop = Mailbox(), asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(mailbox, loop=loop, hostname="relay"), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        line = RelayLine(RelaySettings(host="127.0.0.1", port=port, tls=TlsMode.NONE))
        assert (await send(line, message=b"Subject: x\r\n\r\nhello" + inside)).verdict is A
        await line.close()
        server.close()
        await server.wait_closed()
        return mailbox.letters

    (letter,) = asyncio.run(run())
    assert letter.endswith(b"forged\r\n.\r\n")


locals_ = st.from_regex(r"[A-Za-z0-9.!_+=-]{0,70}", fullmatch=True)
domains = st.from_regex(r"[a-zA-Z0-9.-]{0,20}(\.[a-z0-9]{0,4})?|xã\.vn", fullmatch=True)
addresses = st.one_of(st.builds("{}@{}".format, locals_, domains), st.text(max_size=20))


@given(addresses, addresses)
def test_an_envelope_says_what_the_rule_of_addresses_allows(sender: str, recipient: str) -> None:
    said = envelope_commands(Envelope(sender=sender, recipient=recipient))
    wanted = [checked(sender) if sender else "", checked(recipient)]
    if isinstance(said, Fault):
        assert None in wanted
        assert said.phase == ("mail" if wanted[0] is None else "rcpt")
    else:
        expected = [f"MAIL FROM:<{wanted[0]}>", f"RCPT TO:<{wanted[1]}>", "DATA"]
        assert [command.decode() for command in said] == [f"{line}\r\n" for line in expected]


def checked(address: str) -> str | None:
    try:
        return check_address(address)
    except PermanentError:
        return None
