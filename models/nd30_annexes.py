"""Annexes: referred to, numbered and titled (F-68, F-69)."""

import re

from models.document_rules import Breaches
from models.nd30_case import Case
from models.nd30_outline import roman_value

_NUMBER = re.compile(r"^phụ lục\s+([IVXLC]+)", re.IGNORECASE)


def references(case: Case) -> Breaches:
    """F-68: the text refers to its annexes; two and more have Roman numbers in order."""
    annexes = case.anatomy.annexes
    if not annexes or case.anatomy.is_attachment:
        return
    text = " ".join(line.text for line in case.anatomy.body)
    if "phụ lục" not in text.lower():
        yield case.breach("F-68", "Nội dung không chỉ dẫn tới phụ lục.", at=annexes[0].label)
    if len(annexes) == 1:
        return
    for place, annex in enumerate(annexes, start=1):
        found = _NUMBER.match(annex.label.text)
        if found is None or roman_value(found[1].upper()) != place:
            yield case.breach("F-68", f"Phụ lục thứ {place} không đánh số La Mã.", at=annex.label)


def titles(case: Case) -> Breaches:
    """F-69: label, title and reference of each annex."""
    point = case.point("F-69")
    for annex in case.anatomy.annexes:
        yield from case.styled("F-69", [annex.label])
        yield from case.styled("F-69", annex.title, point.title_look)
        if not annex.title:
            yield case.breach("F-69", "Phụ lục không có tên.", at=annex.label)
        if annex.reference is None:
            yield case.breach("F-69", 'Không có dòng "(Kèm theo …)".', at=annex.label)
            continue
        yield from case.styled("F-69", [annex.reference], point.reference_look)
        if case.matches("F-69", "filled", annex.reference.text):
            wrong = "Văn bản điện tử để trống số, ngày ở dòng này."
            yield case.breach("F-69", wrong, at=annex.reference)


CHECKS = (references, titles)
