"""Number formats of spreadsheets: which show a day, which another number than is stored."""

import re

GENERAL = "General"
# ISO/IEC 29500-1 18.8.30; those without a code here are days of East Asian calendars.
BUILTIN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_EAST_ASIAN_DAYS = frozenset({*range(27, 37), *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_DAY = re.compile(r"[ymdhs]", re.IGNORECASE)
# Percent, powers, fractions, three decimals that look like thousands, a comma that divides.
_OTHER = re.compile(r"%|E[+-]|\?/|\.0{3}|[0#],+(?![0#,])", re.IGNORECASE)
_SCALED = re.compile(r"ngh[iì]n|ng[aà]n|tri[eệ]u|t[yỷiỉ]|tr[aă]m|ch[uụ]c|[kK]\b|tr\b")


def format_of(number: int, custom: dict[int, str]) -> str:
    """Return the format of that number in a workbook with those formats of its own."""
    if number in custom:
        return custom[number]
    return "d/m/yyyy" if number in _EAST_ASIAN_DAYS else BUILTIN.get(number, GENERAL)


def shows_day(number_format: str) -> bool:
    """Whether a number in that format is shown as a day or an hour."""
    bare = _QUOTED.sub("", number_format.partition(";")[0])
    return number_format != GENERAL and bool(_DAY.search(bare))


def shows_another_number(number_format: str) -> bool:
    """Whether a person sees another number than is stored: "50%", "1.000" for 1, "5 triệu"."""
    first = number_format.partition(";")[0]
    words = " ".join(re.findall(r'"([^"]*)"', first))
    return bool(_OTHER.search(_QUOTED.sub("", first)) or _SCALED.search(words))


def is_ambiguous_day(number_format: str) -> bool:
    """Whether day and month change places with the language of the program."""
    return number_format == BUILTIN[14]
