"""Advance widths of Times New Roman (and Tinos, its metric twin), to size lines and columns."""

from functools import lru_cache
from unicodedata import normalize

_UNITS_PER_EM = 2048
_DEFAULT = 1479  # a wide letter: an unknown character is better overestimated

# Read from the hmtx table of Tinos 1.33; an accented Vietnamese letter is as wide as its letter.
_REGULAR_ROWS = {
    369: "'",
    410: "|",
    512: " ,.\u00a0",
    569: "/:;\\ijlt",
    614: "²",
    682: "!()-I[]`fr‘’",
    717: "•",
    797: "Js",
    819: "°",
    836: '"',
    909: "?acez“”",
    961: "^",
    983: "{}",
    1024: "#$*0123456789_bdghknopquvxyđ–€",
    1050: "₫",
    1083: "ơ",
    1108: "~",
    1110: "ư",
    1124: "≥≤",
    1139: "FPS",
    1155: "+<=>×",
    1251: "ELTZ",
    1366: "BCR",
    1479: "ADGHKNOQUVXYwĐƠ",
    1589: "Ư",
    1593: "&m",
    1706: "%",
    1821: "M",
    1886: "@",
    1933: "W",
    2048: "—…",
}
_BOLD_ROWS = {
    451: "|",
    512: " ,.\u00a0",
    569: "'/\\il",
    614: "²",
    682: "!()-:;[]`fjt‘’",
    717: "•",
    797: "Is",
    807: "{}",
    819: "°",
    909: "cerz",
    1024: "#$*0123456789?J_agovxy–“”€",
    1050: "₫",
    1065: "~",
    1124: "≥≤",
    1134: "ơ",
    1137: '"',
    1139: "Sbdhknpquđ",
    1167: "+<=>×",
    1190: "^",
    1229: "ư",
    1251: "FP",
    1366: "BELTZ",
    1479: "ACDNRUVXYwĐ",
    1593: "GHKOQƠ",
    1630: "Ư",
    1706: "&m",
    1905: "@",
    1933: "M",
    2048: "%W—…",
}
_REGULAR = {letter: width for width, letters in _REGULAR_ROWS.items() for letter in letters}
_BOLD = {letter: width for width, letters in _BOLD_ROWS.items() for letter in letters}
_HORN = "\u031b"  # ơ and ư are wider than o and u


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    parts = normalize("NFD", letter)
    return normalize("NFC", parts[0] + _HORN) if _HORN in parts else parts[0]


def text_units(text: str, *, bold: bool = False) -> int:
    """Return the width of one unwrapped line in units of 1/2048 em."""
    widths = _BOLD if bold else _REGULAR
    return sum(widths.get(letter) or widths.get(_plain(letter), _DEFAULT) for letter in text)


@lru_cache(maxsize=4096)
def word_units(word: str, *, bold: bool = False) -> int:
    """Return the width of a word, remembered: figures and names repeat."""
    return text_units(word, bold=bold)


def text_width(text: str, *, size_pt: int, bold: bool = False) -> int:
    """Return the width of one unwrapped line in twips, rounded up."""
    return -(-text_units(text, bold=bold) * size_pt * 20 // _UNITS_PER_EM)


def wrapped_lines(text: str, *, size_pt: int, bold: bool, room: int) -> tuple[str, ...]:
    """Return the lines of ``text`` filled greedily into ``room`` twips."""
    space = text_units(" ", bold=bold)
    room_units = room * _UNITS_PER_EM // (size_pt * 20)
    lines: list[list[str]] = []
    used = 0
    for word in text.split():
        wide = word_units(word, bold=bold)
        if lines and used + space + wide <= room_units:
            lines[-1].append(word)
            used += space + wide
        else:
            lines.append([word])
            used = wide
    return tuple(" ".join(line) for line in lines)
