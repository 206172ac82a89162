"""What may be printed: composed Unicode without controls, in pieces of a bearable size."""

import re
from unicodedata import category, normalize

from models.documents import OfficialDocument
from models.errors import PermanentError

_TEXT_LIMIT = 50_000  # characters in one paragraph or cell: a longer one takes seconds to set
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_SAFE = re.compile(r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff]*")
# Cc is forbidden by XML; Cf holds the bidi controls, which make a text read as it is not written.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})
_NONCHARACTER_TAIL = 0xFFFE


def clean_text(text: str) -> str:
    r"""Return ``text`` composed (NFC), without controls; breaks become ``\n``, tabs a space."""
    if _SAFE.fullmatch(text):
        return normalize("NFC", text)
    lined = _LINE_BREAK.sub("\n", text).replace("\t", " ")
    return normalize("NFC", "".join(letter for letter in lined if _is_printable(letter)))


def cleaned(document: OfficialDocument) -> OfficialDocument:
    """Return ``document`` with every text cleaned.

    Raises:
        PermanentError: one paragraph or cell holds more than 50,000 characters.
    """
    return OfficialDocument.model_validate(_cleaned(document.model_dump()))


def _is_printable(letter: str) -> bool:
    if letter == "\n":
        return True
    return (
        category(letter) not in _UNPRINTABLE
        and ord(letter) & _NONCHARACTER_TAIL != _NONCHARACTER_TAIL
    )


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return _limited(clean_text(value))
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_cleaned(item) for item in value)
    return value


def _limited(text: str) -> str:
    if len(text) <= _TEXT_LIMIT:
        return text
    raise PermanentError(
        f"Đoạn văn bản bắt đầu bằng “{text[:60]}…” dài {len(text)} ký tự, vượt quá giới hạn "
        f"{_TEXT_LIMIT} ký tự của một đoạn hoặc một ô. Hãy rút gọn hoặc chuyển thành tệp đính kèm."
    )
