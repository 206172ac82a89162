"""Nơi nhận and the signature block (F-54 to F-57, F-59, F-61, F-62, F-76)."""

from models.document_rules import Breaches
from models.nd30_case import Case
from models.nd30_places import is_same_row
from models.vietnamese import fold_key

_END = "cuối văn bản"
_PT_PER_MM = 72 / 25.4


def recipients(case: Case) -> Breaches:
    """F-54 to F-57: the list of recipients."""
    if case.anatomy.is_attachment:
        return
    signing = case.anatomy.signing
    if signing.label is None:
        yield case.breach("F-55", 'Không có "Nơi nhận:".', place=_END)
        return
    yield from _label(case)
    items = signing.recipients
    yield from case.styled("F-56", items)
    for item in items[:-1]:
        if not item.text.startswith("- ") or not item.text.endswith(";"):
            yield case.breach("F-56", 'Nơi nhận không đúng dạng "- …;".', at=item)
    first = case.point("F-54").texts["first"]
    if not items or items[0].text != first:
        yield case.breach("F-54", f'Dòng đầu không phải "{first}".', at=(*items, signing.label)[0])
    if not items or not case.matches("F-57", "last", items[-1].text):
        wrong = 'Dòng cuối không đúng dạng "- Lưu: VT, VHXH.".'
        yield case.breach("F-57", wrong, at=(signing.label, *items)[-1])


def _label(case: Case) -> Breaches:
    signing = case.anatomy.signing
    label = signing.label
    assert label is not None
    yield from case.styled("F-55", [label])
    if label.text != "Nơi nhận:":
        yield case.breach("F-55", 'Phải ghi "Nơi nhận:" có dấu hai chấm.', at=label)
    indent = (label.left_pt or 0) + (label.first_pt or 0)
    if label.left_pt is not None and indent > case.rules.tolerance_mm * _PT_PER_MM:
        yield case.breach("F-55", '"Nơi nhận:" không sát lề trái.', at=label)
    if signing.authority and not case.is_pdf and not is_same_row(label, signing.authority[0]):
        yield case.breach("F-55", '"Nơi nhận:" không ngang hàng với quyền hạn, chức vụ.', at=label)


def authority(case: Case) -> Breaches:
    """F-59 and F-61: TM., KT., TL., TUQ., Q. and the title."""
    if case.anatomy.is_attachment:
        return
    lines = case.anatomy.signing.authority
    yield from case.styled("F-59", lines)
    for line in lines:
        if case.matches("F-59", "unmarked", line.text):
            yield case.breach("F-59", "Thiếu dấu chấm sau chữ viết tắt quyền hạn.", at=line)
    if not lines:
        yield case.breach("F-61", "Không thấy chức vụ của người ký.", place=_END)
        return
    titles = {fold_key(title) for title in case.point("F-61").lists["titles"]}
    last = lines[-1].text
    for mark in ("TM", "KT", "TL", "TUQ", "Q"):
        last = last.removeprefix(f"{mark}. ").removeprefix(f"{mark} ")
    if fold_key(last) not in titles:
        yield case.breach("F-61", "Không phải chức vụ lãnh đạo chính thức.", at=lines[-1])


def signer(case: Case) -> Breaches:
    """F-62: the name, plainly."""
    if case.anatomy.is_attachment:
        return
    line = case.anatomy.signing.signer
    if line is None:
        if case.anatomy.opening.is_draft:
            return
        yield case.breach("F-62", "Không thấy họ tên người ký.", place=_END)
        return
    yield from case.styled("F-62", [line])
    if case.matches("F-62", "honour", line.text):
        yield case.breach("F-62", "Họ tên có học hàm, học vị hoặc danh xưng.", at=line)


def contact_lines(case: Case) -> Breaches:
    """F-76: the address block at the foot."""
    footers = (line for section in case.read.sections for line in section.footer.lines)
    for line in (*footers, *case.anatomy.signing.tail):
        if case.matches("F-76", "form", line.text):
            yield from case.styled("F-76", [line])


CHECKS = (recipients, authority, signer, contact_lines)
