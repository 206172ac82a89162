"""What a PDF holds beside text: fonts, links, scripts, signatures, pictures."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject, PdfObject

from models.nd30_document import PageImage, SignatureField

_EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")
_COLOURS = frozenset({"/DeviceRGB", "/ICCBased", "/CalRGB", "/DeviceCMYK", "/Indexed"})
_POINTS_PER_INCH = 72
_AREA_PARTS = 4


class Placed(NamedTuple):
    """A picture or form drawn on a page, with its size there in points."""

    name: str
    width: float
    height: float


def version_of(reader: PdfReader) -> float:
    """Return the version of the PDF format, e.g. 1.7."""
    return float(reader.pdf_header.removeprefix("%PDF-")[:3])


def members(holder: object, key: str) -> DictionaryObject:
    """Return the dictionary under a key, empty when there is none."""
    inner = holder.get(key) if isinstance(holder, DictionaryObject) else None
    found = inner.get_object() if isinstance(inner, PdfObject) else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _numbers(holder: DictionaryObject, key: str) -> list[float]:
    inner = holder.get(key)
    found = inner.get_object() if inner is not None else None
    return [float(part) for part in found] if isinstance(found, list) else []


def fonts_of(reader: PdfReader) -> list[tuple[str, bool]]:
    """Return each font's name and whether it is embedded, once each."""
    found: dict[str, bool] = {}
    for page in reader.pages:
        for reference in members(members(page, "/Resources"), "/Font").values():
            font = reference.get_object()
            if isinstance(font, DictionaryObject):
                name = str(font.get("/BaseFont", "/?")).removeprefix("/")
                found[name] = _is_embedded(font)
    return list(found.items())


def _is_embedded(font: DictionaryObject) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    if "/DescendantFonts" in font:
        font = font["/DescendantFonts"].get_object()[0].get_object()  # type: ignore[index]  # an array
    return any(key in members(font, "/FontDescriptor") for key in _EMBEDDED)


def links_of(reader: PdfReader) -> Iterator[str]:
    """Yield the addresses that annotations open."""
    for page in reader.pages:
        for annotation in _annotations(page):
            action = members(annotation, "/A")
            if "/URI" in action:
                yield str(action["/URI"])
            elif action.get("/S") in {"/GoToR", "/Launch"}:
                yield str(action.get("/F", "?"))


def _annotations(page: PageObject) -> Iterator[DictionaryObject]:
    found = page.get("/Annots")
    for reference in found.get_object() if found is not None else ():
        annotation = reference.get_object()
        if isinstance(annotation, DictionaryObject):
            yield annotation


def runs_scripts(reader: PdfReader) -> bool:
    """Tell whether the file runs JavaScript or something else when opened."""
    root = members(reader.trailer, "/Root")
    opening = members(root, "/OpenAction")
    scripted = "/JavaScript" in members(root, "/Names") or "/AA" in root
    return scripted or opening.get("/S") in {"/JavaScript", "/Launch"}


def signature_fields(reader: PdfReader) -> Iterator[SignatureField]:
    """Yield each digital signature that has been set."""
    for number, page in enumerate(reader.pages, start=1):
        for annotation in _annotations(page):
            value = members(annotation, "/V")
            if annotation.get("/FT") == "/Sig" and "/ByteRange" in value:
                yield _signature(annotation, value, number)


def _signature(annotation: DictionaryObject, value: DictionaryObject, page: int) -> SignatureField:
    parts = [int(part) for part in _numbers(value, "/ByteRange")]
    left, bottom, right, top = _numbers(annotation, "/Rect")
    look = members(members(annotation, "/AP"), "/N")
    images = list(_pictures(look))
    text, size = _shown(look)
    return SignatureField(
        name=str(value.get("/Name", annotation.get("/T", ""))),
        page=page,
        box=(min(left, right), min(bottom, top), max(left, right), max(bottom, top)),
        covers_from=parts[0],
        covers_to=parts[2] + parts[3] if len(parts) == _AREA_PARTS else parts[0] + parts[1],
        has_image=bool(images),
        image_transparent=any("/SMask" in image or "/Mask" in image for image in images),
        text=text,
        size_pt=size,
    )


def _pictures(form: DictionaryObject) -> Iterator[DictionaryObject]:
    for reference in members(members(form, "/Resources"), "/XObject").values():
        inner = reference.get_object()
        if not isinstance(inner, DictionaryObject):
            continue
        if inner.get("/Subtype") == "/Image":
            yield inner
        else:
            yield from _pictures(inner)


def _shown(form: DictionaryObject) -> tuple[str, float | None]:
    """Return the literal text that an appearance draws, and its size."""
    content = form.get_data().decode("latin-1") if hasattr(form, "get_data") else ""
    drawn = content.replace("\n", " ").split("Tj")[:-1]
    words = [part[part.rfind("(") + 1 : part.rfind(")")] for part in drawn]
    size = None
    before = content.split(" Tf")[0].split()
    if words and before:
        size = float(before[-1])
    return " ".join(words), size


def images_on(
    page: PageObject, placed: Sequence[Placed], *, number: int, area: float
) -> Iterator[PageImage]:
    """Yield the pictures drawn on a page, with their share of it and their resolution."""
    pictures = members(members(page, "/Resources"), "/XObject")
    for one in placed:
        picture = pictures[one.name].get_object() if one.name in pictures else None
        if not isinstance(picture, DictionaryObject) or picture.get("/Subtype") != "/Image":
            continue
        space = picture.get("/ColorSpace")
        kind = space.get_object() if space is not None else None
        name = str(kind[0]) if isinstance(kind, list) and kind else str(kind)
        yield PageImage(
            page=number,
            cover=one.width * one.height / area,
            dpi=float(picture["/Width"]) * _POINTS_PER_INCH / (one.width or 1),  # type: ignore[arg-type]  # a number
            in_colour=name in _COLOURS,
        )
