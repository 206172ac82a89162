"""The relay that takes our letters: where it is, how it is reached, how long we wait for it."""

import ssl
from enum import StrEnum

from pydantic import SecretStr

from models.errors import PermanentError
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
    block_seconds: float = 180
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

    @property
    def name(self) -> str:
        """The relay as people and tables name it."""
        return f"{self.host}:{self.port}"


def require_encryption(settings: RelaySettings) -> None:
    """Refuse a plain connection that would leave this machine.

    Raises:
        PermanentError: ``E-SMTP-TLS``: no encryption to a relay that is not on this machine.
    """
    if settings.tls is TlsMode.NONE and settings.host not in LOOPBACK_HOSTS:
        raise PermanentError(
            f"E-SMTP-TLS: Máy chủ thư {settings.name} không nằm trên máy này, "
            "nên kết nối phải được mã hóa. Đề nghị đặt tls = starttls hoặc implicit."
        )


def tls_context_for(settings: RelaySettings) -> ssl.SSLContext | None:
    """Return the system's authorities for all lines to this relay; None when it is not encrypted.

    Loading the authorities costs 20 ms: once for each process, not for each connection.
    """
    return None if settings.tls is TlsMode.NONE else ssl.create_default_context()
