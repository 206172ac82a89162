"""What a relay's answer, or its silence, says about one letter."""

import ssl
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self

from aiosmtplib import SMTPResponseException

from models.letters import Attempt, Verdict

SERVICE_CLOSING = 421
MAX_TEXT = 500
TLS_FAULT = "E-SMTP-TLS"


class Phase(StrEnum):
    """Where an attempt ended."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


RELAY_PHASES = frozenset({Phase.CONNECT, Phase.AUTH})


class Fault(NamedTuple):
    """How one attempt ended, and whether its connection is still good."""

    phase: Phase
    verdict: Verdict
    code: int | None = None
    text: str = ""
    breaks_connection: bool = False

    @classmethod
    def refusal(cls, phase: Phase, *, code: int, text: str) -> Self:
        """Return what a reply other than the wanted one means before the letter was written."""
        verdict = _verdict_of(phase, code, text)
        broken = code == SERVICE_CLOSING or verdict is Verdict.NOT_SENT
        return cls(phase=phase, verdict=verdict, code=code, text=text, breaks_connection=broken)

    @classmethod
    def verdict_on_letter(cls, *, code: int, text: str) -> Self:
        """Return what the reply after the dot means: any 2xx accepts (RFC 5321 4.2.1)."""
        verdicts = {
            2: Verdict.ACCEPTED,
            4: Verdict.REFUSED_TEMPORARILY,
            5: Verdict.REFUSED_PERMANENTLY,
        }
        verdict = verdicts.get(code // 100, Verdict.UNKNOWN)
        # An early refusal leaves the rest of the letter in the pipe: never reuse that connection.
        broken = verdict is not Verdict.ACCEPTED
        return cls(
            phase=Phase.DATA, verdict=verdict, code=code, text=text, breaks_connection=broken
        )


def fault_of(error: Exception, phase: Phase) -> Fault:
    """Return what an error means that came before the letter was written."""
    if isinstance(error, SMTPResponseException) and error.code > 0:
        return Fault.refusal(phase, code=error.code, text=printable(error.message))
    prefix = f"{TLS_FAULT}: " if _is_about_tls(error) else ""
    text = printable(f"{prefix}{type(error).__name__}: {error}")
    return Fault(phase=phase, verdict=Verdict.NOT_SENT, text=text, breaks_connection=True)


def readable(lines: Iterable[bytes]) -> str:
    """Return a reply's lines as one text that any database and page can hold."""
    return printable(b" ".join(lines).decode("utf-8", "replace").strip())


def printable(text: str) -> str:
    """Return the text with a space for each control character, line end and lone surrogate."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def attempt_of(fault: Fault, *, at: datetime) -> Attempt:
    """Return the attempt to record."""
    return Attempt(
        verdict=fault.verdict,
        code=fault.code,
        text=fault.text[:MAX_TEXT],
        phase=fault.phase.value,
        at=at,
    )


def is_relay_fault(attempt: Attempt) -> bool:
    """Whether the relay failed rather than this letter: stop sending, burn no letters (2.8)."""
    if attempt.verdict in {Verdict.ACCEPTED, Verdict.REFUSED_PERMANENTLY, Verdict.UNKNOWN}:
        return False
    return attempt.phase in {*RELAY_PHASES, Phase.MAIL} or attempt.code == SERVICE_CLOSING


def _verdict_of(phase: Phase, code: int, text: str) -> Verdict:
    """Return the verdict by code; a relay that refuses *us* says nothing about the letter."""
    refuses_us = phase in RELAY_PHASES or (phase is Phase.MAIL and text.startswith("5.7."))
    verdicts = {4: Verdict.REFUSED_TEMPORARILY, 5: Verdict.REFUSED_PERMANENTLY}
    return Verdict.NOT_SENT if refuses_us else verdicts.get(code // 100, Verdict.NOT_SENT)


def _is_about_tls(error: BaseException) -> bool:
    return any(isinstance(e, ssl.SSLError) or "STARTTLS" in str(e) for e in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
