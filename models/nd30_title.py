"""Type name, trích yếu, căn cứ and Kính gửi (F-32 to F-38, F-52, F-53)."""

from models.document_rules import Breaches
from models.nd30_anatomy import CORRESPONDENCE
from models.nd30_case import Case, compiled
from models.nd30_document import TextLine
from models.nd30_heading import rule_breaches
from models.nd30_places import joined
from models.vietnamese import fold_key

_PT_PER_MM = 72 / 25.4
_LABEL = "Kính gửi:"


def type_name(case: Case) -> Breaches:
    """F-32 to F-34: the type name and the trích yếu below it."""
    opening = case.anatomy.opening
    if opening.type_name is None:
        yield case.breach("F-32", "Không có tên loại văn bản.", place="trang 1")
        return
    yield from case.styled("F-32", [opening.type_name])
    if not opening.subject:
        yield case.breach("F-33", "Không có trích yếu dưới tên loại.", at=opening.type_name)
        return
    yield from case.styled("F-33", opening.subject)
    if opening.subject[-1].text.endswith((".", ";", ",")):
        yield case.breach("F-33", "Trích yếu có dấu kết thúc câu.", at=opening.subject[-1])
    yield from rule_breaches(case, "F-34", opening.subject_rule, opening.subject)


def about(case: Case) -> Breaches:
    """F-35 and F-36: V/v of a công văn, and what it must not have."""
    opening = case.anatomy.opening
    yield from _about_line(case)
    if opening.type_name is not None and case.anatomy.kind == CORRESPONDENCE:
        yield case.breach("F-36", "Công văn có tên loại.", at=opening.type_name)
    form = compiled(case.point("F-36").texts["type"])
    for line in case.anatomy.text[:30]:
        if form.search(line.text):
            yield case.breach("F-36", "Công văn có dòng tên loại.", at=line)
    if opening.about_rule is not None:
        yield case.breach("F-36", 'Có đường kẻ dưới "V/v".', at=opening.about[-1])


def _about_line(case: Case) -> Breaches:
    lines = case.anatomy.opening.about
    if not lines:
        yield case.breach("F-35", 'Công văn không có "V/v …" dưới số, ký hiệu.', place="trang 1")
        return
    yield from case.styled("F-35", lines)
    first, wanted = lines[0], case.point("F-35").limits["before_pt"]
    if not first.text.startswith("V/v "):
        yield case.breach("F-35", 'Phải ghi "V/v" và một dấu cách.', at=first)
    if first.before_pt is not None and abs(first.before_pt - wanted) > case.rules.tolerance_pt:
        yield case.breach("F-35", f"Cách trên {first.before_pt:g} pt, phải là 6 pt.", at=first)


def length_of_subject(case: Case) -> Breaches:
    """F-37: a short trích yếu."""
    opening, limits = case.anatomy.opening, case.point("F-37").limits
    lines = opening.about or opening.subject
    text = joined(lines)
    words = len(text.split())
    if lines and (words > limits["most_words"] or len(text) > limits["most_letters"]):
        yield case.breach("F-37", f"Trích yếu dài {words} từ, {len(text)} ký tự.", at=lines[0])


def grounds(case: Case) -> Breaches:
    """F-38 and F-40: the căn cứ."""
    lines = case.anatomy.opening.grounds
    yield from case.styled("F-38", lines)
    for line in lines[:-1]:
        if not line.text.endswith(";"):
            yield case.breach("F-38", 'Căn cứ không kết thúc bằng ";".', at=line)
    if lines and not lines[-1].text.endswith("."):
        yield case.breach("F-38", 'Căn cứ cuối cùng không kết thúc bằng ".".', at=lines[-1])
    for line in lines:
        if case.matches("F-40", "form", line.text):
            yield case.breach("F-40", "Luật, Pháp lệnh ghi cả số hoặc cơ quan.", at=line)


def address(case: Case) -> Breaches:
    """F-52 and F-53: Kính gửi where a document goes to somebody, and not in a plan."""
    lines = case.anatomy.opening.address
    if lines:
        yield case.breach("F-53", 'Kế hoạch có dòng "Kính gửi".', at=lines[0])
    if not lines:
        yield case.breach("F-52", 'Không có "Kính gửi:".', place="trang 1")
        return
    yield from case.styled("F-52", lines)
    first, rest = lines[0], [line for line in lines[1:] if not line.text.startswith("(")]
    if not first.text.startswith(_LABEL):
        yield case.breach("F-52", 'Phải ghi "Kính gửi:" có dấu hai chấm.', at=first)
    if not rest and fold_key(first.text) in {"kinh gui:", "kinh gui"}:
        yield case.breach("F-52", 'Không có nơi nhận sau "Kính gửi:".', at=first)
    if rest:
        yield from _listed(case, first, rest)


def _listed(case: Case, first: TextLine, rest: list[TextLine]) -> Breaches:
    if first.text.rstrip() != _LABEL:
        yield case.breach("F-52", "Từ hai nơi nhận, mỗi nơi phải xuống dòng.", at=first)
    for line in rest[:-1]:
        if not line.text.startswith("- ") or not line.text.endswith(";"):
            yield case.breach("F-52", 'Nơi nhận không đúng dạng "- …;".', at=line)
    if not rest[-1].text.startswith("- ") or not rest[-1].text.endswith("."):
        yield case.breach("F-52", 'Nơi nhận cuối không đúng dạng "- ….".', at=rest[-1])
    yield from _dashes(case, first, rest)


def _dashes(case: Case, first: TextLine, rest: list[TextLine]) -> Breaches:
    """The dashes stand under the colon (a paragraph's place is known in DOCX only)."""
    slack = case.point("F-52").limits["dash_mm"] * _PT_PER_MM
    if first.left_pt is None or first.align == "center":
        return
    colon = first.left_pt + (first.first_pt or 0) + first.width_pt
    for line in rest:
        dash = (line.left_pt or 0) + (line.first_pt or 0)
        if line.left_pt is not None and abs(dash - colon) > slack + first.width_pt / 10:
            yield case.breach("F-52", "Gạch đầu dòng không thẳng dưới dấu hai chấm.", at=line)
            return


CHECKS = (type_name, about, length_of_subject, grounds, address)
