"""Connect, encrypt and log in with aiosmtplib, then take its transport over; pinned to 5.1.3."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from typing import NamedTuple, cast

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponse, SMTPServerDisconnected

from adapters.smtp_settings import RelaySettings, TlsMode
from adapters.smtp_verdicts import TLS_FAULT, Fault, Phase, fault_of

PINNED_AIOSMTPLIB = "5.1.3"  # tests/adapters/test_smtp_opening.py is the contract with it
# What a broken relay, network, certificate or address raises; RecursionError comes from parsers.
FAULTS = (SMTPException, OSError, UnicodeError, ValueError, RecursionError)


class Opened(NamedTuple):
    """A connection on which MAIL may be said."""

    transport: asyncio.Transport
    is_pipelining: bool


async def open_connection(settings: RelaySettings, tls: ssl.SSLContext | None) -> Opened | Fault:
    """Return a connection that is encrypted and logged in as the settings say, or what failed."""
    client = _client(settings, tls)
    try:
        fault = await _set_up(client, settings)
        if fault is None:
            return Opened(_transport_of(client), client.supports_extension("pipelining"))
    except FAULTS as error:
        fault = fault_of(error, Phase.CONNECT)
    except BaseException:
        client.close()
        raise
    with suppress(*FAULTS):
        client.close()
    return fault


async def greet(client: SMTP) -> None:
    """Say EHLO, or HELO to a relay that does not know it."""
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:  # 421: the library has closed the connection
            raise
        await client.helo()


def _client(settings: RelaySettings, tls: ssl.SSLContext | None) -> SMTP:
    return SMTP(
        hostname=settings.host,  # whose name the certificate must show
        local_hostname=settings.local_hostname,
        timeout=settings.timeouts.command_seconds,
        use_tls=settings.tls is TlsMode.IMPLICIT,
        start_tls=False,  # the default, None, goes on in plain text when STARTTLS is stripped
        tls_context=tls,
    )


async def _set_up(client: SMTP, settings: RelaySettings) -> Fault | None:
    fault = await _step(Phase.CONNECT, _connect(client, settings))
    if fault is None and settings.tls is TlsMode.STARTTLS:
        fault = _as_tls_fault(await _step(Phase.CONNECT, client.starttls()))
        fault = fault or await _step(Phase.CONNECT, greet(client))
    if fault is None and settings.username is not None:
        fault = await _step(Phase.AUTH, _log_in(client, settings, settings.username))
    return fault


async def _step(phase: Phase, step: Awaitable[object]) -> Fault | None:
    try:
        await step
    except FAULTS as error:
        return fault_of(error, phase)
    return None


async def _connect(client: SMTP, settings: RelaySettings) -> None:
    """Connect and be greeted: a relay may be slow to greet (RFC 5321 4.5.3.2.1), not to answer."""
    await client.connect(sock=await _dial(settings), timeout=settings.timeouts.command_seconds)
    await greet(client)


async def _dial(settings: RelaySettings) -> socket.socket:
    """Return a socket connected to the first of the relay's addresses that answers."""
    loop = asyncio.get_running_loop()
    refusal = OSError(f"{settings.name}: không có địa chỉ nào")
    found = await loop.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in found:
        dialled = socket.socket(family, kind, protocol)
        dialled.settimeout(0)
        try:
            async with asyncio.timeout(settings.timeouts.connect_seconds):
                await loop.sock_connect(dialled, address)
        except OSError as error:
            refusal = OSError(f"{settings.name}: {str(error) or 'hết giờ kết nối'}")
            dialled.close()
        except BaseException:
            dialled.close()
            raise
        else:
            return dialled
    raise refusal


async def _log_in(client: SMTP, settings: RelaySettings, username: str) -> SMTPResponse:
    secret = settings.password.get_secret_value() if settings.password is not None else ""
    return await client.login(username.encode(), secret.encode())


def _as_tls_fault(fault: Fault | None) -> Fault | None:
    if fault is None or fault.text.startswith(TLS_FAULT):
        return fault
    return fault._replace(text=f"{TLS_FAULT}: {fault.text}")


def _transport_of(client: SMTP) -> asyncio.Transport:
    """Return what carries the connection now; the client must not be used after this."""
    if client.transport is None or client.transport.is_closing():
        raise SMTPServerDisconnected("Connection lost")
    return cast(asyncio.Transport, client.transport)
