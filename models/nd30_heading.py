"""The head of a document: Quốc hiệu, agency, number, place and date (F-13 to F-31, F-77)."""

import re
from datetime import date

from models.document_rules import Breaches
from models.nd30_case import Case, shown_number
from models.nd30_document import TextLine
from models.nd30_places import is_left_of, is_same_row
from models.vietnamese import fold_key

_PAGE_TOP = "đầu trang 1"
_NUMBER = re.compile(r"^Số\s*:?\s*(?P<number>\d*)\s*(?P<mark>[/-]?)\s*(?P<symbol>.*)$")
_DATE = re.compile(r"ngày\s*(\d*)\s*tháng\s*(\d*)\s*năm\s*(\d*)")
_RATIO_SLACK = 0.005


def country(case: Case) -> Breaches:
    """F-13 to F-18: Quốc hiệu and Tiêu ngữ, their words, faces and line."""
    opening = case.anatomy.opening
    if case.anatomy.is_attachment:
        return
    yield from _exact(case, "F-13", opening.country, "Quốc hiệu")
    yield from case.styled("F-14", [opening.country])
    first = next(iter(opening.agency), None)
    if opening.country and first and not is_left_of(first, opening.country):
        yield case.breach("F-14", "Quốc hiệu không ở bên phải.", at=opening.country)
    yield from _exact(case, "F-15", opening.motto, "Tiêu ngữ")
    yield from case.styled("F-16", [opening.motto])
    if opening.motto is not None:
        yield from rule_breaches(case, "F-17", opening.motto_rule, (opening.motto,))
    yield from _spacing(case)


def _exact(case: Case, point_id: str, line: TextLine | None, name: str) -> Breaches:
    wanted = case.point(point_id).lists["exact"]
    if line is None:
        yield case.breach(point_id, f"Không có {name}.", place=_PAGE_TOP)
    elif line.text.upper() not in {text.upper() for text in wanted}:
        yield case.breach(point_id, f"{name} ghi sai.", at=line)
    elif line.text not in wanted and not line.text.isupper() and name != "Quốc hiệu":
        yield case.breach(point_id, f"{name} ghi sai chữ hoa, chữ thường.", at=line)


def rule_breaches(
    case: Case, point_id: str, length: float | None, lines: tuple[TextLine, ...]
) -> Breaches:
    """Tell a missing line under a text, or one whose length is out of proportion to it."""
    limits = case.point(point_id).limits
    widths = [line.width_pt for line in lines if line.width_pt]
    last = lines[-1]
    if length is None:
        yield case.breach(point_id, "Không có đường kẻ nét liền ở dưới.", at=last)
        return
    low, high = limits["least_ratio"] - _RATIO_SLACK, limits["most_ratio"] + _RATIO_SLACK
    if not any(low <= length / width <= high for width in widths):
        share = shown_number(100 * length / widths[-1]) if widths else "0"
        yield case.breach(point_id, f"Đường kẻ dài {share}% dòng chữ.", at=last)


def _spacing(case: Case) -> Breaches:
    opening, limits = case.anatomy.opening, case.point("F-18").limits
    for line in (opening.country, opening.motto):
        if line is None or line.lines_high is None:
            continue
        if line.lines_high > limits["most_lines"]:
            lines = f"{shown_number(line.lines_high)} dòng"
            yield case.breach("F-18", f"Khoảng cách dòng {lines}, phải là dòng đơn.", at=line)
    gaps = [
        gap
        for line, gap in (
            (opening.country, opening.country and opening.country.after_pt),
            (opening.motto, opening.motto and opening.motto.before_pt),
        )
        if line is not None and gap
    ]
    if sum(gaps) > limits["most_gap_pt"]:
        wrong = f"Quốc hiệu và Tiêu ngữ cách nhau thêm {shown_number(sum(gaps))} pt."
        yield case.breach("F-18", wrong, at=opening.motto)


def agency(case: Case) -> Breaches:
    """F-19 to F-22: the agency above and the issuing agency."""
    opening = case.anatomy.opening
    if case.anatomy.is_attachment:
        return
    yield from case.styled("F-19", opening.parent)
    yield from case.styled("F-20", opening.agency)
    if not opening.agency:
        yield case.breach("F-20", "Không thấy tên cơ quan ban hành.", place=_PAGE_TOP)
        return
    yield from rule_breaches(case, "F-21", opening.agency_rule, opening.agency)
    lists = case.point("F-22").lists
    name = fold_key(opening.agency[0].text)
    own = tuple(fold_key(word) for word in lists["own"])
    units = tuple(fold_key(word) for word in lists["units"])
    if opening.parent and name.startswith(own):
        wrong = "Ủy ban nhân dân xã không ghi cơ quan chủ quản."
        yield case.breach("F-22", wrong, at=opening.parent[0])
    if not opening.parent and name.startswith(units):
        yield case.breach("F-22", "Thiếu tên cơ quan chủ quản trực tiếp.", at=opening.agency[0])


def number(case: Case) -> Breaches:
    """F-23 to F-27: the number and symbol."""
    if case.anatomy.is_attachment:
        return
    line = case.anatomy.opening.number
    if line is None:
        yield case.breach("F-23", "Không có số, ký hiệu văn bản.", place=_PAGE_TOP)
        return
    yield from case.styled("F-23", [line])
    parts = _NUMBER.match(line.text)
    if parts is None or not line.text.startswith("Số:"):
        yield case.breach("F-23", 'Thiếu dấu hai chấm sau từ "Số".', at=line)
    if parts is None:
        return
    yield from _number_forms(case, line, parts)
    yield from _symbol(case, line, parts["symbol"])


def _number_forms(case: Case, line: TextLine, parts: re.Match[str]) -> Breaches:
    if parts["number"] and not case.matches("F-24", "form", parts["number"]):
        yield case.breach("F-24", f"Số {parts['number']} ghi sai.", at=line)
    blank = not parts["number"]
    loose = not blank and re.search(r"\d\s+[/-]|[/-]\s", line.text)
    well = case.matches("F-25", "form", parts["symbol"])
    if parts["mark"] != "/" or loose or not well:
        yield case.breach("F-25", "Số, ký hiệu không đúng dạng số/KÝ-HIỆU.", at=line)
    elif not blank and not case.matches("F-23", "form", line.text):
        yield case.breach("F-23", 'Dòng số không đúng dạng "Số: 08/BC-UBND".', at=line)


def _symbol(case: Case, line: TextLine, symbol: str) -> Breaches:
    first = symbol.split("-", maxsplit=1)[0].strip()
    kinds = set(case.rules.kinds.values())
    if case.anatomy.kind == "CV":
        if first in {*kinds, "CV"}:
            yield case.breach("F-27", f'Ký hiệu công văn có tên loại "{first}".', at=line)
        elif "-" not in symbol:
            yield case.breach("F-27", "Ký hiệu công văn thiếu đơn vị soạn thảo.", at=line)
    elif case.anatomy.kind in kinds and first != case.anatomy.kind:
        wrong = f'Ký hiệu bắt đầu bằng "{first}", phải là "{case.anatomy.kind}".'
        yield case.breach("F-26", wrong, at=line)


def place_and_date(case: Case) -> Breaches:
    """F-29 to F-31: place and date, their form, and a day that exists."""
    if case.anatomy.is_attachment:
        return
    opening = case.anatomy.opening
    line = opening.place_date
    if line is None:
        yield case.breach("F-29", "Không có địa danh và thời gian ban hành.", place=_PAGE_TOP)
        return
    yield from case.styled("F-29", [line])
    if opening.number is not None and not is_same_row(opening.number, line):
        yield case.breach("F-29", "Không cùng dòng với số, ký hiệu.", at=line)
    form = "draft" if opening.is_draft else "form"
    if not case.matches("F-29", form, line.text):
        yield case.breach("F-29", "Địa danh, ngày tháng năm không đúng mẫu.", at=line)
    yield from _day(case, line)


def _day(case: Case, line: TextLine) -> Breaches:
    found = _DATE.search(line.text)
    if found is None:
        return
    day, month, year = found.groups()
    padded = [
        (day, "day", "Ngày"),
        (month, "month", "Tháng"),
    ]
    for digits, form, name in padded:
        if digits and int(digits) and not case.matches("F-30", form, digits):
            yield case.breach("F-30", f"{name} {digits} ghi sai.", at=line)
    if day and month and year and not _exists(int(day), int(month), int(year)):
        yield case.breach("F-31", f"Không có ngày {day}/{month}/{year}.", at=line)


def _exists(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def stamps(case: Case) -> Breaches:
    """F-77: marks of urgency; none of secrecy."""
    lists = case.point("F-77").lists
    allowed = {fold_key(text) for text in lists["allowed"]}
    refused = {fold_key(text) for text in lists["refused"]} - allowed
    lines = [line for line in case.anatomy.opening.stamps if fold_key(line.text) in refused]
    for line in lines:
        yield case.breach("F-77", f'Dấu "{line.text}" không được dùng.', at=line)


CHECKS = (country, agency, number, place_and_date, stamps)
