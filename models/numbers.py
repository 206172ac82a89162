"""Numbers as Vietnamese officials write them: read when clear, asked about when not."""

import re
from fractions import Fraction

from models.errors import AmbiguousNumberError
from models.vietnamese import nfc

_LOOKALIKES = str.maketrans(
    "０１２３４５６７８９．，\u00a0\u202f\u2009\u3000",
    "0123456789.,    ",
    "\u200b\u200c\u200d\ufeff\u00ad",
)
_ZERO_WORDS = frozenset({"không", "không có"})
_SCALES = {
    "nghìn": 10**3,
    "ngàn": 10**3,
    "k": 10**3,
    "triệu": 10**6,
    "tr": 10**6,
    "tỷ": 10**9,
    "tỉ": 10**9,
}
_CURRENCY = frozenset({"đồng", "đ", "vnđ", "vnd"})
# A closed list: an unknown word may multiply ("chục", "trăm", "tá", "rưỡi").
_UNIT_WORDS = frozenset(
    {
        # Units of measure of the catalogues, and what people count by in their place.
        *("văn bản", "cuộc", "lượt", "lượt phát", "phút", "tin", "bài", "tin bài", "tin, bài"),
        *("video", "chiếc", "bản", "buổi", "lượt người", "người", "tài liệu", "sản phẩm", "giải"),
        *("hộ", "mô hình", "lớp", "chuyến", "hồ sơ", "vụ", "học viên", "đầu mối", "tệp"),
        *("htx/tht", "tin/buổi", "tệp/liên kết", "tổ", "thủ tục", "tài khoản", "người dân"),
        *("htx", "tht", "cái", "cuốn", "tờ", "tờ rơi", "lượt xem", "lần", "đợt", "trường hợp"),
        *("học sinh", "em", "đại biểu", "cán bộ", "hội viên", "đoàn viên", "đảng viên", "thôn"),
        *("hộ gia đình", "gia đình", "băng rôn", "áp phích", "pa nô", "khẩu hiệu", "trang"),
    },
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?: \d{3})+")
_DIGITS = re.compile(r"\d{1,18}")
_SCALED_PART = re.compile(r"\s*(\d[\d.]*(?:,\d+)?)\s*([^\W\d_]+)")
_SEVERAL = re.compile(r"\d[^\d.,eE]*[\s\-–—/:][^\d]*\d")
_PERCENT = re.compile(r"[\d.,]+ ?%")
_LONGEST = 60
_THOUSANDS_DIGITS = 3


def parse_number(text: str) -> int:
    """Return the whole number that the text says beyond doubt.

    "1.500.000", "02 buổi", "1,5 triệu đồng", "2 triệu 500 nghìn" and "không" (zero) are clear.

    Raises:
        AmbiguousNumberError: the text may mean several numbers, or none; it asks the writer.
    """
    plain = " ".join(nfc(text[: _LONGEST + 1]).translate(_LOOKALIKES).lower().split())
    if not plain or len(text) > _LONGEST:
        raise AmbiguousNumberError(text[:_LONGEST], "không đọc được là một số")
    if plain in _ZERO_WORDS:
        return 0
    scaled = _scaled(plain)
    return scaled if scaled is not None else _counted(plain, text)


def _counted(plain: str, text: str) -> int:
    """Read digits with an optional unit word after them."""
    digits, _, word = _split_word(plain)
    if word.split(" ")[0] in _SCALES:
        doubt = (
            f"có phần trước chữ “{word}” hiểu được nhiều cách (ghi như 1,5 triệu hoặc 1.500.000)"
        )
        raise AmbiguousNumberError(text, doubt)
    if word and word not in _UNIT_WORDS and word not in _CURRENCY:
        raise AmbiguousNumberError(text, f"có phần chữ “{word}” không rõ nghĩa")
    number = _plain_fraction(digits)
    if number is None:
        raise AmbiguousNumberError(text, _doubt(digits))
    if number.denominator != 1:
        raise AmbiguousNumberError(text, "là số lẻ trong khi chỉ tiêu cần số nguyên")
    return number.numerator


def _split_word(plain: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"([\d., ]*\d)( ?)([^\d]+)", plain)
    if match is None or not match[3][0].isalpha():
        return plain, "", ""
    return match[1], match[2], match[3].strip()


def _plain_fraction(digits: str) -> Fraction | None:
    """Read grouped digits with a decimal comma; None when the grouping may mean two things."""
    whole, comma, decimals = digits.partition(",")
    if comma and (not decimals.isdecimal() or len(decimals) == _THOUSANDS_DIGITS):
        return None
    if not (_GROUPED.fullmatch(whole) or _DIGITS.fullmatch(whole)):
        return None
    plain = whole.replace(".", "").replace(" ", "")
    if not plain.isascii() or not decimals.isascii():
        return None
    return Fraction(f"{plain}.{decimals or '0'}")


def _scaled(plain: str) -> int | None:
    """Read amounts with nghìn, triệu, tỷ, each smaller than the one before; None if not such."""
    words = plain.split(" ")
    if words[-1] in _CURRENCY:
        plain = " ".join(words[:-1])
    total, ceiling, position = Fraction(0), None, 0
    while position < len(plain):
        match = _SCALED_PART.match(plain, position)
        part = match and _part(match[1], match[2])
        if match is None or part is None or (ceiling is not None and part[1] >= ceiling):
            return None
        total, ceiling, position = total + part[0], part[1], match.end()
    return total.numerator if ceiling and total.denominator == 1 else None


def _part(digits: str, word: str) -> tuple[Fraction, int] | None:
    number = _plain_fraction(digits)
    if number is None or word not in _SCALES:
        return None
    return number * _SCALES[word], _SCALES[word]


def _doubt(digits: str) -> str:
    if _SEVERAL.search(digits):
        return "có nhiều hơn một số hoặc là một khoảng"
    if digits.startswith(("-", "+")):
        return "là số âm hoặc có dấu phía trước"
    if _PERCENT.fullmatch(digits):
        return "là tỷ lệ phần trăm trong khi chỉ tiêu cần số lượng"
    if re.search(r"[,.]", digits):
        return "có dấu chấm, dấu phẩy có thể hiểu nhiều cách"
    return "không đọc được là một số"
