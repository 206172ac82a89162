"""A loopback mail server that keeps every letter as a file: the mailbox page's other half."""

import asyncio
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mail_folders import DONE_FOLDER

LOOPBACK = "127.0.0.1"
MAX_LETTER_OCTETS = 30 * 1024 * 1024
LETTER_FILE = re.compile(r"(\d{5,})-([0-9a-f]{32})\.eml")
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")
_START_SECONDS = 10
# From a command to the next, or to a letter's end: longer than a sender waits with its dot, less
# than a letter in doubt is watched, so that what a stopped sender writes later comes to nobody.
PATIENCE_SECONDS = 50.0


def holds(folder: Path, message_id: str) -> bool:
    """Whether the folder holds a letter of that Message-ID: the oracle of unknown outcomes."""
    return any(letter_files(folder, f"*-{digest_of_id(message_id)}.eml"))


def letter_files(folder: Path, pattern: str = "*.eml") -> Iterator[Path]:
    """Yield the files of letters, in no order, also of those that were taken in and put aside."""
    for place in (folder, folder / DONE_FOLDER):
        yield from place.glob(pattern)


class MailCatcher:
    """An SMTP server on 127.0.0.1 in a thread of its own; one at a time for each folder.

    ``refuse`` may be replaced while it runs: those addresses get 550 5.1.1.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], datetime],
        port: int = 0,
        refuse: frozenset[str] = frozenset(),
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Prepare without listening; port 0 takes a free one."""
        self.refuse = refuse
        self._folder = folder
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._wanted_port = port
        self._port = 0
        self._last_number = 0
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; 0 before ``start``."""
        return self._port

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)

    def start(self) -> None:
        """Listen; numbering continues after the letters that are already there.

        Raises:
            OSError: the port is taken.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._last_number = max(map(_number, letter_files(self._folder)), default=0)
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-catcher")
        self._thread.daemon = True
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        try:
            self._server = listening.result(_START_SECONDS)
        except BaseException:
            self.stop()
            raise
        self._port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening, drop open connections, and end the thread; doing it twice is fine."""
        if self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)
        self._thread = None
        self._loop.close()

    def holds(self, message_id: str) -> bool:
        """Whether a letter of that Message-ID was accepted."""
        return holds(self._folder, message_id)

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        *arguments: object,
    ) -> str:
        """Accept a recipient, or answer that the mailbox does not exist."""
        address = str(arguments[0])
        if address.lower() in {refused.lower() for refused in self.refuse}:
            return "550 5.1.1 Mailbox does not exist"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep the letter on disk, then accept it."""
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 5.6.0 No content"
        try:
            name = self._keep(envelope, content)
        except OSError as error:
            return f"452 4.3.1 Cannot store: {_NOT_PRINTABLE.sub(' ', str(error))}"
        return f"250 2.0.0 Kept as {name}"

    def _keep(self, envelope: Envelope, content: bytes) -> str:
        """Write, fsync, rename: a letter that was accepted survives the next power cut.

        Runs in the one thread of the server, so numbers are never given twice.
        """
        self._last_number += 1
        message_id = BytesHeaderParser().parsebytes(content[:65536]).get("Message-ID", "")
        target = self._folder / f"{self._last_number:05d}-{digest_of_id(str(message_id))}.eml"
        temporary = target.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(self._envelope_lines(envelope) + content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(self._folder)
        return target.stem

    def _envelope_lines(self, envelope: Envelope) -> bytes:
        recipients = ", ".join(_NOT_PRINTABLE.sub("?", address) for address in envelope.rcpt_tos)
        sender = _NOT_PRINTABLE.sub("?", envelope.mail_from or "")
        received = self._clock().isoformat()
        return (
            f"X-Envelope-From: {sender}\r\nX-Envelope-To: {recipients}\r\n"
            f"X-Received-At: {received}\r\n"
        ).encode("ascii")

    def _session(self) -> SMTP:
        return SMTP(
            self,
            data_size_limit=MAX_LETTER_OCTETS,
            hostname="localhost",
            ident="Dondoc mail catcher",
            timeout=self._patience_seconds,
            loop=self._loop,
        )

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._session, LOOPBACK, self._wanted_port)

    async def _close(self) -> None:
        if self._port:
            self._server.close()
            await self._server.wait_closed()
            self._port = 0
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def digest_of_id(message_id: str) -> str:
    """What names a letter's file beside its number."""
    return hashlib.sha256(message_id.strip().encode("utf-8", "replace")).hexdigest()[:32]


def _number(path: Path) -> int:
    match = LETTER_FILE.fullmatch(path.name)
    return int(match[1]) if match else 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
