"""Sending letters to a relay over one reused connection, telling exactly how far each got."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Self

from aiosmtplib import SMTP, SMTPResponse
from pydantic import SecretStr

from adapters.smtp_steps import (
    FAULTS,
    checked_address,
    greet,
    open_envelope,
    start_data,
    take_step,
    write_letter,
)
from adapters.smtp_verdicts import SERVICE_CLOSING, Fault, Phase, attempt_of
from models.errors import PermanentError
from models.letters import Attempt, Verdict
from models.values import Value

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class TlsMode(StrEnum):
    """How the connection to the relay is encrypted."""

    NONE = "none"  # loopback only
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class SmtpTimeouts(Value):
    """How long each phase may last (RFC 5321 4.5.3.2)."""

    connect_seconds: float = 30
    command_seconds: float = 300
    data_seconds: float = 120
    dot_seconds: float = 600


class RelaySettings(Value):
    """The relay that takes our letters, and how to reach it."""

    host: str
    port: int
    username: str | None = None
    password: SecretStr | None = None
    tls: TlsMode = TlsMode.STARTTLS
    local_hostname: str = "localhost"
    timeouts: SmtpTimeouts = SmtpTimeouts()


class Mailer:
    """One connection to the relay, opened at the first letter and again when it broke."""

    def __init__(
        self, settings: RelaySettings, *, tls_context: ssl.SSLContext | None = None
    ) -> None:
        """Prepare without connecting; ``tls_context`` replaces the system's authorities.

        Raises:
            PermanentError: ``E-SMTP-TLS``: no encryption to a relay that is not on this machine.
        """
        if settings.tls is TlsMode.NONE and settings.host not in LOOPBACK_HOSTS:
            raise PermanentError(
                f"E-SMTP-TLS: Máy chủ thư {settings.host}:{settings.port} không nằm trên máy này, "
                "nên kết nối phải được mã hóa. Đề nghị đặt tls = starttls hoặc implicit."
            )
        self._settings = settings
        # Loading the authorities costs 20 ms: once for each mailer, not for each letter.
        encrypted = settings.tls is not TlsMode.NONE
        self._tls = (tls_context or ssl.create_default_context()) if encrypted else None
        self._client: SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Say goodbye without waiting for a slow relay, and close the connection."""
        if self._client is not None and self._client.is_connected:
            with suppress(*FAULTS):
                await self._client.quit(timeout=1)
        self._drop()

    async def send(
        self,
        *,
        message: bytes,
        envelope_from: str,
        recipient: str,
        mark: Callable[[], bool],
        now: datetime,
    ) -> Attempt:
        """Send one letter to one recipient and return how far it got; faults never raise.

        ``mark`` is called once, before DATA: it commits the durable mark that the dot may be
        written; False means that the letter is no longer wanted, and nothing is sent.
        """
        fault = await self._transfer(message, envelope_from, recipient, mark)
        if fault.breaks_connection:
            self._drop()
        return attempt_of(fault, at=now)

    async def _transfer(
        self, message: bytes, envelope_from: str, recipient: str, mark: Callable[[], bool]
    ) -> Fault:
        opened = await self._envelope(envelope_from, recipient)
        if isinstance(opened, Fault):
            return opened
        if not self._is_marked(mark):
            return await self._withdrawn(opened)
        refused = await start_data(opened, self._settings.timeouts.data_seconds)
        return refused or await write_letter(opened, message, self._settings.timeouts.dot_seconds)

    def _is_marked(self, mark: Callable[[], bool]) -> bool:
        try:
            return mark()
        except BaseException:
            self._drop()  # the relay holds an envelope that nobody will finish
            raise

    async def _withdrawn(self, client: SMTP) -> Fault:
        refused = await take_step(Phase.RCPT, client.rset())
        if refused is not None:
            self._drop()
        return Fault(phase=Phase.RCPT, verdict=Verdict.NOT_SENT, text="thư không còn cần gửi")

    async def _envelope(self, envelope_from: str, recipient: str) -> SMTP | Fault:
        sender = checked_address(Phase.MAIL, envelope_from)
        receiver = checked_address(Phase.RCPT, recipient)
        if isinstance(sender, Fault):
            return sender
        if isinstance(receiver, Fault):
            return receiver
        was_connected = self._client is not None and self._client.is_connected
        opened = await self._try_envelope(sender, receiver)
        # Relays close idle connections; nothing of this letter was sent, so one new one is free.
        if was_connected and isinstance(opened, Fault) and _is_stale(opened):
            self._drop()
            return await self._try_envelope(sender, receiver)
        return opened

    async def _try_envelope(self, sender: str, recipient: str) -> SMTP | Fault:
        client = await self._connected()
        if isinstance(client, Fault):
            return client
        return await open_envelope(client, sender, recipient) or client

    async def _connected(self) -> SMTP | Fault:
        if self._client is not None and self._client.is_connected:
            return self._client
        self._client = client = self._new_client()
        refused = await take_step(Phase.CONNECT, self._open(client))
        if refused is None and self._settings.username is not None:
            refused = await take_step(Phase.AUTH, self._log_in(client, self._settings.username))
        if refused is not None:
            self._drop()
        return refused or client

    def _new_client(self) -> SMTP:
        return SMTP(
            hostname=self._settings.host,
            port=self._settings.port,
            local_hostname=self._settings.local_hostname,
            timeout=self._settings.timeouts.command_seconds,
            use_tls=self._settings.tls is TlsMode.IMPLICIT,
            start_tls=False,
            tls_context=self._tls,
        )

    async def _open(self, client: SMTP) -> SMTPResponse:
        greeting = await client.connect(timeout=self._settings.timeouts.connect_seconds)
        client.timeout = self._settings.timeouts.command_seconds  # connect() keeps its own
        await greet(client)
        if self._settings.tls is TlsMode.STARTTLS:
            await client.starttls()
            await greet(client)
        return greeting

    async def _log_in(self, client: SMTP, username: str) -> SMTPResponse:
        password = self._settings.password
        secret = password.get_secret_value() if password is not None else ""
        return await client.login(username.encode(), secret.encode())

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def _is_stale(fault: Fault) -> bool:
    return fault.phase is Phase.MAIL and (fault.code is None or fault.code == SERVICE_CLOSING)
