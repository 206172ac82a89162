"""One document beside one rule set: what every check asks, and how a breach is told."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from models.document_rules import Breach, Breaches, LookRule, Medium, RulePoint, RuleSet
from models.nd30_anatomy import Anatomy
from models.nd30_document import Face, ReadDocument, TextLine
from models.values import Value

_QUOTE = 80
_SHOWN_ROUND = 30


class Case(Value):
    """A read document, its parts, and the rules it is judged by."""

    read: ReadDocument
    anatomy: Anatomy
    rules: RuleSet

    @property
    def is_pdf(self) -> bool:
        """Whether the document is a PDF, which tells no paragraph properties."""
        return self.read.medium is Medium.PDF

    def point(self, point_id: str) -> RulePoint:
        """Return a point of the rule set."""
        return self.rules.point(point_id)

    def matches(self, point_id: str, name: str, text: str) -> bool:
        """Tell whether a text has the form that a point names."""
        return compiled(self.point(point_id).texts[name]).search(text) is not None

    def breach(
        self, point_id: str, wrong: str, *, at: TextLine | None = None, place: str = "",
        quote: str = "",
    ) -> Breach:  # fmt: skip
        """Tell one breach, placed at a line or in words."""
        point = self.point(point_id)
        return Breach(
            point=point_id,
            severity=point.severity,
            place=place or (self.place_of(at) if at is not None else "toàn văn bản"),
            quote=_shortened(quote or (at.text if at is not None else "")),
            wrong=wrong,
            mend=point.mend,
            clause=point.clause,
        )

    def place_of(self, line: TextLine) -> str:
        """Name the place of a line: page, section, paragraph, cell."""
        words = [f"trang {line.page}"] if line.page else []
        if not line.page and len(self.read.sections) > 1:
            words.append(f"phần {line.section + 1}")
        words.append(f"{'dòng' if line.page else 'đoạn'} {line.number}")
        if line.cell:
            words.append(f"bảng {line.cell.table + 1}, hàng {line.cell.row + 1}")
        return ", ".join(words)

    def styled(
        self, point_id: str, lines: Iterable[TextLine | None], look: LookRule | None = None
    ) -> Breaches:
        """Tell each line that does not look as the point wants."""
        rule = look or self.point(point_id).look
        for line in lines:
            if line is None or not line.text:
                continue
            faults = tuple(dict.fromkeys(_faults(line, rule, self.rules.tolerance_pt)))
            if faults:
                yield self.breach(point_id, f"{'; '.join(faults)}.", at=line)


Check = Callable[[Case], Breaches]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern of the rule set."""
    return re.compile(pattern)


def shown_number(number: float) -> str:
    """Write a measure with a comma and at most one decimal."""
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")


def words_near(text: str, start: int, end: int) -> str:
    """Return the words around a hit, to be found by a reader."""
    before, after = max(0, start - _SHOWN_ROUND), end + _SHOWN_ROUND
    return f"{'…' if before else ''}{text[before:after]}{'…' if after < len(text) else ''}"


def first_of(lines: Sequence[TextLine]) -> TextLine | None:
    """Return the first line; None when there is none."""
    return lines[0] if lines else None


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTE else f"{text[:_QUOTE]}…"


def _faults(line: TextLine, rule: LookRule, slack: float) -> list[str]:
    found = [fault for face in line.faces for fault in _face_faults(face, rule, slack)]
    if rule.capitals is not None and line.text.isupper() is not rule.capitals:
        found.append("phải là chữ in hoa" if rule.capitals else "phải là chữ in thường")
    if rule.align is not None and line.align is not None and line.align != rule.align:
        wanted = {"center": "canh giữa", "both": "canh đều hai lề"}.get(rule.align, rule.align)
        found.append(f"phải {wanted}")
    return found


def _face_faults(face: Face, rule: LookRule, slack: float) -> list[str]:
    found = []
    size, least, most = face.size_pt, rule.least_pt, rule.most_pt
    if None not in {size, least, most} and _is_off(size, least, most, slack=slack):
        found.append(f"cỡ chữ {_shown(size)}, phải là {_span(least, most)}")
    if rule.bold is not None and face.bold is not rule.bold:
        found.append("phải đậm" if rule.bold else "không được đậm")
    if rule.italic is not None and face.italic is not rule.italic:
        found.append("phải nghiêng" if rule.italic else "phải là chữ đứng")
    return found


def _is_off(size: float | None, least: float | None, most: float | None, *, slack: float) -> bool:
    return not (least or 0) - slack <= (size or 0) <= (most or 0) + slack


def _shown(number: float | None) -> str:
    return shown_number(number or 0)


def _span(least: float | None, most: float | None) -> str:
    return _shown(least) if least == most else f"{_shown(least)} - {_shown(most)}"
