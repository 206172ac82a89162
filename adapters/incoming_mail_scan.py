"""A look at a raw message before any parser sees it: too deep, too many parts, too long a head."""

import re

MOST_OCTETS = 40 * 1024 * 1024
MOST_HEADER_OCTETS = 256 * 1024
MOST_LEVELS = 30
MOST_BOUNDARIES = 1_000
MOST_DASHED_LINES = 20 * MOST_BOUNDARIES  # also bounds what a boundary unseen here can cost

TOO_LARGE = "E-IN-SIZE"
TOO_DEEP = "E-IN-DEPTH"
TOO_MANY_PARTS = "E-IN-PARTS"
LONG_HEADERS = "E-IN-HEADERS"

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_BOUNDARY = re.compile(
    rb"\bboundary\s*=\s*(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE
)
_NESTED = re.compile(rb"content-type\s*:\s*message/", re.IGNORECASE)


def fault_of(raw: bytes) -> str | None:
    """The code of the first limit that the message breaks; None when it may be parsed."""
    if len(raw) > MOST_OCTETS:
        return TOO_LARGE
    if _head_octets(raw) > MOST_HEADER_OCTETS:
        return LONG_HEADERS
    if raw.count(b"\n--") > MOST_DASHED_LINES:
        return TOO_MANY_PARTS
    return _structure_fault(raw)


def _head_octets(raw: bytes) -> int:
    end = _HEAD_END.search(raw)
    return end.start() if end else len(raw)


def _structure_fault(raw: bytes) -> str | None:
    levels: list[bytes] = []  # boundaries of the open multiparts, b"" for a nested message
    counted = 0
    for line in raw.splitlines():
        if line.startswith(b"--"):
            level = _level_of(line, levels)
            if level is not None:
                counted += 1
                del levels[level:]
        elif b"=" in line and (declared := _BOUNDARY.search(line[:1_000])) is not None:
            levels.append(declared[1] or declared[2])
        elif _NESTED.match(line[:200]):
            levels.append(b"")
        if counted > MOST_BOUNDARIES:
            return TOO_MANY_PARTS
        if len(levels) > MOST_LEVELS:
            return TOO_DEEP
    return None


def _level_of(line: bytes, levels: list[bytes]) -> int | None:
    # The parts of a multipart lie one level below it; its end closes the multipart itself.
    text = line[2:].rstrip()
    for number in range(len(levels) - 1, -1, -1):
        if levels[number] and text in {levels[number], levels[number] + b"--"}:
            return number if text.endswith(b"--") and text != levels[number] else number + 1
    return None
