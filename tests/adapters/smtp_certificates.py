"""Certificates of a relay: a good one, and each kind that must not be believed."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFETIME = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Who signs certificates, or is said to."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def trusted(self) -> ssl.SSLContext:
        """What a client knows that believes this authority only."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def relay(
        self, folder: Path, *, address: str = "127.0.0.1", ended: timedelta = -LIFETIME
    ) -> ssl.SSLContext:
        """What a relay shows that has a certificate for this address, ended so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = _builder(key, self.certificate.subject, ended=ended)
        return _context(folder, key, builder.add_extension(names, critical=False), self.key)


def authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    usage = x509.KeyUsage(
        key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    builder = _builder(key, _name("authority"), name="authority").add_extension(
        constraints, critical=True
    )
    return Authority(key, builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()))


def self_signed(folder: Path) -> ssl.SSLContext:
    """What a relay shows that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = _builder(key, _name("relay")).add_extension(names, critical=False)
    return _context(folder, key, builder, key)


def _builder(
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    *,
    name: str = "relay",
    ended: timedelta = -LIFETIME,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the real time
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * LIFETIME)
        .not_valid_after(now - ended)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _context(
    folder: Path,
    key: ec.EllipticCurvePrivateKey,
    builder: x509.CertificateBuilder,
    signer: ec.EllipticCurvePrivateKey,
) -> ssl.SSLContext:
    pem, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "relay.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password)
        + builder.sign(signer, hashes.SHA256()).public_bytes(pem)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context
