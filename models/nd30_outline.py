"""The order of mục, khoản and điểm, and titles that are missing (F-48 to F-50)."""

import re
from collections.abc import Iterator, Sequence

from models.document_rules import Breaches
from models.nd30_body import CLAUSE, SECTION
from models.nd30_case import Case, compiled
from models.nd30_document import TextLine

_POINT = re.compile(r"^([a-zA-ZđĐăâêôơưĂÂÊÔƠƯ])\)\s?")
_DEEPER = re.compile(r"^(\d+)\.(\d+)\.?\s")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def roman_value(numeral: str) -> int:
    """Return the value of a Roman numeral."""
    values = [_ROMAN[letter] for letter in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def numbers(case: Case) -> Breaches:
    """F-49: mục and khoản are numbered without gaps and without doubles."""
    section, clause, deeper = 0, 0, 0
    for line in case.anatomy.body:
        if found := SECTION.match(line.text):
            number = roman_value(found[1])
            yield from _step(case, line, f"mục {found[1]}", number=number, before=section)
            section, clause, deeper = number, 0, 0
        elif found := _DEEPER.match(line.text):
            number = int(found[2])
            yield from _step(
                case, line, f"khoản {found[1]}.{found[2]}", number=number, before=deeper
            )
            deeper = number
        elif found := CLAUSE.match(line.text):
            number = int(found[1])
            yield from _step(case, line, f"khoản {found[1]}", number=number, before=clause)
            clause, deeper = number, 0


def _step(case: Case, line: TextLine, name: str, *, number: int, before: int) -> Breaches:
    if number == before + 1 or (number == 1 and name.startswith("khoản")):
        return
    wrong = "trùng hoặc lùi số" if number <= before else "bỏ cách số"
    yield case.breach("F-49", f"Đánh số {name} {wrong}.", at=line)


def points(case: Case) -> Breaches:
    """F-48: điểm follow the Vietnamese alphabet."""
    texts = case.point("F-48").texts
    for run in _runs(case.anatomy.body):
        expected = 0
        for letter, line in run:
            if letter in texts["optional"]:
                continue
            at = texts["letters"].find(letter)
            if at != expected:
                yield case.breach("F-48", f'Điểm "{letter})" không đúng thứ tự chữ cái.', at=line)
                break
            expected = at + 1


def _runs(lines: Sequence[TextLine]) -> Iterator[list[tuple[str, TextLine]]]:
    """Yield the lists of điểm; a list begins at a) and ends at the next khoản or mục."""
    run: list[tuple[str, TextLine]] = []
    for line in lines:
        found = _POINT.match(line.text)
        letter = found[1].lower() if found else ""
        if run and (letter == "a" or SECTION.match(line.text) or CLAUSE.match(line.text)):
            yield run
            run = []
        if letter:
            run.append((letter, line))
    if run:
        yield run


def bare_titles(case: Case) -> Breaches:
    """F-50: phần, chương, mục and điều have titles."""
    form = compiled(case.point("F-50").texts["bare"])
    body = case.anatomy.body
    for index, line in enumerate(body):
        if not form.search(line.text):
            continue
        following = body[index + 1] if index + 1 < len(body) else None
        titled = following is not None and all(face.bold for face in following.faces)
        if not titled:
            yield case.breach("F-50", f"{line.text} không có tiêu đề.", at=line)


CHECKS = (numbers, points, bare_titles)
