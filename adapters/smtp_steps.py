"""The steps of one SMTP transaction, each telling its fault; public names of aiosmtplib only."""

import re
from collections.abc import Awaitable

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponse, SMTPServerDisconnected
from aiosmtplib.protocol import normalize_message_line_endings

from adapters.smtp_verdicts import Fault, Phase, fault_of
from models.addresses import check_address
from models.errors import PermanentError
from models.letters import Verdict

START_INPUT = 354
_LEADING_DOT = re.compile(rb"(?m)^\.")
# What a broken relay, network, certificate or address raises; RecursionError comes from parsers.
FAULTS = (SMTPException, OSError, UnicodeError, ValueError, RecursionError)


async def greet(client: SMTP) -> None:
    """Say EHLO, or HELO to a relay that does not know it."""
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def take_step(phase: Phase, step: Awaitable[SMTPResponse]) -> Fault | None:
    """Await a step that sends no letter; return its fault, or None."""
    try:
        await step
    except FAULTS as error:
        return fault_of(error, phase)
    return None


async def open_envelope(client: SMTP, sender: str, recipient: str) -> Fault | None:
    """Say MAIL and RCPT for one recipient; after a refusal the connection is fit for the next."""
    refused = await take_step(Phase.MAIL, client.mail(sender))
    refused = refused or await take_step(Phase.RCPT, client.rcpt(recipient))
    if refused is None or refused.breaks_connection:
        return refused
    reset = await take_step(refused.phase, client.rset())
    return refused.model_copy(update={"breaks_connection": reset is not None})


async def start_data(client: SMTP, timeout_seconds: float) -> Fault | None:
    """Send DATA alone: what fails here has not sent the letter."""
    try:
        reply = await client.execute_command(b"DATA", timeout=timeout_seconds)
    except FAULTS as error:
        return fault_of(error, Phase.DATA)
    if reply.code == START_INPUT:
        return None
    return Fault.refusal(Phase.DATA, code=reply.code, text=reply.message)


async def write_letter(client: SMTP, message: bytes, timeout_seconds: float) -> Fault:
    """Write the letter with its dot and read the verdict; what fails here is unknown."""
    try:
        reply = await _dotted(client, message, timeout_seconds)
    except FAULTS as error:
        fault = fault_of(error, Phase.DATA)
        return fault.model_copy(update={"verdict": Verdict.UNKNOWN, "breaks_connection": True})
    return Fault.verdict_on_letter(code=reply.code, text=reply.message)


def checked_address(phase: Phase, address: str) -> str | Fault:
    """Return the address fit for the wire: the library shortens "b@y.vn,c@y.vn" in silence."""
    try:
        return check_address(address)
    except PermanentError as error:
        return Fault(phase=phase, verdict=Verdict.REFUSED_PERMANENTLY, text=str(error))


async def _dotted(client: SMTP, message: bytes, timeout_seconds: float) -> SMTPResponse:
    if client.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    stuffed = _LEADING_DOT.sub(b"..", normalize_message_line_endings(message))
    client.protocol.write(stuffed + b".\r\n")
    return await client.protocol.read_response(timeout=timeout_seconds)
