"""Every way encryption or log-in may fail, and the good ways; reused by the faults."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from adapters.smtp import RelaySettings, SmtpTimeouts, TlsMode
from tests.adapters.faulty_relay import DROP, HANG, Answer, FaultyRelay, Raw
from tests.adapters.smtp_certificates import Authority, authority, self_signed

STARTTLS, AUTH = "STARTTLS", "AUTH PLAIN LOGIN"
INJECTED = b"220 go\r\n250-relay\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"
TIMEOUTS = SmtpTimeouts(connect_seconds=2, command_seconds=2)
SHORT = SmtpTimeouts(connect_seconds=0.3, command_seconds=0.3)
Certificate = Callable[[Authority, Path], ssl.SSLContext]


def sound(signer: Authority, folder: Path) -> ssl.SSLContext:
    return signer.relay(folder)


def expired(signer: Authority, folder: Path) -> ssl.SSLContext:
    return signer.relay(folder, ended=timedelta(hours=1))


def of_another_host(signer: Authority, folder: Path) -> ssl.SSLContext:
    return signer.relay(folder, address="127.0.0.2")


def of_another_authority(_signer: Authority, folder: Path) -> ssl.SSLContext:
    return authority().relay(folder)


def of_its_own(_signer: Authority, folder: Path) -> ssl.SSLContext:
    return self_signed(folder)


@dataclass(frozen=True)
class EncryptionMode:
    """One relay, how the line is told to reach it, and how far it may get."""

    name: str
    mode: TlsMode
    certificate: Certificate | None = sound
    answers: dict[str, Answer] = field(default_factory=dict)
    extensions: tuple[str, ...] = (STARTTLS,)
    has_login: bool = False
    is_sound: bool = False
    phase: str = "connect"
    code: int | None = None
    verbs: frozenset[str] = frozenset({"EHLO", "STARTTLS"})  # that the relay may see at most
    timeouts: SmtpTimeouts = TIMEOUTS

    def relay(self, signer: Authority, folder: Path) -> FaultyRelay:
        """A relay as this mode describes it, with its certificate in the folder."""
        context = self.certificate(signer, folder) if self.certificate is not None else None
        is_implicit = self.mode is TlsMode.IMPLICIT and context is not None
        return FaultyRelay(
            dict(self.answers), extensions=self.extensions, tls=context, is_implicit=is_implicit
        )

    def settings(self, port: int) -> RelaySettings:
        """What a line needs to reach the relay."""
        secret = SecretStr("mật khẩu") if self.has_login else None
        name = "commune" if self.has_login else None
        return RelaySettings(
            host="127.0.0.1", port=port, tls=self.mode, username=name, password=secret,
            timeouts=self.timeouts,
        )  # fmt: skip


starttls = partial(EncryptionMode, mode=TlsMode.STARTTLS)
implicit = partial(EncryptionMode, mode=TlsMode.IMPLICIT, verbs=frozenset[str]())
with_login = frozenset({"EHLO", "STARTTLS", "AUTH"})

BAD_MODES = (
    starttls("STARTTLS absent", extensions=(), verbs=frozenset({"EHLO"})),
    starttls("STARTTLS stripped", extensions=("XXXXXXXX", AUTH), has_login=True,
             verbs=frozenset({"EHLO"})),
    starttls("STARTTLS refused", answers={"STARTTLS": "454 4.7.0 not now"}, code=454),
    starttls("STARTTLS unknown", answers={"STARTTLS": "502 what"}, code=502),
    starttls("STARTTLS, then garbage", answers={"STARTTLS": Raw(b"220 go\r\n", then=DROP)}),
    starttls("STARTTLS, then silent", answers={"STARTTLS": Raw(b"220 go\r\n", then=HANG)},
             timeouts=SHORT),
    starttls("STARTTLS of another authority", certificate=of_another_authority),
    starttls("STARTTLS expired", certificate=expired),
    starttls("STARTTLS of another host", certificate=of_another_host),
    starttls("STARTTLS self-signed", certificate=of_its_own),
    implicit("implicit of another authority", certificate=of_another_authority),
    implicit("implicit expired", certificate=expired),
    implicit("implicit of another host", certificate=of_another_host),
    implicit("implicit self-signed", certificate=of_its_own),
    implicit("implicit to a plain port", certificate=None),
)  # fmt: skip
LOGIN_MODES = (
    starttls("injected before the handshake", answers={"STARTTLS": Raw(INJECTED)},
             has_login=True, phase="auth"),
    starttls("log-in refused", extensions=(STARTTLS, AUTH), answers={"AUTH": "535 5.7.8 no"},
             has_login=True, phase="auth", code=535, verbs=with_login | {"?"}),
    starttls("log-in absent", has_login=True, phase="auth"),
    starttls("log-in dropped", extensions=(STARTTLS, AUTH), answers={"AUTH": DROP},
             has_login=True, phase="auth", verbs=with_login),
)  # fmt: skip
GOOD_MODES = (
    starttls("STARTTLS", is_sound=True),
    starttls("STARTTLS with log-in", extensions=(STARTTLS, AUTH), has_login=True, is_sound=True),
    starttls("STARTTLS pipelined", extensions=(STARTTLS, AUTH, "PIPELINING"), has_login=True,
             is_sound=True),
    implicit("implicit", is_sound=True),
    implicit("implicit with log-in", extensions=(AUTH, "PIPELINING"), has_login=True,
             is_sound=True),
)  # fmt: skip
TLS_MODES = (*BAD_MODES, *LOGIN_MODES, *GOOD_MODES)
