"""Vietnamese typed in TCVN3 (ABC) or VNI fonts, recognised by its syllables and converted."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from models.vietnamese import nfc


class LegacyEncoding(StrEnum):
    """Encodings from before Unicode that old machines of schools and villages still type in."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


_TCVN3_CODES = "".join(map(chr, [
    *range(0xA1, 0xAF), *range(0xB5, 0xBA), *range(0xBB, 0xBF), *range(0xC6, 0xCD),
    *range(0xCE, 0xD9), *range(0xDC, 0xE0), *range(0xE1, 0xF0), *range(0xF1, 0xFF),
]))  # fmt: skip
_TCVN3 = dict(zip(
    _TCVN3_CODES,
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
    strict=True,
))  # fmt: skip
# In VNI a vowel is followed by its mark; these are the marks and the letters they make.
_VNI_MARKS = {
    "a": ("øùûõïâàáåãäêèéúüë", "àáảãạâầấẩẫậăằắẳẵặ"),
    "e": ("øùûõïâàáåãä", "èéẻẽẹêềếểễệ"),
    "o": ("øùûõïâàáåãä", "òóỏõọôồốổỗộ"),
    "ô": ("øùûõï", "ờớởỡợ"),
    "u": ("øùûõï", "ùúủũụ"),
    "ö": ("øùûõï", "ừứửữự"),
    "y": ("øùûõ", "ỳýỷỹ"),
}
_VNI_SINGLE = dict(zip("æóòôöîñÆÓÒÔÖÎÑ", "ỉĩịơưỵđỈĨỊƠƯỴĐ", strict=True))
_VNI_PAIRS = {
    vowel + mark: letter
    for vowel, (marks, letters) in _VNI_MARKS.items()
    for mark, letter in zip(marks, letters, strict=True)
}
_VNI = _VNI_SINGLE | _VNI_PAIRS | {
    pair.upper(): letter.upper() for pair, letter in _VNI_PAIRS.items()
} | {
    pair[0].upper() + pair[1]: letter.upper() for pair, letter in _VNI_PAIRS.items()
}  # fmt: skip
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_AFTER_STOP = frozenset("\u0301\u0323")  # after c, ch, p, t only sắc and nặng are spoken
_ONSET = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]"
_NUCLEUS = (
    "iêu|yêu|oai|oao|oay|oeo|uây|uôi|ươi|ươu|uya|uyê|uyu|uêu|"
    "ia|iê|yê|ua|uô|ưa|ươ|uê|uơ|uy|oa|oă|oe|uâ|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|oo|"
    "[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_NUCLEUS})(ch|ng|nh|[cmnpt])?")
_STOPS = frozenset({"c", "ch", "p", "t"})
# Not "words" of letters only: TCVN3 writes letters as ·, ¸, ® and a soft hyphen.
_WORD = re.compile("[A-Za-z\u00a1-\u00ff]{2,}")
_ENOUGH = 2
_LONGEST = 100_000  # characters looked at; what is in there once is there again


def find_legacy_encoding(text: str) -> LegacyEncoding | None:
    """Return the encoding that a text was typed in; None for Unicode, and where it is not sure.

    Two words must be Vietnamese only in that encoding, and more than are Vietnamese in Unicode;
    one is enough where it holds a sign that no word has. Foreign words alone give None.
    """
    plain = nfc(text[:_LONGEST])
    if plain.isascii():
        return None
    counts = {encoding: _evidence(plain, encoding) for encoding in LegacyEncoding}
    best = max(LegacyEncoding, key=lambda encoding: counts[encoding])
    strong, words = counts[best]
    if not words or words <= _unicode_words(plain, best):
        return None
    return best if words >= _ENOUGH or strong else None


def convert_legacy(text: str, encoding: LegacyEncoding) -> str:
    """Return the text in Unicode, as it would be read in a font of that encoding."""
    if encoding is LegacyEncoding.TCVN3:
        return "".join(_TCVN3.get(char, char) for char in nfc(text))
    return _VNI_PATTERN.sub(lambda found: _VNI[found[0]], nfc(text))


def legacy_sample(text: str, encoding: LegacyEncoding) -> str:
    """Return the first words that show the encoding, to be quoted; empty for none."""
    words = _legacy_words(nfc(text[:_LONGEST]), encoding)
    return " ".join(word for _, word in zip(range(3), words, strict=False))


def _evidence(text: str, encoding: LegacyEncoding) -> tuple[bool, int]:
    words = set(_legacy_words(text, encoding))
    return any(_has_sign(word) for word in words), len(words)


def _legacy_words(text: str, encoding: LegacyEncoding) -> Iterator[str]:
    for word in _WORD.findall(text):
        is_mixed = not word.isascii() and any(char.isascii() for char in word)
        if is_mixed and not is_syllable(word):
            read = convert_legacy(word, encoding)
            if read != word and is_syllable(read):
                yield word


def _has_sign(word: str) -> bool:
    return any(char == "µ" or not char.isalpha() for char in word)


def _unicode_words(text: str, encoding: LegacyEncoding) -> int:
    """Count the words that are Vietnamese in Unicode, and not in the encoding as well."""
    words = set(re.findall(r"[^\W\d_]{2,}", text))
    return sum(
        not word.isascii()
        and is_syllable(word)
        and not (_WORD.fullmatch(word) and is_syllable(convert_legacy(word, encoding)))
        for word in words
    )


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether a word is built as a Vietnamese syllable, spelt in Unicode."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in parts if char in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    found = _SYLLABLE.fullmatch(bare)
    if found is None or len(tones) > 1:
        return False
    return found[1] not in _STOPS or (len(tones) == 1 and tones[0] in _AFTER_STOP)
