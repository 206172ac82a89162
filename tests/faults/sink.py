"""A mail server that is the truth of a fault test: what it accepts stands in its log, synced, before it answers.

It shares no code with the product: a log line per letter holds Message-ID, envelope and SHA-256 of the content.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import signal
import sys
import time
from pathlib import Path

_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Truth:
    """The append-only log, and how the server misbehaves."""

    def __init__(
        self,
        log: Path,
        *,
        delay: float,
        die_after: int,
        gate: Path | None = None,
        patience: float | None = None,
    ) -> None:
        self._file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.delay = delay
        self._gate = gate
        self.patience = patience
        self._left = die_after

    def accept(self, sender: str, recipient: str, content: bytes) -> None:
        """Write one letter down for good; then, when told so, die without answering."""
        found = _ID.search(content.partition(b"\r\n\r\n")[0])
        line = {
            "message_id": found[1].decode() if found else "",
            "sender": sender,
            "recipient": recipient,
            "sha256": hashlib.sha256(content).hexdigest(),
            "at": time.monotonic(),
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fdatasync(self._file)
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def open_gate(self) -> None:
        """Say that a letter is here, and hold it until the gate's file appears."""
        if self._gate is not None:
            self._gate.with_suffix(".waiting").touch()
            while not self._gate.exists():  # noqa: ASYNC110 - another process opens it
                await asyncio.sleep(0.01)


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, truth: Truth) -> None:
    """Hold one SMTP session (RFC 5321, with RFC 2920's pipelining)."""
    sender = recipient = ""

    def say(text: str) -> None:
        writer.write(text.encode() + b"\r\n")

    say("220 truth ESMTP")
    while line := await reader.readline():
        verb = line[:4].upper().decode(errors="replace")
        if verb == "EHLO":
            say("250-truth\r\n250-PIPELINING\r\n250 8BITMIME")
        elif verb == "MAIL":
            sender = _address(line)
            say("250 2.1.0 Ok")
        elif verb == "RCPT":
            recipient = _address(line)
            say("250 2.1.5 Ok")
        elif verb == "DATA":
            say("354 End data with <CR><LF>.<CR><LF>")
            await writer.drain()
            async with asyncio.timeout(truth.patience):  # RFC 5321 4.5.3.2: a relay waits so long
                content = await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(truth.delay * random.random())
            await truth.open_gate()
            truth.accept(sender, recipient, content[:-3].replace(b"\r\n..", b"\r\n."))
            await asyncio.sleep(truth.delay * random.random())
            say("250 2.0.0 Ok: queued")
        elif verb == "QUIT":
            say("221 2.0.0 Bye")
            break
        else:
            say("250 2.0.0 Ok")
        await writer.drain()
    writer.close()


def _address(line: bytes) -> str:
    return line.partition(b"<")[2].partition(b">")[0].decode()


async def serve(port: int, truth: Truth) -> None:
    """Listen on the loopback port and print it; forever."""

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer, truth)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", port, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--log", type=Path, required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--delay", type=float, default=0.0)
    options.add_argument("--die-after", type=int, default=0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--gate", type=Path)
    options.add_argument("--patience", type=float)
    chosen = options.parse_args(sys.argv[1:])
    random.seed(chosen.seed)
    truth = Truth(
        chosen.log, delay=chosen.delay, die_after=chosen.die_after, gate=chosen.gate,
        patience=chosen.patience,
    )  # fmt: skip
    asyncio.run(serve(chosen.port, truth))
