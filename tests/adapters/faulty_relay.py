"""A relay that fails as it is told, one fault for each phase; it speaks the real protocol."""

import asyncio
import ssl
from types import TracebackType
from typing import Self

DROP = "drop"
HANG = "hang"


class FaultyRelay:
    """Answer each verb from ``answers``: a reply, ``DROP`` or ``HANG``; the default is success.

    The keys are greeting, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, RSET, DATA, BODY (while it is
    sent) and DOT. A list is used up, one answer for each time; then the default comes again.
    """

    def __init__(
        self,
        answers: dict[str, str | list[str]] | None = None,
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
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context)
        self.port: int = self._server.sockets[0].getsockname()[1]
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

    def _answer(self, key: str, default: str) -> str:
        answer = self.answers.get(key, default)
        if isinstance(answer, list):
            return answer.pop(0) if answer else default
        return answer

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, key: str, default: str) -> str:
        answer = self._answer(key, default)
        if answer == HANG:
            await asyncio.sleep(60)
        if answer == DROP:
            raise ConnectionError
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        if answer.startswith("421"):
            raise ConnectionError
        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._reply(writer, "greeting", "220 relay")
        while line := await reader.readline():
            verb = line.split()[0].decode().upper() if line.split() else "?"
            self.verbs.append(verb)
            self.lines.append(line.decode().strip())
            if verb == "EHLO":
                lines = "".join(f"250-{e}\r\n" for e in self.extensions)
                await self._reply(writer, "EHLO", f"250-relay\r\n{lines}250 OK")
            elif verb == "STARTTLS":
                await self._reply(writer, "STARTTLS", "220 go ahead")
                assert self.tls is not None
                await writer.start_tls(self.tls)
            elif verb == "DATA":
                if (await self._reply(writer, "DATA", "354 go on")).startswith("354"):
                    await self._take_letter(reader, writer)
            elif verb == "QUIT":
                await self._reply(writer, "QUIT", "221 bye")
                return
            else:
                await self._reply(writer, verb, "235 OK" if verb == "AUTH" else "250 OK")

    async def _take_letter(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if "BODY" in self.answers:
            await reader.readline()
            await self._reply(writer, "BODY", "")
        letter = await reader.readuntil(b"\r\n.\r\n")
        if self._is_taken():
            self.letters.append(letter[:-3])
        await self._reply(writer, "DOT", "250 2.0.0 queued")

    def _is_taken(self) -> bool:
        answer = self.answers.get("BODY", self.answers.get("DOT", "250"))
        return not str(answer[0] if isinstance(answer, list) and answer else answer).startswith(
            ("4", "5")
        )
