"""The file: macros, links, fonts, digital signatures, scans (F-63 to F-67, F-78, F-84)."""

import re

from models.document_rules import Breaches, Severity
from models.nd30_case import Case, shown_number
from models.nd30_document import SignatureField
from models.vietnamese import fold_key

_PT_PER_MM = 72 / 25.4
_BETWEEN_PT = 20.0


def soundness(case: Case) -> Breaches:
    """F-84: no macros, no links outside, fonts embedded; tags and PDF/A are remarked on."""
    package, allowed = case.read.package, case.point("F-84").lists["allowed"]
    if package.macros:
        yield case.breach("F-84", "Tệp có macro.", place="tệp")
    for link in package.links:
        if not link.startswith(allowed):
            yield case.breach("F-84", "Tệp có liên kết ra ngoài.", place="tệp", quote=link)
    if package.scripts:
        yield case.breach("F-84", "Tệp có mã lệnh JavaScript hoặc tự chạy.", place="tệp")
    for font in package.loose_fonts:
        yield case.breach("F-84", f"Phông {font} không nhúng trong tệp.", place="tệp")
    for fact, name in ((package.tagged, "gắn thẻ (Tagged PDF)"), (package.archival, "PDF/A")):
        if fact is False:
            remark = case.breach("F-84", f"Tệp không phải {name}.", place="tệp")
            yield remark.model_copy(update={"severity": Severity.REMARK})


def signatures(case: Case) -> Breaches:
    """F-65: the signer first, then the agency, and nothing changed after the last."""
    found = sorted(case.read.package.signatures, key=lambda one: one.covers_to)
    if not found or case.anatomy.is_attachment:
        return
    agencies = [_is_agency(case, one) for one in found]
    if len(found) < 2:  # noqa: PLR2004 - the person's and the agency's
        yield case.breach("F-65", "Chỉ có một chữ ký số.", place="chữ ký số", quote=found[0].name)
    elif agencies[0] or not agencies[-1]:
        order = ", ".join(one.name for one in found)
        yield case.breach("F-65", "Thứ tự ký số không đúng.", place="chữ ký số", quote=order)
    if found[-1].covers_to != case.read.package.size or any(one.covers_from for one in found):
        wrong = "Chữ ký số không bao trùm toàn bộ tệp (tệp bị sửa sau khi ký)."
        yield case.breach("F-65", wrong, place="chữ ký số", quote=found[-1].name)


def _is_agency(case: Case, field: SignatureField) -> bool:
    names = tuple(fold_key(name) for name in case.point("F-65").lists["agencies"])
    return fold_key(field.name).startswith(names)


def pictures(case: Case) -> Breaches:
    """F-63 and F-64: the pictures of the signature and of the seal."""
    fields = case.read.package.signatures
    person = next((one for one in fields if not _is_agency(case, one)), None)
    agency = next((one for one in fields if _is_agency(case, one)), None)
    if case.anatomy.is_attachment or person is None:
        return
    wrong = _misplaced(case, person)
    if wrong:
        yield case.breach("F-63", wrong, place=f"trang {person.page}", quote=person.name)
    if agency is not None:
        limits, cover = case.point("F-64").limits, _cover(agency, person)
        to_left = agency.box[0] < person.box[0]
        if not to_left or not limits["least_cover"] <= cover <= limits["most_cover"]:
            share = shown_number(100 * cover)
            wrong = f"Dấu trùm {share}% hình chữ ký{'' if to_left else ', không về bên trái'}."
            yield case.breach("F-64", wrong, place=f"trang {agency.page}", quote=agency.name)


def _misplaced(case: Case, field: SignatureField) -> str:
    if not field.has_image:
        return "Không có hình ảnh chữ ký."
    if not field.image_transparent:
        return "Hình ảnh chữ ký không có nền trong suốt."
    name = case.anatomy.signing.signer
    if name is None or name.left is None or name.right is None or name.top is None:
        return ""
    centre = (field.box[0] + field.box[2]) / 2
    slack = case.point("F-63").limits["off_centre_mm"] * _PT_PER_MM
    above = field.box[1] >= name.top - _BETWEEN_PT and field.page == name.page
    if not above or abs(centre - (name.left + name.right) / 2) > slack:
        return "Hình ảnh chữ ký không ở giữa chức vụ và họ tên."
    return ""


def _cover(agency: SignatureField, person: SignatureField) -> float:
    width = person.box[2] - person.box[0]
    shared = min(agency.box[2], person.box[2]) - max(agency.box[0], person.box[0])
    return max(0.0, shared) / width if width else 0.0


def annex_signatures(case: Case) -> Breaches:
    """F-66 and F-67: how annexes are signed, in a file of their own and in the same file."""
    fields = case.read.package.signatures
    if case.anatomy.is_attachment:
        for field in fields:
            yield from _attachment_signature(case, field)
        return
    pages = [annex.label.page for annex in case.anatomy.annexes if annex.label.page]
    for field in fields:
        if pages and field.page >= min(pages):
            wrong = "Phụ lục cùng tệp có chữ ký số riêng."
            yield case.breach("F-67", wrong, place=f"trang {field.page}", quote=field.name)


def _attachment_signature(case: Case, field: SignatureField) -> Breaches:
    page = case.read.sections[0]
    width, height = page.width_mm * _PT_PER_MM, page.height_mm * _PT_PER_MM
    look, faults = case.point("F-66").look, []
    if field.page != 1 or field.box[0] < width / 2 or field.box[1] < height / 2:
        faults.append("không ở góc trên bên phải trang đầu")
    if field.has_image:
        faults.append("có hình ảnh")
    if not case.matches("F-66", "form", field.text.strip()):
        faults.append("không ghi số, ký hiệu và thời gian ký theo mẫu")
    if field.size_pt not in {None, look.least_pt}:
        faults.append("không phải cỡ chữ 10")
    if faults:
        wrong = f"Chữ ký số {', '.join(faults)}."
        yield case.breach("F-66", wrong, place=f"trang {field.page}", quote=field.text)


def scans(case: Case) -> Breaches:
    """F-78: scanned pages."""
    package, limits = case.read.package, case.point("F-78").limits
    scanned = [image for image in package.images if image.cover >= limits["least_cover"]]
    if package.has_text or not scanned:
        return
    if package.pdf_version is not None and package.pdf_version < limits["least_version"]:
        yield case.breach("F-78", f"PDF phiên bản {package.pdf_version}.", place="tệp")
    for image in scanned:
        if image.dpi < limits["least_dpi"] - 1:
            wrong = f"Bản quét {shown_number(image.dpi)} dpi."
            yield case.breach("F-78", wrong, place=f"trang {image.page}")
        elif not image.in_colour:
            yield case.breach("F-78", "Bản quét không có màu.", place=f"trang {image.page}")


def is_number_form(text: str) -> bool:
    """Tell whether a text is a page number."""
    return re.fullmatch(r"[-–]?\s?\d{1,4}\s?[-–]?", text) is not None


CHECKS = (soundness, signatures, pictures, annex_signatures, scans)
