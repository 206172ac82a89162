"""The body: faces, spacing, one size, and its end (F-41 to F-47, F-51)."""

import re
from collections.abc import Iterator

from models.document_rules import Breaches, LookRule
from models.nd30_case import Case, shown_number
from models.nd30_document import TextLine

SECTION = re.compile(r"^([IVXLC]+)\.\s")
CLAUSE = re.compile(r"^(\d+)\.\s")
_PT_PER_MM = 72 / 25.4
_INDENT_SLACK_PT = 0.5
_SHORT_WORDS = 20


def is_heading(line: TextLine) -> bool:
    """Tell whether a line is a title of its own: numbered or bold, and short."""
    bold = bool(line.faces) and all(face.bold for face in line.faces)
    short = len(line.text.split()) <= 2 * _SHORT_WORDS
    return bold and short and not line.text.endswith((".", ";", ":"))


def prose(case: Case) -> Iterator[TextLine]:
    """Yield the running paragraphs of the body: no titles, no centred lines, no remarks."""
    for line in case.anatomy.body:
        if is_heading(line) or SECTION.match(line.text) or _is_remark(line):
            continue
        yield line


def _is_remark(line: TextLine) -> bool:
    return line.text.startswith("(") and line.text.endswith((")", ")."))


def faces(case: Case) -> Breaches:
    """F-41: upright, justified, 13 to 14 pt."""
    rule = case.point("F-41").look
    quoted = LookRule(least_pt=rule.least_pt, most_pt=rule.most_pt, align=rule.align)
    for line in prose(case):
        italic = line.faces and all(face.italic for face in line.faces)
        partly = not italic and any(face.italic for face in line.faces)
        yield from case.styled("F-41", [line], quoted if partly else rule)


def indents(case: Case) -> Breaches:
    """F-42: the first line goes in 1 cm or 1.27 cm."""
    limits = case.point("F-42").limits
    wanted = [limits[name] * _PT_PER_MM for name in ("first_mm", "second_mm")]
    for line in prose(case):
        if line.first_pt is None or line.left_pt is None:
            continue
        indent = line.first_pt + line.left_pt
        if min(abs(indent - one) for one in wanted) > _INDENT_SLACK_PT:
            shown = shown_number(indent / _PT_PER_MM)
            yield case.breach("F-42", f"Dòng đầu lùi vào {shown} mm.", at=line)


def spacing(case: Case) -> Breaches:
    """F-43 and F-44: space between paragraphs and between lines."""
    slack = case.rules.tolerance_pt
    least = case.point("F-43").limits["least_pt"]
    lines = case.point("F-44").limits
    for line in prose(case):
        gaps = (line.before_pt, line.after_pt)
        if None not in gaps and sum(gap or 0 for gap in gaps) < least - slack:
            gap = shown_number(sum(gap or 0 for gap in gaps))
            yield case.breach("F-43", f"Đoạn cách nhau {gap} pt.", at=line)
        high = line.lines_high
        if (
            high is not None
            and not lines["least_lines"] - 0.02 <= high <= lines["most_lines"] + 0.02
        ):
            yield case.breach(
                "F-44", f"Khoảng cách dòng {high:.2f} dòng.".replace(".", ",", 1), at=line
            )


def one_size(case: Case) -> Breaches:
    """F-45: one size for the whole body."""
    sizes: dict[float, TextLine] = {}
    for line in case.anatomy.body:
        for face in line.faces:
            if face.size_pt is not None:
                sizes.setdefault(face.size_pt, line)
    if len(sizes) > 1:
        shown = ", ".join(shown_number(size) for size in sorted(sizes))
        yield case.breach("F-45", f"Nội dung có các cỡ chữ {shown}.", at=list(sizes.values())[1])


def titles(case: Case) -> Breaches:
    """F-46 and F-47: mục in bold capitals, khoản numbered "1." and bold if titled."""
    limits = case.point("F-47").limits
    for line in case.anatomy.body:
        if SECTION.match(line.text):
            yield from case.styled("F-46", [line])
        elif case.matches("F-47", "wrong", line.text):
            yield case.breach("F-47", 'Khoản phải ghi "1." (số và dấu chấm).', at=line)
        elif case.matches("F-47", "title", line.text):
            bold = all(face.bold for face in line.faces)
            if not bold and len(line.text.split()) <= limits["title_words"]:
                yield case.breach("F-47", "Tiêu đề khoản không đậm.", at=line)


def ending(case: Case) -> Breaches:
    """F-51: the body ends with ./. ."""
    mark = case.point("F-51").texts["ending"]
    if case.anatomy.is_attachment or not case.anatomy.body:
        return
    last = case.anatomy.body[-1]
    if not last.text.endswith(mark):
        yield case.breach("F-51", f'Nội dung không kết thúc bằng "{mark}".', at=last)


CHECKS = (faces, indents, spacing, one_size, titles, ending)
