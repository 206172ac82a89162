"""Real signatures on real PDFs: appended as signing programs do, with certificates of our own."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

PLACE = 4096  # bytes left for a signature
BLANK = 9_999_999_999
NOW = datetime(2026, 6, 26, tzinfo=UTC)


def sign_pdf(content: bytes, name: str) -> bytes:
    """Append a signature by somebody of that name over the whole file."""
    unsigned = _with_field(content, name)
    return _filled(unsigned, start=len(content), name=name)


def with_empty_field(content: bytes) -> bytes:
    """Append a signature field that nobody has signed."""
    return _with_field(content, None)


def _with_field(content: bytes, name: str | None) -> bytes:
    writer = PdfWriter(BytesIO(content), incremental=True)
    writer._add_object(TextStringObject("-"))  # pypdf forgets the number of its last xref stream
    page = writer.pages[0]
    annotations = page.get("/Annots", ArrayObject()).get_object()
    field = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"),
        NameObject("/Subtype"): NameObject("/Widget"),
        NameObject("/FT"): NameObject("/Sig"),
        NameObject("/T"): TextStringObject(f"Signature{len(annotations) + 1}"),
        NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
    })  # fmt: skip
    if name is not None:
        field[NameObject("/V")] = writer._add_object(_blank_signature())
    reference = writer._add_object(field)
    page[NameObject("/Annots")] = ArrayObject([*annotations, reference])
    form = writer.root_object.get("/AcroForm", DictionaryObject()).get_object()
    known = form.get("/Fields", ArrayObject())
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([*known, reference])}
    )
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _blank_signature() -> DictionaryObject:
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Sig"),
        NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
        NameObject("/SubFilter"): NameObject("/adbe.pkcs7.detached"),
        NameObject("/ByteRange"): ArrayObject([NumberObject(0), *[NumberObject(BLANK)] * 3]),
        NameObject("/Contents"): ByteStringObject(bytes(PLACE)),
    })  # fmt: skip


def _filled(content: bytes, *, start: int, name: str) -> bytes:
    hole = re.compile(rb"<0{%d}>" % (2 * PLACE)).search(content, start)
    ranges = re.compile(rb"\[ ?0( %d){3} ?\]" % BLANK).search(content, start)
    assert hole is not None
    assert ranges is not None
    first, last = hole.span()
    told = b"[0 %d %d %d]" % (first, last, len(content) - last)
    content = content[: ranges.start()] + told.ljust(len(ranges.group())) + content[ranges.end() :]
    signature = _cms(content[:first] + content[last:], name)
    padded = signature.hex().encode().ljust(2 * PLACE, b"0")
    return content[: first + 1] + padded + content[last - 1 :]


def _cms(signed: bytes, name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(signed)
    return builder.add_signer(certificate, key, hashes.SHA256()).sign(
        Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    )
