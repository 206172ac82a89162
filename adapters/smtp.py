"""One connection to a relay that stops right before the last dot and tells what came of it."""

import ssl

from adapters.smtp_opening import open_connection
from adapters.smtp_pipe import RelayPipe
from adapters.smtp_settings import (
    RelaySettings,
    SmtpTimeouts,
    TlsMode,
    require_encryption,
    tls_context_for,
)
from adapters.smtp_verdicts import SERVICE_CLOSING, Fault, Phase
from adapters.smtp_wire import Commands, Envelope, envelope_commands, letter_lines
from models.letters import Verdict

__all__ = [
    "Envelope",
    "RelayLine",
    "RelaySettings",
    "SmtpTimeouts",
    "TlsMode",
    "tls_context_for",
]


class RelayLine:
    """A connection for one letter at a time, opened when it is needed and again when it broke.

    ``offer`` brings a letter up to its last dot, ``dot`` ends it: what must be durable before the
    relay can accept is committed between the two.
    """

    def __init__(
        self, settings: RelaySettings, *, tls_context: ssl.SSLContext | None = None
    ) -> None:
        """Prepare without connecting; ``tls_context`` is shared between lines.

        Raises:
            PermanentError: ``E-SMTP-TLS``: no encryption to a relay that is not on this machine.
        """
        require_encryption(settings)
        self._settings = settings
        self._tls = tls_context or tls_context_for(settings)
        self._pipe: RelayPipe | None = None
        self._is_offered = False
        self._following: tuple[Envelope, Commands] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the connection stands, as far as this side can know."""
        return self._pipe is not None and self._pipe.is_open

    async def offer(self, envelope: Envelope, message: bytes) -> Fault | None:
        """Bring a letter to the relay up to its last dot; None when only the dot is missing.

        A fault says that nothing was sent. Connects first if need be; a connection that went
        stale while it was idle is replaced once, unseen.
        """
        commands = self._commands(envelope)
        if isinstance(commands, Fault):
            return commands
        if self._is_offered or (self._pipe is not None and not self._pipe.is_fit_for(commands)):
            self.drop()
        was_open = self._pipe is not None
        try:
            fault = await self._try_offer(commands, message)
            if was_open and fault is not None and _is_stale(fault):
                fault = await self._try_offer(commands, message)
        except BaseException:
            self.drop()
            raise
        self._is_offered = fault is None
        return fault

    async def dot(self, following: Envelope | None = None) -> Fault:
        """End the offered letter and return the relay's verdict on it.

        When the relay pipelines, the envelope of the ``following`` letter goes in the same write;
        the next ``offer`` of an equal envelope only reads its replies.
        """
        pipe = self._pipe
        if pipe is None or not self._is_offered:
            return Fault(phase=Phase.DATA, verdict=Verdict.NOT_SENT, text="Chưa có thư nào chờ.")
        self._is_offered = False
        commands = None
        if following is not None and not isinstance(said := envelope_commands(following), Fault):
            commands = said
            self._following = following, said
        try:
            verdict = await pipe.end_letter(commands)
        except BaseException:
            self.drop()
            raise
        self._leave_if_broken(verdict)
        return verdict

    def drop(self) -> None:
        """Close the connection at once; what was offered is not sent."""
        if self._pipe is not None:
            self._pipe.abort()
        self._pipe = None
        self._is_offered = False

    async def close(self) -> None:
        """Say goodbye without waiting for a slow relay, and close the connection; never raise."""
        try:
            if self._pipe is not None and not self._is_offered:
                await self._pipe.quit()
        finally:
            self.drop()

    def _commands(self, envelope: Envelope) -> Commands | Fault:
        following, self._following = self._following, None
        is_known = following is not None and following[0] is envelope
        return following[1] if following and is_known else envelope_commands(envelope)

    async def _try_offer(self, commands: Commands, message: bytes) -> Fault | None:
        pipe = self._pipe or await self._open()
        if isinstance(pipe, Fault):
            return pipe
        fault = await pipe.say_envelope(commands) or await pipe.write_letter(letter_lines(message))
        self._leave_if_broken(fault)
        return fault

    async def _open(self) -> RelayPipe | Fault:
        opened = await open_connection(self._settings, self._tls)
        if isinstance(opened, Fault):
            return opened
        self._pipe = RelayPipe(opened, self._settings.timeouts)
        return self._pipe

    def _leave_if_broken(self, fault: Fault | None) -> None:
        if fault is not None and fault.breaks_connection:
            self.drop()


def _is_stale(fault: Fault) -> bool:
    return fault.phase is Phase.MAIL and (fault.code is None or fault.code == SERVICE_CLOSING)
