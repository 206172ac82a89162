"""Which letters the font of our documents draws, so that one text cannot stop a whole document."""

import re
import unicodedata

# Blocks of Tinos 1.33 that are whole, and single signs of it; PDF/A refuses any other letter.
_DRAWN = (
    "\u0020-\u007e\u00a0-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u052f"
    "\u1e00-\u1f15\u2010-\u2027\u2030-\u205e\u2074-\u208e\u20a0-\u20be\u2100-\u214f\u2190-\u2195"
    "\u2202\u2206\u220f\u2211\u2212\u2215\u221a\u221e\u2248\u2260\u2261\u2264\u2265"
    "\u25a0\u25a1\u25aa\u25ca\u25cf"
)
_UNDRAWN = re.compile(f"[^{_DRAWN}\n]")
_SPACES = re.compile(" {2,}")
CUT = "[…]"
STAND_IN = "□"  # for a letter of another script; pictures and marks are left out


def undrawn_letters(text: str) -> str:
    """Return the letters of a text that the font lacks, each once, in their order."""
    return "".join(dict.fromkeys(_UNDRAWN.findall(text)))


def drawable(text: str) -> str:
    """Return a text that the font can draw: pictures left out, letters of other scripts as □."""
    if not _UNDRAWN.search(text):
        return text
    kept = _UNDRAWN.sub(lambda match: _stand_in(match[0]), text)
    return _SPACES.sub(" ", kept).strip()


def bounded(text: str, most: int) -> str:
    """Return a text of at most about ``most`` characters, cut between words and marked by […]."""
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[:most]} {CUT}"


def _stand_in(letter: str) -> str:
    return STAND_IN if unicodedata.category(letter)[0] in "LN" else ""
