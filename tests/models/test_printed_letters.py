import struct
from pathlib import Path

import pytest

from models.printed_letters import drawable, undrawn_letters

FONTS = Path(__file__).parent.parent.parent / "templates" / "document" / "fonts"


def drawn_by(font: Path) -> set[int]:
    """Read the letters of a font from format 4 of its cmap table."""
    data = font.read_bytes()
    count = struct.unpack(">H", data[4:6])[0]
    tables = [struct.unpack(">4sLLL", data[12 + 16 * i : 28 + 16 * i]) for i in range(count)]
    cmap = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    found: set[int] = set()
    for i in range(struct.unpack(">H", data[cmap + 2 : cmap + 4])[0]):
        start = cmap + struct.unpack(">L", data[cmap + 8 + 8 * i : cmap + 12 + 8 * i])[0]
        if struct.unpack(">H", data[start : start + 2])[0] == 4:
            size = struct.unpack(">H", data[start + 6 : start + 8])[0] // 2
            ends = struct.unpack(f">{size}H", data[start + 14 : start + 14 + 2 * size])
            begins = data[start + 16 + 2 * size : start + 16 + 4 * size]
            for first, last in zip(struct.unpack(f">{size}H", begins), ends, strict=True):
                found |= set(range(first, last + 1))
    return found


@pytest.mark.parametrize("font", sorted(FONTS.glob("*.ttf")), ids=lambda path: path.stem)
def test_every_letter_we_let_through_is_in_the_font(font: Path) -> None:
    letters = "".join(map(chr, range(0x20, 0xD800)))
    missing = set(undrawn_letters(letters))
    assert {ord(letter) for letter in letters if letter not in missing} <= drawn_by(font)


def test_a_text_is_left_alone_or_mended() -> None:
    assert drawable("Ủy ban  nhân dân – 5 ≤ 6") == "Ủy ban  nhân dân – 5 ≤ 6"
    assert drawable("Bà con 👍 hưởng ứng 中文") == "Bà con hưởng ứng □□"
