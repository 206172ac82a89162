"""A relay that fails as it is told, one fault for each phase; it speaks the real protocol."""

import asyncio
import socket
import ssl
import struct
from dataclasses import dataclass
from types import TracebackType
from typing import Self

DROP = "drop"  # close, politely when nothing is unread
RESET = "reset"
HANG = "hang"
STALL = "stall"  # hang, and read nothing any more
HANG_SECONDS = 60


@dataclass(frozen=True)
class Raw:
    """Octets instead of one whole reply, and what follows them."""

    octets: bytes = b""
    then: str = ""  # one of the words above
    keeps: bool = False  # after the dot: whether the letter was taken; other answers: unless 4, 5
    is_slow: bool = False  # octet by octet


Answer = str | Raw
Script = dict[str, Answer | list[Answer | None]]


@dataclass
class Talk:
    """One connection: what was agreed on it so far."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    has_sender: bool = False
    has_recipient: bool = False

    def forget(self) -> None:
        self.has_sender = self.has_recipient = False


class FaultyRelay:
    """Answer each verb from ``answers``: a reply, ``Raw`` or a word above; the default is success.

    The keys are greeting, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, RSET, DATA, BODY (while it is
    sent), DOT, AFTER (behind the answer to the dot) and QUIT. A list is used up, one answer for
    each time, None for the default; then the default comes again.
    """

    def __init__(
        self,
        answers: Script | None = None,
        *,
        extensions: tuple[str, ...] = (),
        tls: ssl.SSLContext | None = None,
        is_implicit: bool = False,
    ) -> None:
        self.answers = dict(answers or {})
        self.extensions = extensions
        self.tls = tls
        self.is_implicit = is_implicit
        self.letters: list[bytes] = []
        self.verbs: list[str] = []
        self.lines: list[str] = []
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        context = self.tls if self.is_implicit else None
        # With its protocol named, asyncio switches Nagle's algorithm off: replies leave at once.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._server = await asyncio.start_server(
            self._talk, sock=listening, ssl=context, limit=2**25
        )
        self.port: int = listening.getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _answer(self, key: str, default: str) -> Answer:
        answer = self.answers.get(key, default)
        if isinstance(answer, list):
            return (answer.pop(0) if answer else None) or default
        return answer

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(Talk(reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, key: str, default: str) -> str:
        return await self._say(writer, self._answer(key, default))

    async def _say(self, writer: asyncio.StreamWriter, answer: Answer) -> str:
        if isinstance(answer, Raw):
            await self._write(writer, answer)
            await self._follow(writer, answer.then)
            return answer.octets.decode("latin-1")
        await self._follow(writer, answer)
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        if answer.startswith("421"):
            raise ConnectionError
        return answer

    async def _write(self, writer: asyncio.StreamWriter, raw: Raw) -> None:
        step = 1 if raw.is_slow else max(len(raw.octets), 1)
        for start in range(0, len(raw.octets), step):
            writer.write(raw.octets[start : start + step])
            await writer.drain()
            await asyncio.sleep(0.001 if raw.is_slow else 0)

    async def _follow(self, writer: asyncio.StreamWriter, word: str) -> None:
        if word == DROP:
            raise ConnectionError
        if word == RESET:
            at_once = struct.pack("ii", 1, 0)
            peer = writer.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            writer.transport.abort()
            raise ConnectionError
        if word == STALL:
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # a reading transport
        if word in {HANG, STALL}:
            await asyncio.sleep(HANG_SECONDS)

    async def _serve(self, talk: Talk) -> None:
        await self._reply(talk.writer, "greeting", "220 relay")
        while line := await talk.reader.readline():
            verb = line.split()[0].decode().upper() if line.split() else "?"
            self.verbs.append(verb)
            self.lines.append(line.decode().strip())
            await self._obey(talk, verb)
            if verb == "QUIT":
                return

    async def _obey(self, talk: Talk, verb: str) -> None:
        if verb == "STARTTLS":
            await self._reply(talk.writer, verb, "220 go ahead")
            assert self.tls is not None
            await talk.writer.start_tls(self.tls)
            return
        said = await self._reply(talk.writer, verb, self._default(talk, verb))
        if verb in {"EHLO", "HELO", "RSET"}:
            talk.forget()
        if verb == "MAIL":
            talk.has_sender = talk.has_sender or said.startswith("2")
        if verb == "RCPT":
            talk.has_recipient = talk.has_recipient or said.startswith("2")
        if verb == "DATA" and said.startswith("354"):
            await self._take_letter(talk)
            talk.forget()

    def _default(self, talk: Talk, verb: str) -> str:
        """Return what a relay says that keeps to RFC 5321: envelopes have their order."""
        lines = "".join(f"250-{e}\r\n" for e in self.extensions)
        refusals = {
            "MAIL": "503 5.5.1 nested MAIL" if talk.has_sender else "",
            "RCPT": "" if talk.has_sender else "503 5.5.1 need MAIL",
            "DATA": "" if talk.has_recipient else "554 5.5.1 no valid recipients",
        }
        replies = {
            "EHLO": f"250-relay\r\n{lines}250 OK",
            "AUTH": "235 OK",
            "DATA": "354 go on",
            "QUIT": "221 bye",
        }
        return refusals.get(verb) or replies.get(verb, "250 OK")

    async def _take_letter(self, talk: Talk) -> None:
        if await self._interrupt(talk):
            await talk.reader.readuntil(b"\r\n.\r\n")
            return
        letter = await talk.reader.readuntil(b"\r\n.\r\n")
        answer = self._answer("DOT", "250 2.0.0 queued")
        if answer.keeps if isinstance(answer, Raw) else not answer.startswith(("4", "5")):
            self.letters.append(letter[:-3])
        await self._say(talk.writer, answer)
        if after := self._answer("AFTER", ""):
            await self._say(talk.writer, after)

    async def _interrupt(self, talk: Talk) -> bool:
        """Speak while the letter is being sent; whether that refuses it."""
        answer = self._answer("BODY", "")
        if answer:
            await talk.reader.readline()
            await self._say(talk.writer, answer)
        return bool(answer)
