"""A TCP proxy before a database that cuts the connection at one chosen message of the client."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

COMMIT = b"COMMIT"
CHUNK = 2**16


class Cutter:
    """Cuts once: at the ``ordinal``-th message that holds ``words``, before it goes on or after its answer came.

    An ordinal of 0 never cuts and only counts.
    """

    def __init__(self, port: int, *, words: bytes = COMMIT) -> None:
        self.seen = 0
        self.has_cut = False
        self._target, self._words = port, words
        self._ordinal, self._is_after = 0, False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def arm(self, ordinal: int, *, is_after: bool = False) -> None:
        """Count anew, and cut at that message."""
        with self._lock:
            self.seen, self.has_cut = 0, False
            self._ordinal, self._is_after = ordinal, is_after

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)
        for one in self._sockets:
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._sockets += [client, server]
            threading.Thread(target=self._ask, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        """Pass messages on, and start the answers' way back; each message waits for its answer."""
        silent = threading.Event()
        answers = threading.Thread(target=self._answer, args=(server, client, silent), daemon=True)
        answers.start()
        with suppress(OSError):
            while message := client.recv(CHUNK):
                if not self._is_hit(message):
                    server.sendall(message)
                    continue
                if self._is_after:
                    silent.set()  # before the question: its answer must not slip through
                    server.sendall(message)
                    answers.join(5)
                break
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _answer(
        self, server: socket.socket, client: socket.socket, silent: threading.Event
    ) -> None:
        with suppress(OSError):
            while answer := server.recv(CHUNK):
                if silent.is_set():
                    return
                client.sendall(answer)
            client.shutdown(socket.SHUT_RDWR)

    def _is_hit(self, message: bytes) -> bool:
        with self._lock:
            if self._words not in message:
                return False
            self.seen += 1
            is_hit = self.seen == self._ordinal
            self.has_cut = self.has_cut or is_hit
            return is_hit
