"""Digital signatures put into our own PDFs, as signing software leaves them."""

import io

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from adapters.document_reading import read_document
from models.documents import OfficialDocument
from tests.nd30_seeds import pdf_of, report

SIZE_MARK = b"1234567891"
PERSON, AGENCY = "Lê Văn Công", "ỦY BAN NHÂN DÂN XÃ BÁT MỌT"


def form(
    *, image: bool = True, transparent: bool = True, text: str = "", size: int = 10
) -> DecodedStreamObject:
    """An appearance of a signature."""
    look = DecodedStreamObject()
    look.set_data(f"BT /F1 {size} Tf ({text}) Tj ET".encode())
    pictures = DictionaryObject()
    if image:
        picture = DictionaryObject({NameObject("/Subtype"): NameObject("/Image")})
        if transparent:
            picture[NameObject("/SMask")] = NumberObject(1)
        pictures[NameObject("/Im")] = picture
    resources = DictionaryObject({NameObject("/XObject"): pictures})
    look.update({NameObject("/Subtype"): NameObject("/Form"), NameObject("/Resources"): resources})
    return look


def sign(
    writer: PdfWriter,
    name: str,
    box: tuple[float, ...],
    *,
    page: int = 1,
    covers: bytes = SIZE_MARK,
    **shown: object,
) -> None:
    """Put a signature field on a page; its range covers the file unless told."""
    value = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Name"): TextStringObject(name),
            NameObject("/ByteRange"): ArrayObject([NumberObject(0), NumberObject(0), NumberObject(0), NumberObject(int(covers))]),
        }
    )  # fmt: skip
    field = DictionaryObject(
        {
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/T"): TextStringObject(name),
            NameObject("/Rect"): ArrayObject([FloatObject(part) for part in box]),
            NameObject("/V"): writer._add_object(value),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(form(**shown))}),  # type: ignore[arg-type]  # keywords of form
        }
    )  # fmt: skip
    writer.add_annotation(page - 1, field)


def written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    content = buffer.getvalue()
    return content.replace(SIZE_MARK, f"{len(content):010d}".encode())


def opened(document: OfficialDocument) -> PdfWriter:
    return PdfWriter(clone_from=io.BytesIO(pdf_of(document)))


def name_box() -> tuple[int, tuple[float, float, float, float]]:
    """Where the signature stands: the page of the name, and a box above it."""
    lines = read_document(pdf_of(report())).lines
    name = next(line for line in lines if line.text == PERSON)
    assert name.page
    assert name.left
    assert name.right
    assert name.top
    middle = (name.left + name.right) / 2
    return name.page, (middle - 40, name.top + 14, middle + 40, name.top + 54)


def beside(
    box: tuple[float, float, float, float], shift: float
) -> tuple[float, float, float, float]:
    return (box[0] - shift, box[1], box[2] - shift, box[3])
