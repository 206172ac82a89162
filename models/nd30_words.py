"""Words: encodings, names, capitals, tones, numbers, dates, blanks (F-08, F-09, F-71 to F-82)."""

import re
import unicodedata
from collections.abc import Iterator

from models.document_rules import Breaches
from models.nd30_case import Case, compiled, words_near
from models.nd30_document import TextLine
from models.nd30_page import legacy_fonts

_ARROW = " => "
_PLAIN = ("F-71", "F-73", "F-74", "F-80", "F-81", "F-82")
_WRONG = {
    "F-71": "Có cơ quan cấp huyện",
    "F-73": "Chức vụ viết thường trước tên người",
    "F-74": "Viện dẫn viết hoa, viết thường sai",
    "F-80": "Số, tiền tệ ghi sai cách",
    "F-81": "Ngày ghi sai cách",
    "F-82": "Còn chỗ trống hoặc ký hiệu giữ chỗ",
}


def encodings(case: Case) -> Breaches:
    """F-08: no text in TCVN3 or VNI code."""
    point = case.point("F-08")
    patterns = [compiled(pattern) for pattern in point.lists["words"]]
    for line in case.anatomy.text:
        names = legacy_fonts(case, line)
        if names:
            yield case.breach("F-08", f"Phông chữ mã cũ {', '.join(names)}.", at=line)
        elif any(len(p.findall(line.text)) >= point.limits["least_count"] for p in patterns):
            yield case.breach("F-08", "Chữ gõ bằng bảng mã TCVN3 hoặc VNI.", at=line)


def composition(case: Case) -> Breaches:
    """F-09: composed Unicode."""
    for line in case.anatomy.text:
        if not unicodedata.is_normalized("NFC", line.text):
            yield case.breach("F-09", "Chữ ở dạng Unicode tổ hợp.", at=line)


def patterns(case: Case) -> Breaches:
    """F-71, F-73, F-74, F-80 to F-82: what must not be written."""
    for point_id in _PLAIN:
        form = compiled(case.point(point_id).texts["form"])
        for line in case.anatomy.text:
            for found in form.finditer(line.text):
                near = words_near(line.text, *found.span())
                wrong = f"{_WRONG[point_id]}: “{found[0].strip()}”."
                yield case.breach(point_id, wrong, at=line, quote=near)


def capitals(case: Case) -> Breaches:
    """F-72: names as the decree writes them."""
    entries = [entry.split(_ARROW) for entry in case.point("F-72").lists["wrong"]]
    for line in case.anatomy.text:
        for pattern, right in entries:
            for found in compiled(pattern).finditer(line.text):
                wrong = f"Viết “{found[0].strip()}”, phải viết “{right.strip()}”."
                near = words_near(line.text, *found.span())
                yield case.breach("F-72", wrong, at=line, quote=near)


def tones(case: Case) -> Breaches:
    """F-75: one way to place tone marks."""
    texts = case.point("F-75").texts
    first = {name: next(_toned(case, texts[name]), None) for name in ("new", "old")}
    if first["new"] is None or first["old"] is None:
        return
    words = " và ".join(f"“{found[1]}”" for found in first.values() if found)
    yield case.breach("F-75", f"Văn bản dùng cả {words}.", at=first["old"][0])


def _toned(case: Case, pattern: str) -> Iterator[tuple[TextLine, str]]:
    form = compiled(pattern)
    for line in case.anatomy.text:
        for found in form.finditer(line.text.lower()):
            yield line, found[0]


def citations(case: Case) -> Breaches:
    """F-39: a document cited the first time has its day, agency and subject."""
    point = case.point("F-39")
    form, around = compiled(point.texts["cited"]), int(point.limits["around"])
    wanted = {"day": "ngày ban hành", "agency": "cơ quan ban hành", "subject": "trích yếu"}
    seen: set[str] = set()
    for line in (*case.anatomy.opening.grounds, *case.anatomy.body):
        for found in form.finditer(line.text):
            key = re.sub(r"\s+", " ", found[0]).casefold()
            if key in seen:
                continue
            seen.add(key)
            context = line.text[max(0, found.start() - around) : found.end() + around]
            missing = [
                said for name, said in wanted.items()
                if not compiled(point.texts[name]).search(context)
            ]  # fmt: skip
            if missing:
                yield case.breach("F-39", f"“{found[0]}” thiếu {', '.join(missing)}.", at=line)


CHECKS = (encodings, composition, patterns, capitals, tones, citations)
