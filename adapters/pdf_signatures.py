"""A PDF as what a signing leaves of it: its lines page by page, and its signature fields."""

from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject

from models.errors import PermanentError
from models.vietnamese import nfc

MOST_BYTES = 64_000_000
_HEX_QUOTES = 2  # < and > around the signature's own bytes
_LONG_LENGTH = 0x80


class PdfSignature(NamedTuple):
    """One filled signature field; ``end`` is the last byte signed, counted from 1.

    ``names`` are the common names of the certificates in it; ``is_whole`` says that every byte up
    to ``end`` but the signature itself is signed.
    """

    field: str
    names: tuple[str, ...]
    end: int
    is_whole: bool


class PdfFacts(NamedTuple):
    """What a PDF holds: lines of each page, and signatures in the order of signing."""

    pages: tuple[tuple[str, ...], ...]
    signatures: tuple[PdfSignature, ...]
    empty_fields: tuple[str, ...]
    size: int


def read_pdf_facts(content: bytes) -> PdfFacts:
    """Read a PDF.

    Raises:
        PermanentError: it is no PDF, too large, locked or damaged.
    """
    if not content.startswith(b"%PDF-") or len(content) > MOST_BYTES:
        raise PermanentError("Tệp không phải PDF, hoặc lớn quá 64 MB; hãy chọn lại tệp đã ký.")
    try:
        return _read(PdfReader(BytesIO(content)), content)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError,
            RecursionError, NotImplementedError) as error:  # fmt: skip
        # pypdf meets damage with whatever its parser trips over.
        raise PermanentError("Tệp PDF hỏng, không đọc được; hãy ký và tải lại.") from error


def _read(reader: PdfReader, content: bytes) -> PdfFacts:
    if reader.is_encrypted:
        raise PermanentError("Tệp PDF có mật khẩu; hãy tải lại tệp không đặt mật khẩu.")
    filled, empty = [], []
    for name, field in (reader.get_fields() or {}).items():
        if field.get("/FT") != "/Sig":
            continue
        value = field.get("/V")
        signed = value.get_object() if value is not None else None
        if isinstance(signed, DictionaryObject) and "/ByteRange" in signed:
            filled.append(_signature(name, signed, content))
        else:
            empty.append(name)
    return PdfFacts(
        pages=tuple(_lines(page.extract_text()) for page in reader.pages),
        signatures=tuple(sorted(filled, key=lambda one: one.end)),
        empty_fields=tuple(empty),
        size=len(content),
    )


def _lines(text: str) -> tuple[str, ...]:
    lines = (" ".join(nfc(line).split()) for line in text.splitlines())
    return tuple(line for line in lines if line)


def _signature(name: str, signed: DictionaryObject, content: bytes) -> PdfSignature:
    spans = signed["/ByteRange"].get_object()
    numbers = [int(part) for part in spans] if isinstance(spans, ArrayObject) else []
    own = bytes(signed["/Contents"].get_object().original_bytes)  # type: ignore[union-attr]  # a string
    ranges = list(zip(numbers[::2], numbers[1::2], strict=False))
    end = max((start + length for start, length in ranges), default=0)
    return PdfSignature(
        field=name, names=_names(own), end=end, is_whole=_is_whole(ranges, content, own)
    )


def _is_whole(ranges: list[tuple[int, int]], content: bytes, own: bytes) -> bool:
    """Whether two ranges cover everything but one hole that holds the signature and no more."""
    if len(ranges) != 2 or ranges[0][0] != 0:  # noqa: PLR2004 - before and after the signature
        return False
    ((start, length), (after, rest)) = ranges
    hole = content[start + length : after]
    in_bounds = 0 < length < after and after + rest <= len(content)
    is_own = hole[:1] == b"<" and hole[-1:] == b">" and len(hole) == 2 * len(own) + _HEX_QUOTES
    return in_bounds and is_own


def _names(own: bytes) -> tuple[str, ...]:
    """The common names in the certificates of a signature, the signers' before their issuers'."""
    try:
        found = load_der_pkcs7_certificates(_trimmed(own))
    except ValueError:  # not a CMS signature, or one this library cannot read
        return ()
    issuers = {one.issuer for one in found if one.issuer != one.subject}
    signers = [one for one in found if one.subject not in issuers]
    return tuple(name for one in (signers or found) for name in _common_names(one))


def _common_names(certificate: Certificate) -> list[str]:
    attributes = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [nfc(str(one.value)) for one in attributes]


def _trimmed(own: bytes) -> bytes:
    """Cut the zeros that fill a signature's place: the length stands in the first bytes of DER."""
    if len(own) < 2 or own[1] < _LONG_LENGTH:  # noqa: PLR2004 - tag and length
        return own[: 2 + own[1]] if len(own) > 1 else own
    count = own[1] - _LONG_LENGTH
    return own[: 2 + count + int.from_bytes(own[2 : 2 + count])]


def overlaps(signatures: tuple[PdfSignature, ...]) -> bool:
    """Whether two signatures end at the same byte: one of them signs nothing of its own."""
    return any(one.end == following.end for one, following in pairwise(signatures))
