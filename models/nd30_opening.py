"""The opening of an official document, from Quốc hiệu to căn cứ."""

import re
from collections.abc import Callable, Sequence

from models.document_rules import RuleSet
from models.nd30_document import TextLine
from models.nd30_places import glued, is_left_of, is_like, is_same_column, rule_under
from models.values import Value
from models.vietnamese import fold_key

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_ADDRESS, _GROUND = "kinh gui", "can cu"
_ABOUT = re.compile(r"^v\s?/\s?v\b", re.IGNORECASE)
_STAMP = re.compile(r"^[A-ZĐÀ-Ỹ ]{3,24}$")
_BLANK_DAY = re.compile(r"ngày\s+tháng", re.IGNORECASE)
LineClaim = Callable[[TextLine], bool]
_LONGEST_OPENING = 45
_LONGEST_DATE = 80
_MOST_SUBJECT_LINES = 8


class Opening(Value):
    """The parts of the opening; rules are lengths of drawn lines in points."""

    country: TextLine | None = None
    motto: TextLine | None = None
    parent: tuple[TextLine, ...] = ()
    agency: tuple[TextLine, ...] = ()
    number: TextLine | None = None
    about: tuple[TextLine, ...] = ()
    place_date: TextLine | None = None
    type_name: TextLine | None = None
    type_key: str = ""
    subject: tuple[TextLine, ...] = ()
    address: tuple[TextLine, ...] = ()
    grounds: tuple[TextLine, ...] = ()
    stamps: tuple[TextLine, ...] = ()
    motto_rule: float | None = None
    agency_rule: float | None = None
    subject_rule: float | None = None
    about_rule: float | None = None

    @property
    def is_draft(self) -> bool:
        """Whether the place of the number is still blank, or of the day where no number stands."""
        if self.number is None:
            return (
                self.place_date is not None and _BLANK_DAY.search(self.place_date.text) is not None
            )
        return re.search(r"\d\s*/", self.number.text) is None


def find_opening(lines: Sequence[TextLine], rules: RuleSet) -> tuple[Opening, int]:
    """Return the parts of the opening, and the index of the first line after it."""
    type_at, type_key = _type_name(lines, rules)
    address_at = _first(lines, lambda line: fold_key(line.text).startswith(_ADDRESS))
    bounds = [at for at in (type_at, address_at) if at is not None]
    head = lines[: min(bounds, default=min(len(lines), _LONGEST_OPENING))]
    country = _found(head, lambda line: is_like(line.text, COUNTRY, least=0.8))
    motto = _found(head, lambda line: is_like(line.text, MOTTO, least=0.75))
    number = _found(head, _is_number)
    place_date = _found(head, _is_place_date)
    about = _about(head)
    left = _agency(head, country, number)
    parent, agency = split_agency(left, rules)
    subject = _subject(lines, type_at)
    address = _address(lines, address_at)
    grounds = _grounds(lines, subject, address)
    named = [country, motto, number, place_date, *about, *left, *subject, *address, *grounds]
    found = [line for line in named if line is not None]
    found += [lines[type_at]] if type_at is not None else []
    opening = Opening(
        country=country, motto=motto, parent=parent, agency=agency, number=number,
        place_date=place_date, about=_printed(about), type_key=type_key,
        type_name=None if type_at is None else lines[type_at], subject=subject, address=address,
        grounds=grounds, stamps=tuple(x for x in head if x not in found and _STAMP.match(x.text)),
        motto_rule=_rule(lines, (motto,)), agency_rule=_rule(lines, agency),
        subject_rule=_rule(lines, subject), about_rule=_rule(lines, about),
    )  # fmt: skip
    return opening, _end(lines, found)


def _rule(lines: Sequence[TextLine], part: Sequence[TextLine | None]) -> float | None:
    last = part[-1] if part else None
    return None if last is None else rule_under(lines, last)


def _end(lines: Sequence[TextLine], found: Sequence[TextLine]) -> int:
    ids = {id(line) for line in found}
    return max((index + 1 for index, line in enumerate(lines) if id(line) in ids), default=0)


def _first(lines: Sequence[TextLine], claim: LineClaim) -> int | None:
    window = lines[:_LONGEST_OPENING]
    return next((index for index, line in enumerate(window) if line.text and claim(line)), None)


def _found(lines: Sequence[TextLine], claim: LineClaim) -> TextLine | None:
    return next((line for line in lines if line.text and claim(line)), None)


def _type_name(lines: Sequence[TextLine], rules: RuleSet) -> tuple[int | None, str]:
    keys = {fold_key(name): name for name in rules.kinds}
    at = _first(lines, lambda line: line.cell is None and fold_key(line.text) in keys)
    return at, keys[fold_key(lines[at].text)] if at is not None else ""


def _is_number(line: TextLine) -> bool:
    return bool(re.match(r"^so\b.*[/:\d]", fold_key(line.text))) and len(line.text) < _LONGEST_DATE


def _is_place_date(line: TextLine) -> bool:
    key = fold_key(line.text)
    return len(key) < _LONGEST_DATE and bool(re.search(r"\bngay\b.*\bthang\b.*\bnam\b", key))


def _about(head: Sequence[TextLine]) -> tuple[TextLine, ...]:
    at = _first(head, lambda line: _ABOUT.match(line.text) is not None)
    if at is None:
        return ()
    first, size = head[at], head[at].faces[0].size_pt
    following = [
        line
        for line in head[at + 1 :]
        if line.text and line.faces[0].size_pt == size and _is_beneath(line, first)
    ]
    return (first, *following)


def _printed(lines: tuple[TextLine, ...]) -> tuple[TextLine, ...]:
    """Return the wrapped lines of a PDF as one; a DOCX has none."""
    return (glued(lines),) if lines and lines[0].left is not None else lines


def _is_beneath(line: TextLine, first: TextLine) -> bool:
    if line.cell or first.cell:
        return line.cell == first.cell
    if line.right is None or first.right is None:
        return False
    centred = abs((line.right + (line.left or 0)) - (first.right + (first.left or 0)))
    return line.page == first.page and centred < first.width_pt


def _agency(
    head: Sequence[TextLine], country: TextLine | None, number: TextLine | None
) -> tuple[TextLine, ...]:
    """Return the lines left of Quốc hiệu and above the number, or above Quốc hiệu if none are."""
    if country is None:
        return ()
    end = next((i for i, line in enumerate(head) if line is number), len(head))
    spoken = [line for line in head[:end] if line.text and not _is_about_or_date(line)]
    beside = [line for line in spoken if is_left_of(line, country)]
    if beside or country.cell or country.left is not None:
        return tuple(line for line in beside if not line.cell or is_same_column(line, beside[0]))
    at = next(i for i, line in enumerate(head) if line is country)
    return tuple(line for line in head[:at] if line.text)


def _is_about_or_date(line: TextLine) -> bool:
    return _ABOUT.match(line.text) is not None or _is_place_date(line)


def split_agency(
    lines: Sequence[TextLine], rules: RuleSet
) -> tuple[tuple[TextLine, ...], tuple[TextLine, ...]]:
    """Part the lines of the left head into the agency above and the issuing agency."""
    point = rules.point("F-22")
    keys = [fold_key(line.text) for line in lines]
    units = tuple(fold_key(word) for word in point.lists["units"])
    at = next((i for i, key in enumerate(keys) if key.startswith(units)), 0)
    if at == 0:
        bold = [all(face.bold for face in line.faces) for line in lines]
        at = bold.index(True) if True in bold else 0
    return tuple(lines[:at]), tuple(lines[at:])


def _subject(lines: Sequence[TextLine], type_at: int | None) -> tuple[TextLine, ...]:
    if type_at is None:
        return ()
    found: list[TextLine] = []
    for line in lines[type_at + 1 : type_at + 1 + _MOST_SUBJECT_LINES]:
        key = fold_key(line.text)
        if line.rule_pt is not None and not line.text:
            break
        if not line.text and not found:
            continue
        if not line.text or key.startswith((_ADDRESS, _GROUND)) or line.cell:
            break
        if found and not _is_titled(line):
            break
        found.append(line)
        if line.rule_pt is not None:
            break
    return tuple(found)


def _is_titled(line: TextLine) -> bool:
    return line.align == "center" or all(face.bold for face in line.faces)


def _address(lines: Sequence[TextLine], at: int | None) -> tuple[TextLine, ...]:
    if at is None:
        return ()
    found = [lines[at]]
    for line in lines[at + 1 :]:
        if not line.text.startswith(("-", "(", "–")) or found[-1].text.endswith("."):
            break
        found.append(line)
    return tuple(found)


def _grounds(
    lines: Sequence[TextLine], subject: Sequence[TextLine], address: Sequence[TextLine]
) -> tuple[TextLine, ...]:
    last = (*subject, *address)[-1:]
    start = next((i + 1 for i, line in enumerate(lines) if last and line is last[0]), 0)
    found: list[TextLine] = []
    for line in lines[start:] if last else ():
        if not line.text:
            continue
        if not fold_key(line.text).startswith(_GROUND) or line.text.endswith(":"):
            break
        found.append(line)
    return tuple(found)
