"""Nothing is said to a relay whose certificate is not trusted."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.smtp import Mailer, RelaySettings, TlsMode
from models.letters import Attempt, Verdict
from tests.adapters.faulty_relay import FaultyRelay

NOW = datetime(2026, 6, 22, 0, 30, tzinfo=UTC)
LETTER = b"Subject: x\r\n\r\nx\r\n"


def relay_settings(port: int, tls: TlsMode) -> RelaySettings:
    return RelaySettings(host="127.0.0.1", port=port, tls=tls)


async def send(mailer: Mailer) -> Attempt:
    return await mailer.send(
        message=LETTER, envelope_from="a@x.vn", recipient="b@x.vn", mark=lambda: True, now=NOW
    )


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the real time
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "relay.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize("mode", [TlsMode.STARTTLS, TlsMode.IMPLICIT])
@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_certificate_decides_before_anything_is_said(
    *, tmp_path: Path, mode: TlsMode, is_trusted: bool
) -> None:
    path = certificate(tmp_path)
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(path)
    client_tls = ssl.create_default_context(cafile=str(path) if is_trusted else None)

    async def run() -> None:
        is_implicit = mode is TlsMode.IMPLICIT
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)  # the server's handshake fails too
        async with (
            FaultyRelay(
                extensions=("STARTTLS",), tls=server_tls, is_implicit=is_implicit
            ) as server,
            Mailer(relay_settings(server.port, mode), tls_context=client_tls) as mailer,
        ):
            attempt = await send(mailer)
            if is_trusted:
                assert (attempt.verdict, len(server.letters)) == (Verdict.ACCEPTED, 1), attempt
            else:
                assert (attempt.verdict, attempt.phase) == (Verdict.NOT_SENT, "connect")
                assert attempt.text.startswith("E-SMTP-TLS")
                assert "MAIL" not in server.verbs

    asyncio.run(run())


def test_a_relay_stripped_of_starttls_gets_nothing() -> None:
    async def run() -> None:
        async with (
            FaultyRelay() as server,
            Mailer(relay_settings(server.port, TlsMode.STARTTLS)) as mailer,
        ):
            attempt = await send(mailer)
            assert (attempt.verdict, attempt.phase) == (Verdict.NOT_SENT, "connect")
            assert attempt.text.startswith("E-SMTP-TLS")
            assert server.verbs == ["EHLO"]

    asyncio.run(run())
