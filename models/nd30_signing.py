"""The end of an official document: Nơi nhận, quyền hạn and chức vụ, the signer's name."""

import re
from collections.abc import Sequence

from models.document_rules import RuleSet
from models.nd30_document import TextLine
from models.nd30_places import glued, is_right_of, is_same_column
from models.values import Value
from models.vietnamese import fold_key

_LABEL = "noi nhan"
_AUTHORITY = re.compile(r"^(TM|KT|TL|TUQ|Q)[. ]")
_FLAT_REACH = 30


class Signing(Value):
    """The recipients' list and the signature block; ``tail`` is what follows them."""

    label: TextLine | None = None
    recipients: tuple[TextLine, ...] = ()
    authority: tuple[TextLine, ...] = ()
    signer: TextLine | None = None
    tail: tuple[TextLine, ...] = ()


def find_signing(lines: Sequence[TextLine], rules: RuleSet, *, after: int) -> tuple[Signing, int]:
    """Return the parts of the end, and the index of its first line."""
    at = _label_at(lines, after)
    if at is None:
        return _unlabelled(lines, rules, after)
    label = lines[at]
    near = [line for line in lines[after:] if line.text and line is not label]
    if label.cell is None and label.left is None:
        return _flat(lines, at, rules), at
    right = [line for line in near if is_right_of(line, label) and _is_at_or_below(line, label)]
    left = [line for line in lines[at + 1 :] if line.text and is_same_column(line, label)]
    recipients = _items(left)
    authority, signer = _split_signer(right, rules)
    ids = {id(line) for line in (label, *left, *right)}
    start = next(i for i, line in enumerate(lines) if id(line) in ids and i >= after)
    tail = tuple(line for line in lines[at:] if line.text and id(line) not in ids)
    return Signing(
        label=label, recipients=recipients, authority=authority, signer=signer, tail=tail
    ), start


def _label_at(lines: Sequence[TextLine], after: int) -> int | None:
    places = range(len(lines) - 1, after - 1, -1)
    return next((i for i in places if fold_key(lines[i].text).startswith(_LABEL)), None)


def _is_at_or_below(line: TextLine, label: TextLine) -> bool:
    if line.top is None or label.top is None:
        return True
    return line.page == label.page and line.top <= label.top + _FLAT_REACH


def _items(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return one line for each item, wrapped ones of a PDF joined again."""
    found: list[TextLine] = []
    for line in lines:
        if found and line.left is not None and not line.text.startswith(("-", "–")):
            found.append(glued((found.pop(), line)))
        else:
            found.append(line)
    return tuple(found)


def _split_signer(
    lines: Sequence[TextLine], rules: RuleSet
) -> tuple[tuple[TextLine, ...], TextLine | None]:
    spoken = [line for line in lines if not line.text.startswith(("(", "["))]
    if not spoken or _is_authority(spoken[-1], rules):
        return tuple(spoken), None
    return tuple(spoken[:-1]), spoken[-1]


def _is_authority(line: TextLine, rules: RuleSet) -> bool:
    titles = tuple(fold_key(title) for title in rules.point("F-61").lists["titles"])
    return bool(_AUTHORITY.match(line.text)) or fold_key(line.text).startswith(titles)


def _flat(lines: Sequence[TextLine], at: int, rules: RuleSet) -> Signing:
    """Read a block without a table: the list under its label, then the signature."""
    following = [line for line in lines[at + 1 :] if line.text]
    items = [line for line in following if line.text.startswith(("-", "–"))]
    rest = [line for line in following if not line.text.startswith(("-", "–"))]
    authority, signer = _split_signer(rest, rules)
    return Signing(label=lines[at], recipients=tuple(items), authority=authority, signer=signer)


def _unlabelled(lines: Sequence[TextLine], rules: RuleSet, after: int) -> tuple[Signing, int]:
    start = next(
        (
            index
            for index in range(max(after, len(lines) - _FLAT_REACH), len(lines))
            if lines[index].text.isupper() and _is_authority(lines[index], rules)
        ),
        len(lines),
    )
    block = [line for line in lines[start:] if line.text]
    authority, signer = _split_signer(block, rules)
    return Signing(authority=authority, signer=signer), start
